"""Words and numbers of pages: written for people, and harmless whatever people wrote."""

import pytest

from mainstem.figures.wording import isolated, metric_number, one_line


@pytest.mark.parametrize(
    ("value", "said"),
    [(88.4, "88.4"), (1240.0, "1,240"), (0.0321, "0.032"), (-3.5, "−3.5"), (0.0, "0"), (6.0, "6"),
     (float("nan"), "–"), (float("inf"), "–")],
)  # fmt: skip
def test_metric_numbers_are_written_for_people(value, said):
    assert metric_number(value) == said


def test_names_that_read_from_the_right_are_isolated():
    assert isolated("מסלול") == "\u2068מסלול\u2069"
    assert isolated("plain") == "plain"


def test_one_line_has_no_controls():
    assert one_line("a\x00\tb\n\u202ec") == "a b c"
