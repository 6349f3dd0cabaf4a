"""What tests of the reading pages share: the pages, and how to read what they say."""

from __future__ import annotations

import html
import re

from mainstem.plan.standing import Signature
from tests.server.factories import NOW

PAGES = (
    "/", "/river", "/map", "/streams/", "/teams/", "/streams/start-fast", "/teams/player-core",
    "/teams/playback", "/objectives/every-ball", "/initiatives/warm-start",
)  # fmt: skip
SIGNED = Signature(NOW, None, "Petra", "because")


def text_of(response) -> str:
    """What a page says, without its marks."""
    assert response.status_code == 200, response.content.decode()[:2000]
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def plain(words: str) -> str:
    """Words with spaces that may break, as ``text_of`` has them."""
    return " ".join(words.split())


def csv_of(browser, address, table):
    sign = "&" if "?" in address else "?"
    answer = browser.get(f"{address}{sign}format=csv&table={table}")
    assert answer.status_code == 200, answer.content.decode()[:1000]
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    head = lines[0].split(",")
    return [dict(zip(head, line.split(","), strict=True)) for line in lines[1:]]
