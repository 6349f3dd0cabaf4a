"""Tables whose rows are printed without a template."""

from __future__ import annotations

from markupsafe import Markup

from mainstem.figures.shown import Tag
from mainstem.web.contexts.pieces import Bar, Cell, Column, Row, Stretch, Table
from mainstem.web.printing import table_rows

_SLY = "<i>\"'&"
_SAFE = "&lt;i&gt;&#34;&#39;&amp;"


def _printed(*cells: Cell, depth: int = 0) -> str:
    columns = tuple(Column(f"column {n}", n == 2) for n in range(len(cells)))
    return str(table_rows(Table("A table", columns, (Row(cells, depth),))))


def test_whatever_somebody_wrote_is_escaped_wherever_it_stands() -> None:
    cell = Cell(_SLY, _SLY, _SLY, Bar(((Stretch.VALUE, 1.0),), words=_SLY), None, (Tag(_SLY, _SLY),), _SLY)  # fmt: skip
    said = _printed(cell, cell)
    assert "<i>" not in said
    assert said.count(_SAFE) == 13
    head = Table("A table", (Column(_SLY), Column(_SLY)), (Row((Cell("a"), Cell("b"))),))
    assert "<i>" not in str(table_rows(head))


def test_the_first_cell_names_its_row_and_the_others_name_their_column() -> None:
    said = _printed(Cell("Playback"), Cell("7"), Cell("8"), depth=2)
    assert said.startswith('<tr role="row" class="d2">\n<th role="rowheader" scope="row">')
    assert '<td role="cell" class=""><span class="at" aria-hidden="true">column 1</span>' in said
    assert '<td role="cell" class="n"><span class="at" aria-hidden="true">column 2</span>' in said


def test_a_cell_says_by_its_class_that_it_is_drawn_or_that_nothing_is_in_it() -> None:
    picture = Cell(picture=Markup("<svg></svg>"))
    said = _printed(Cell("x"), Cell(), Cell(bar=Bar(((Stretch.REST, 30.0),), 50.0)), picture)
    assert 'class=" void"' in said
    assert 'class="n draw"' in said
    assert 'class=" draw"' in said
    assert "<svg></svg>" in said
    assert '<rect class="rest" x="0.0%" width="30.0%" height="100%" rx="2"/>' in said
    assert '<rect class="tick" x="50.0%"' in said
