"""Nobody needs a mouse: every control is reached with Tab, and one sees where one is."""

from __future__ import annotations

import pytest

from tests.server.journeys.walking import CONTROLS, FOCUS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 400


@pytest.mark.parametrize("path", ["/", "/items/", "/plan/metrics/starts/edit"])
def test_tab_reaches_every_control_and_the_focus_is_seen(sit_down, path):
    owen = sit_down("owen")
    owen.go(path)
    wanted = {at: html for html, at in owen.page.evaluate(CONTROLS)}
    assert len(wanted) > 15
    reached, unseen = set(), []
    for _ in range(MOST):
        owen.page.keyboard.press("Tab")
        found = owen.page.evaluate(FOCUS)
        if found is None:
            break
        # within a field for a day one goes on from part to part; the browser shows which
        unseen += [] if found[1] or found[2] in reached else [found[0]]
        reached.add(found[2])
    assert unseen == []
    assert [html for at, html in wanted.items() if at not in reached] == []
