"""Rows of tables and sheets as HTML: a page has hundreds of cells, and a template takes long for each.

Everything that is printed here is escaped as templates escape it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from mainstem.figures.shown import Sheet
    from mainstem.web.contexts.pieces import Bar, Cell, Column, Row, Table


def table_rows(of: Table) -> Markup:
    """The rows of a table, to stand inside its body."""
    out: list[str] = []
    heads = [_heads(column) for column in of.columns]
    for row in of.rows:
        _row(out, row, heads)
    return Markup("".join(out))


def sheet_rows(of: Sheet) -> Markup:
    """The rows of a sheet, to stand inside its body."""
    begins = ['<td class="n"><bdi>' if is_number else "<td><bdi>" for is_number in of.numeric]
    out: list[str] = []
    for first, *others in of.rows:
        out += ('<tr><th scope="row"><bdi>', escape(first), "</bdi></th>")
        for begin, words in zip(begins[1:], others, strict=True):
            out += (begin, escape(words), "</bdi></td>")
        out.append("</tr>\n")
    return Markup("".join(out))


def _heads(column: Column) -> tuple[str, str]:
    """The classes of a column's cells, and its name as a narrow screen shows it in each."""
    name = escape(column.name)
    return "n" if column.is_number else "", f'<span class="at" aria-hidden="true">{name}</span>'


def _row(out: list[str], row: Row, heads: list[tuple[str, str]]) -> None:
    add = out.append
    add(f'<tr role="row" class="d{row.depth}">\n' if row.depth else '<tr role="row">\n')
    for place, cell in enumerate(row.cells):
        if place:
            _begin(out, cell, *heads[place])
        else:
            add('<th role="rowheader" scope="row"><span class="indent">')
        _inside(out, cell)
        add("</span></td>\n" if place else "</span></th>\n")
    add("</tr>\n")


def _begin(out: list[str], cell: Cell, kind: str, name: str) -> None:
    if cell.bar or cell.picture:
        kind += " draw"
    if cell.is_void:
        kind += " void"
    exact = f' title="{escape(cell.exact)}"' if cell.exact else ""
    out.append(f'<td role="cell" class="{kind}"{exact}>{name}<span>')


def _inside(out: list[str], cell: Cell) -> None:
    """What stands in a cell."""
    add = out.append
    if cell.href:
        out += ('<a class="go" href="', escape(cell.href), '"><bdi>', escape(cell.words), "</bdi></a>")  # fmt: skip
    elif cell.words:
        out += ("<bdi>", escape(cell.words), "</bdi>")
    if cell.bar:
        _bar(out, cell.bar)
    if cell.picture:
        add(escape(cell.picture))
    if cell.tags:
        add('<span class="tags">')
        for tag in cell.tags:
            out += ('<span class="tag ', escape(tag.tone), '">', escape(tag.words), "</span>")
        add("</span>")
    if cell.under:
        out += ('<span class="under"><bdi>', escape(cell.under), "</bdi></span>")


def _bar(out: list[str], of: Bar) -> None:
    add = out.append
    said = f'role="img" aria-label="{escape(of.words)}"' if of.words else 'aria-hidden="true"'
    add(f'<svg class="bar" {said}><rect class="ground" width="100%" height="100%" rx="2"/>')
    rounded = ' rx="2"'
    for kind, start, width in of.placed:
        add(f'<rect class="{kind}" x="{start}%" width="{width}%" height="100%"{rounded}/>')
        rounded = ""
    if of.tick is not None:
        add(f'<rect class="tick" x="{of.tick}%" y="-30%" width="2" height="160%"/>')
    add("</svg>\n")
