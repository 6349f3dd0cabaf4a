"""Which language a statement is written in, as far as it matters: English, or not checked.

Scripts other than Latin are told by their letters; languages in Latin letters by words that stand in
almost every sentence. A short text counts as English unless there is clear evidence against it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from mainstem.challenge.lexicon import data, words_of
from mainstem.challenge.text import Statement

_NAMES = {
    "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
    "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "da": "Danish or Norwegian", "fi": "Finnish",
    "cs": "Czech", "tr": "Turkish",
}  # fmt: skip
_SCRIPTS = {
    "CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
    "HANGUL": "Korean", "CYRILLIC": "Cyrillic script", "GREEK": "Greek", "ARABIC": "Arabic script",
    "HEBREW": "Hebrew", "DEVANAGARI": "Devanagari script", "THAI": "Thai", "BENGALI": "Bengali",
    "TAMIL": "Tamil", "ARMENIAN": "Armenian", "GEORGIAN": "Georgian",
}  # fmt: skip


def other_language(s: Statement) -> str | None:
    """The name of the language if the text is clearly not English; None if it is, or may be."""
    words = [t for t in s.tokens if t.kind == "word"]
    if not s.text.isascii() and (script := _script(s.text)) is not None:
        return script
    if len(words) < 2 or sum(1 for t in words if t.flags) * 3 >= 2 * len(words):
        return None
    languages, english = _words()
    texts = {t.text for t in words}
    at_home = len(texts & english)
    best, hits = "", 0
    for code, known in languages.items():
        found = len(texts & known)
        if found > hits:
            best, hits = code, found
    accents = any(not text.isascii() for text in texts)
    if hits > at_home and (hits >= 2 or (accents and at_home == 0)):
        return _NAMES[best]
    return None


def _script(text: str) -> str | None:
    letters = [c for c in text if c.isalpha()]
    foreign: dict[str, int] = {}
    for c in letters:
        if ord(c) > 0x24F:
            script = unicodedata.name(c, "").partition(" ")[0]
            foreign[script] = foreign.get(script, 0) + 1
    if not foreign or sum(foreign.values()) * 10 < 3 * len(letters):
        return None
    if "HIRAGANA" in foreign or "KATAKANA" in foreign:
        return "Japanese"
    most = max(foreign, key=lambda script: (foreign[script], script))
    return _SCRIPTS.get(most)


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    loaded = data("languages.json")
    languages = {code: frozenset(words_of(text)) for code, text in loaded["languages"].items()}
    return languages, frozenset(words_of(loaded["english"]))
