"""One statement that reads; ``:since`` wherever it stands in code, and nowhere else."""

from __future__ import annotations

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Watch
from mainstem.sources.sql.address import ENGINES, parse_address
from mainstem.sources.sql.client import open_database
from mainstem.sources.sql.statement import parse_statement
from tests.sources.sql.folding import NOW


@pytest.mark.parametrize("engine", sorted(set(ENGINES) - {"postgres"}))
@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("SELECT 1", 0),
        ("SELECT a FROM b WHERE c >= :since", 1),
        (
            "SELECT ':since', \"x:since\", a::text, b FROM c WHERE d > :SINCE AND e >= :since -- :since",
            2,
        ),
        ("/* ; */ WITH x AS (SELECT ';' AS a) SELECT * FROM x -- ; DROP\n", 0),
        ("SELECT 'it''s; :since' AS a;  \n -- the end;\n", 0),
        ("(SELECT 1)", 0),
        ("SELECT `a;b` FROM c", 0),
    ],
)
def test_since_is_found_in_code_only(engine: str, text: str, since: int) -> None:
    assert len(parse_statement(text, engine).pieces) == since + 1


@pytest.mark.parametrize("engine", sorted(set(ENGINES) - {"postgres"}))
@pytest.mark.parametrize(
    "text",
    [
        "", "  -- nothing\n", ";", "DELETE FROM a", "SELECT 1; SELECT 2", "SELECT ';'; DROP TABLE a",
        "SELECT 1 /* ; */ ; /* */ UPDATE a SET b = 1", "INSERT INTO a VALUES (1)", "SET x = 1", "'SELECT'",
        "ATTACH 'x'", "COPY a TO 'b'", "PRAGMA x", "EXPLAIN SELECT 1", "CALL f()",
    ],
)  # fmt: skip
def test_what_does_not_read_or_is_several_statements_is_refused(engine: str, text: str) -> None:
    with pytest.raises(SourceError):
        parse_statement(text, engine)


def test_a_quote_ends_as_the_database_sees_it() -> None:
    with pytest.raises(SourceError):
        parse_statement(r"SELECT '\'; DROP TABLE a; --'", "postgresql")
    assert parse_statement(r"SELECT '\'; DROP TABLE a; --'", "mysql")
    assert parse_statement(r"SELECT E'\'; :since'", "postgresql").pieces == (
        r"SELECT E'\'; :since'",
    )
    assert len(parse_statement("SELECT $a$ ; :since $a$", "postgresql").pieces) == 1
    with pytest.raises(SourceError):
        parse_statement("SELECT $a$ ; $a$", "mysql")


def test_a_percent_sign_stays_one_whatever_the_driver() -> None:
    query = parse_statement("SELECT '%s' WHERE a LIKE 'x%' AND b > :since", "postgresql")
    assert query.written("%(since)s") == "SELECT '%%s' WHERE a LIKE 'x%%' AND b > %(since)s"
    assert query.written("$since") == "SELECT '%s' WHERE a LIKE 'x%' AND b > $since"
    assert parse_statement("SELECT '%'", "mysql").written("%(since)s") == "SELECT '%'"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:very%20secret@h:port/d", "oracle://u:very%20secret@h/d", "very secret", "",
        "mysql://u:very%20secret@h/d?init_command=DROP", "mysql://u:very%20secret@h/d?local_infile=1",
        "postgresql://u:very%20secret@h/d?service=x", "sqlite://very secret/file", "duckdb://",
    ],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused_and_not_told(text: str) -> None:
    with pytest.raises(SourceError) as error:
        parse_address(text)
    assert "secret" not in f"{error.value.message} {error.value.hint} {error.value.__cause__}"


def test_an_address_never_shows_its_password() -> None:
    address = parse_address(
        "postgres://reader:a%2Fb%27c@db.example.org:5433/work?sslpassword=other"
    )
    assert address.words == "PostgreSQL work at db.example.org"
    assert "a/b" not in repr(address)
    assert "other" not in repr(address)
    said = address.scrub("FATAL: a/b'c, a%2Fb%27c and other\n in DSN")
    assert said.count("…") == 3
    assert "a/b" not in said


@pytest.mark.parametrize("engine", ["snowflake", "bigquery", "databricks"])
def test_a_driver_that_is_not_there_is_told_with_the_command_that_installs_it(engine: str) -> None:
    from importlib.util import find_spec

    if find_spec(engine) is not None:
        pytest.skip(f"shared data of another kind: {engine} is installed here")
    address = parse_address(f"{engine}://u:p@account/database")
    with (
        pytest.raises(SourceError, match="not installed") as error,
        open_database(address, Watch(NOW)),
    ):
        pass
    assert f"pip install 'mainstem[{engine}]'" in error.value.hint
