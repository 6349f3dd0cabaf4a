"""Words of answers mean nothing to a tracker but themselves: no mention, reference, link, command or markup."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.sources.answering import (  # fmt: skip
    Reply,
    Tone,
    for_writing,
    hidden,
    markdown,
    markdown_of,
    placed,
    plain,
    wiki,
    wiki_of,
)
from mainstem.sources.jira.answering import document_of
from mainstem.sources.remote import Connection, Secret

_BITS = st.sampled_from(
    ["@channel", "@all", "#12", "!3", "~bug", "%5", "$7", "&8", "GH-4", "acme/shop#9", "/close", "\n", "\r", "`",
     "*", "_", "**", "[a](http://x.example)", "![i](x)", "<b>", "<!-- -->", "-->", "|", "\\", "&lt;", "&#64;x",
     "https://x.example/a", "www.x.example", "mailto:a@b.example", "[~ann]", "{code}", "{panel}", "1. ", "- ",
     "# ", "deadbeef01", "\u202e", "\u200b", "\x00", "word", " ", "==", "^", "a" * 700]
)  # fmt: skip
TEXTS = st.lists(_BITS | st.text(max_size=8), max_size=12).map("".join)


def _rendered(text: str):
    from markdown_it import MarkdownIt

    return MarkdownIt("gfm-like", {"linkify": False}).parse(text)


@given(TEXTS)
def test_markdown_of_any_text_is_that_text_and_nothing_else(text: str) -> None:
    made = markdown(text)
    tokens = _rendered(f"- {made}") if made else []
    inline = [t for t in tokens if t.type == "inline"]
    assert len(inline) <= 1
    kinds = {child.type for t in inline for child in t.children or ()}
    assert kinds <= {"text", "text_special"}
    shown = "".join(child.content for t in inline for child in t.children or ())
    assert shown.replace("\u200b", "") == plain(text)
    allowed = {"bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close",
               "list_item_close", "bullet_list_close"}  # fmt: skip
    assert {t.type for t in tokens} <= allowed


@given(TEXTS)
def test_what_is_shown_calls_nobody_and_nothing(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", markdown(text))
    assert not re.search(r"[@#!~%$&^]\w", shown)
    assert not re.search(r"(?i)https?://\w|www\.|\b(gh|gl)-\d", shown)
    assert not re.search(r"(?i)\b[0-9a-f]{7,64}\b", shown)
    assert "\n" not in shown and "\r" not in shown


@given(TEXTS)
def test_wiki_markup_of_any_text_has_no_sign_left_bare(text: str) -> None:
    bare = re.sub(r"\\(?:[^\w\s]|_)", "", wiki(text))
    assert not re.search(r"[{}\[\]*_?^~|!#@&+\\-]", bare)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_a_whole_answer_keeps_its_shape_whatever_is_in_it(head: str, lines: list[str]) -> None:
    reply = Reply(Tone.BAD, head or "x", tuple(lines), "https://m.example/?a=>|] b", "foot")
    made = markdown_of(reply, "f" * 32)
    assert made.count("<!--") == 1 and made.endswith(hidden("f" * 32))
    assert not any(line.lstrip().startswith("/") for line in made.splitlines())
    links = [t for top in _rendered(made) for t in top.children or () if t.type == "link_open"]
    assert [t.attrs["href"] for t in links] == ["https://m.example/?a=%3E%7C%5D%20b"]
    assert wiki_of(reply).count("|") - wiki_of(reply).count("\\|") == 1


@given(TEXTS)
def test_a_document_of_atlassian_holds_texts_alone(text: str) -> None:
    made = json.dumps(document_of(Reply(Tone.GOOD, text, (text,), "https://m.example/", text)))
    kinds = set(re.findall(r'"type": "(\w+)"', re.sub(r'"text": "(?:[^"\\]|\\.)*"', "", made)))
    assert kinds <= {"doc", "paragraph", "text", "bulletList", "listItem", "strong", "link", "em"}
    assert '"text": ""' not in made


def test_long_texts_are_cut_and_characters_that_steer_are_gone() -> None:
    assert len(plain("x" * 5_000)) == 600 and plain("x" * 5_000).endswith("…")
    assert plain("a\u202eb\x00c\nd\u200be") == "ab c de"


def test_a_token_for_answers_takes_the_place_of_the_one_for_reading() -> None:
    of = Connection("x", "github", {"app_id": "7", "answers": "comment"}, {"token": Secret("r")})
    assert for_writing(of) is of
    more = Connection("x", "github", of.options, {**of.secrets, "answer_token": Secret("w")})
    made = for_writing(more)
    assert made.secret("token") == "w" and made.text("app_id") == ""
    jira = Connection("x", "jira", {"user": "a", "answer_user": "b"}, {"answer_token": Secret("w")})
    assert for_writing(jira).text("user") == "b"


class Book:
    """Comments of an item."""

    def __init__(self, kept: dict[str, str], ours: str = "") -> None:
        self.kept, self.ours = kept, ours

    def edit(self, ident: str, reply: Reply) -> bool:
        if ident not in self.kept:
            return False
        self.kept[ident] = reply.head
        return True

    def find(self) -> str:
        return self.ours

    def post(self, reply: Reply) -> str:
        self.kept["new"] = reply.head
        return "new"


@pytest.mark.parametrize(
    ("kept", "ours", "posted", "expected"),
    [
        ({"1": ""}, "", "1", {"1": "yes"}), ({}, "", "", {"new": "yes"}), ({}, "", "1", {"new": "yes"}),
        ({"2": ""}, "2", "", {"2": "yes"}), ({"2": ""}, "2", "1", {"2": "yes"}), ({}, "2", "2", {"new": "yes"}),
    ],
)  # fmt: skip
def test_a_comment_is_written_in_place_of_the_one_that_is_there(
    kept, ours, posted, expected
) -> None:
    book = Book(kept, ours)
    placed(book, Reply(Tone.GOOD, "yes"), posted)
    assert book.kept == expected
