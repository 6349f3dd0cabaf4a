"""From a written statement to tokens: normalising, masking, tokens, numbers. Deterministic and linear.

The steps are those of the methods: normalise and strip what lists put before and after a statement; mask
dates, versions and standards so that their digits do not count as numbers; then words with what the
lexicon knows of them, and numbers with unit and part in the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from mainstem.challenge import lexicon as lx
from mainstem.challenge.amounts import parse_number, role_of, word_number
from mainstem.challenge.masking import MAY_BEGIN, SIMPLE, SPECIAL
from mainstem.challenge.tokens import Chunk, Number, Token, chunks_of

#: Characters of a text that are looked at; a statement is a sentence, not a document.
LONGEST = 2_000

_BEFORE = re.compile(
    r"(?:[-*+•·–—▪◦‣>|]+(?:\s+|$)|[•·▪◦‣]+|\[[ xX✓✔]?\]\s*|[☐☑☒✓✔✗]\s*|\d{1,2}[.)](?:\s+|$)"
    r"|#{1,6}(?:\s+|$)|(?:kr|o|okr|obj|key result|objective|initiative|goal)\s?\d{0,2}(?:\.\d{1,2})*"
    r"\s?[:.)–—-]+(?:\s+|$)|\[?p\d\]?\s*[:–—-](?:\s+|$)|\s+)",
    re.IGNORECASE,
)
_TAG = re.compile(r"\[(?:p[\d?]|[A-Z][A-Z&]{0,11}|DevRel|wip|draft|tbd)\]", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]]{0,200}\]\([^()\s]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}(?:\s[\"'][^\"']{0,300}[\"'])?\)")
_ADDRESS = re.compile(r"\(?<?https?://[^\s()<>]+>?\)?|\(#\d+\)|<[^<>]{1,200}>|\(\s*\)")
_ARROW = re.compile(r"\s(=>|==>|⇒)")
_NUMBER_BEFORE = re.compile(r"(\w*)\W{1,2}[<>≤≥]?[€$£]?\d[\d.,]{0,12}\s?(?:%|\w{1,3})?$")
_NUMBER_AFTER = re.compile(r"\s*[<>≤≥]?[€$£]?\d[\d.,]*\s?(?:%|\w{1,3})?\s*$")
_DIGIT = re.compile(r"\d")
_BEHIND = " .;:,|"
_MAY_NEED_STRIPPING = re.compile(r"[\[<#*_`~]|http|=>|⇒")


@dataclass
class Statement:
    """A text that was read.

    Attributes:
        text: Normalised text; positions of tokens refer to it.
        tokens: Words, numbers, masked dates and names, and marks, in order.
    """

    text: str
    tokens: list[Token]

    @cached_property
    def chunks(self) -> list[Chunk]:
        """Noun phrases with what their last word stands for."""
        return chunks_of(self.tokens)

    @cached_property
    def numbers(self) -> list[Number]:
        """All numbers outside dates and names, with their part in the sentence."""
        return [role_of(self.tokens, place) for place, t in enumerate(self.tokens) if t.number]

    @cached_property
    def targets(self) -> list[Number]:
        """Numbers that may say what is to be reached: no baseline, condition or denominator."""
        return [n for n in self.numbers if n.role not in ("from", "base", "condition", "per")]

    @cached_property
    def flags(self) -> int:
        """What the words of the statement may be, taken together."""
        out = 0
        for token in self.tokens:
            out |= token.flags
        return out

    @cached_property
    def lead(self) -> int:
        """Place of the first token that is no filler; the number of tokens if there is none."""
        for place, token in enumerate(self.tokens):
            if token.kind == "mark" or (token.kind == "word" and is_filler(token)):
                continue
            return place
        return len(self.tokens)

    def has(self, bits: int) -> bool:
        """Whether any word may be one of ``bits``."""
        return bool(self.flags & bits)

    def said(self, start: int, end: int) -> str:
        """The text of the tokens from ``start`` up to, not including, ``end``."""
        if start >= end or start >= len(self.tokens):
            return ""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]

    def dates(self) -> list[Token]:
        """Dates, without those that say when a baseline was taken."""
        return [t for i, t in enumerate(self.tokens) if t.kind == "date" and not self._of_base(i)]

    def _of_base(self, place: int) -> bool:
        for token in reversed(self.tokens[max(0, place - 6) : place]):
            if token.text in (";", ")") or token.kind == "date":
                return False
            if token.flags & lx.BASE_VALUE:
                return True
        return False


def is_filler(token: Token) -> bool:
    """Words before the first content word: "we will", "to", "successfully", other adverbs."""
    if token.flags & lx.FILLER:
        return True
    return token.text.endswith("ly") and not token.flags & ~lx.VAGUE and len(token.text) > 4


def normalise(text: str) -> str:
    """NFC, single spaces, without bullets, check boxes, tags, links and ``=> result`` tails."""
    out = unicodedata.normalize("NFC", text.lstrip()[: 2 * LONGEST])
    out = " ".join(out.split())
    if _MAY_NEED_STRIPPING.search(out):
        out = _stripped(out)
    out, before = out[:LONGEST], None
    while out != before:
        before = out
        found = _BEFORE.match(out)
        out = out[found.end() if found else 0 :].rstrip(_BEHIND)
    return out


def _stripped(text: str) -> str:
    out = _IMAGE.sub(" ", text)
    out = _LINK.sub(r"\1", out)
    out = _ADDRESS.sub(" ", _TAG.sub(" ", out))
    out = re.sub(r"[*`]+|~~|(?<!\w)_+|_+(?!\w)", "", out)
    return " ".join(_without_result(out).split())


def _without_result(text: str) -> str:
    """Without a ``=> result`` tail; ``NPS 38 => 45`` is no tail but from and to."""
    found = _ARROW.search(text)
    if found is None:
        return text
    before = _NUMBER_BEFORE.search(text[max(0, found.start() - 40) : found.start()])
    if before and _NUMBER_AFTER.match(text, found.end()):
        word = lx.english().flags.get(before[1].lower(), 0)
        if not word & (lx.TARGET | lx.RELATIVE | lx.BELOW | lx.ABOVE):
            return text
    return text[: found.start()]


def read(text: str) -> Statement:
    """A statement as it is looked at by the rules. Any text is allowed."""
    clean = normalise(text)
    tokens = _joined(_tokens(clean))
    for place, token in enumerate(tokens[1:-1], start=1):
        if token.text in ("a", "an") and _is_amount_of_time(tokens, place):
            token.number = word_number(token.text, 1.0, token.start, token.end, unit="time")
    return Statement(clean, tokens)


def _is_amount_of_time(tokens: list[Token], place: int) -> bool:
    """``in less than an hour``, ``within a day``."""
    before, after = tokens[place - 1], tokens[place + 1]
    unit = lx.english().units.get(after.text, "")
    return bool(before.flags & (lx.BELOW | lx.ABOVE)) and unit == "time"


def _tokens(clean: str) -> list[Token]:
    words = lx.english()
    flags, number_words = words.flags, words.number_words
    lower = _lower(clean)
    has_digits = _DIGIT.search(lower) is not None
    out: list[Token] = []
    done = 0
    for found in SIMPLE.finditer(lower):
        start, end = found.span()
        if start < done:
            continue
        kind, raw = found.lastgroup or "mark", found.group()
        if kind == "word" and (raw in MAY_BEGIN or (has_digits and _is_before_digit(lower, end))):
            kind = "special"
        if kind == "special":
            masked = SPECIAL.match(lower, start)
            if masked is not None:
                done = masked.end()
                out.append(_masked(masked, words))
                continue
            kind = found.lastgroup or "mark"
        if kind == "word":
            known = flags.get(raw)
            out.append(Token(kind, raw, start, end, _flags(raw, words) if known is None else known))
            if raw in number_words and (raw not in ("no", "none") or _is_none(out)):
                out[-1].number = word_number(raw, number_words[raw], start, end)
        elif kind != "special":
            out.append(Token(kind, raw, start, end))
    return out


def _is_none(tokens: list[Token]) -> bool:
    """``no lost pallets``, ``have no incidents``: nothing is to be left."""
    before = tokens[:-1]
    return not before or (len(before) == 1 and before[0].text in ("have", "keep", "see", "ensure"))


def _lower(text: str) -> str:
    """Lower case, position by position; typographic apostrophes become plain ones."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lower.replace("’", "'")


def _is_before_digit(clean: str, end: int) -> bool:
    after = clean[end : end + 2]
    return after[:1].isdigit() or (after[:1] in ("-", "/", "&") and after[1:].isdigit())


def _masked(found: re.Match[str], words: lx.Lexicon) -> Token:
    kind = found.lastgroup or "name"
    raw = found.group().lower()
    number = parse_number(found, words) if kind == "number" else None
    percentile = kind == "name" and raw[0] == "p" and raw[1:].replace(".", "").isdigit()
    return Token(kind, raw, found.start(), found.end(), lx.OPEN if percentile else 0, number)


_MADE_WITH = ("-powered", "-based", "-driven", "-native", "-enabled", "-first")


def _flags(word: str, words: lx.Lexicon) -> int:
    known = words.flags.get(word)
    if known is not None:
        return known
    if word.endswith(("'s", "s'")):
        return words.flags.get(word.rstrip("s").rstrip("'"), 0) & lx.NOUN
    if word.endswith(_MADE_WITH) and words.flags.get(word.rpartition("-")[0], 0) & lx.TECHNOLOGY:
        return lx.TECHNOLOGY
    if "-" in word or "/" in word:
        return _of_compound(word, words)
    return 0


def _of_compound(word: str, words: lx.Lexicon) -> int:
    for other in (word.replace("-", " "), word.replace("-", "")):
        if (known := words.flags.get(other)) is not None:
            return known
    last = re.split(r"[-/]", word)[-1]
    return words.flags.get(last, 0) & (lx.NOUN | lx.DONE | lx.PARTICIPLE)


def _joined(tokens: list[Token]) -> list[Token]:
    """Tokens with the lexicon's phrases made into one."""
    words = lx.english()
    out: list[Token] = []
    place, last = 0, len(tokens) - 1
    while place <= last:
        token = tokens[place]
        seconds = words.heads.get(token.text) if place < last else None
        length = 1
        if seconds is not None and token.kind == "word" and tokens[place + 1].text in seconds:
            length = _phrase_length(tokens, place, words)
        if length > 1:
            text = " ".join(t.text for t in tokens[place : place + length])
            end = tokens[place + length - 1].end
            token = Token("word", text, token.start, end, words.flags[text])
        if token.flags & lx.FACTOR and token.number is None:
            token.number = word_number(token.text, 0.0, token.start, token.end, unit="factor")
        out.append(token)
        place += length
    return out


def _phrase_length(tokens: list[Token], place: int, words: lx.Lexicon) -> int:
    for length in range(min(words.longest, len(tokens) - place), 1, -1):
        part = tokens[place : place + length]
        if all(t.kind == "word" for t in part) and " ".join(t.text for t in part) in words.flags:
            return length
    return 1
