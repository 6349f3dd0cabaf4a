"""What every page asks the database, in SQL written once.

For rows as small as these, Django's query compiler takes longer than the database does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from mainstem.store.models import CheckIn, Contest

_HEAD = "SELECT number, digest FROM store_head WHERE id = 1"
_SAID = "SELECT MAX(id), COUNT(id) FROM store_checkin WHERE id > %s"
_SCORED = "SELECT MAX(id), COUNT(id) FROM store_scoring"
_SCORE = """SELECT score FROM store_scoring WHERE cycle = %s AND key_result = %s
    ORDER BY id DESC LIMIT 1"""
_CHECK_INS = (
    "SELECT * FROM store_checkin WHERE key_result = %s AND id < %s ORDER BY id DESC LIMIT %s"
)
_CONTESTS = "SELECT * FROM store_contest WHERE item = %s ORDER BY id DESC LIMIT %s"
_ACTIONS = """SELECT DISTINCT action FROM
    (SELECT action FROM store_auditline ORDER BY id DESC LIMIT %s) AS newest"""
_TITLED = """SELECT id, title FROM store_workshop WHERE {title} {has} AND id NOT IN
    (SELECT workshop_id FROM store_seat WHERE person_id = %s AND removed_at IS NOT NULL)
    ORDER BY id DESC LIMIT %s"""
_NONE_ABOVE = 2**63 - 1
_ANSWERED = "SELECT MAX(id), COUNT(id) FROM store_statementanswer WHERE subject = %s"
_DECIDED = """SELECT (SELECT COUNT(id) FROM store_decision), (SELECT MAX(id) FROM store_decision),
    COUNT(id), MAX(found_at), MAX(said_at) FROM store_donework"""
_GRANTS = "SELECT role, team, stream FROM store_grant WHERE user_id = %s"
_TEAMS = """SELECT team FROM store_membership WHERE user_id = %s
    AND (first_day IS NULL OR first_day <= %s) AND (last_day IS NULL OR last_day >= %s)"""
_WAITING = """SELECT (SELECT COUNT(*) FROM store_proposal WHERE state = 'open'),
    (SELECT COUNT(*) FROM store_contest WHERE state = 'open'),
    (SELECT COUNT(*) FROM store_notice WHERE user_id = %s AND read_at IS NULL)"""

_SESSION = """SELECT session_data FROM django_session
    WHERE session_key = %s AND expire_date > %s"""
_TALK = """SELECT EXISTS(SELECT 1 FROM store_watch WHERE user_id = %s AND subject = %s),
    EXISTS(SELECT 1 FROM store_remark WHERE subject = %s AND withdrawn_at IS NULL)"""


def _rows(sql: str, *given: Any) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


def head() -> tuple[int, str]:
    """Number and digest of the newest revision of the plan; ``(0, "")`` before the first."""
    found = _rows(_HEAD)
    return (found[0][0], found[0][1]) if found else (0, "")


def check_ins_after(floor: int) -> tuple[int, int]:
    """Highest number of the check-ins above a number (0 if there is none), and how many there are."""
    newest, count = _rows(_SAID, floor)[0]
    return newest or 0, count


def scorings() -> tuple[int, int]:
    """Highest number of the scores that key results were closed with, and how many there are."""
    newest, count = _rows(_SCORED)[0]
    return newest or 0, count


def score_of(key_result: str, cycle: str) -> float | None:
    """The newest score that a key result was closed with in a cycle."""
    found = _rows(_SCORE, cycle, key_result)
    return found[0][0] if found else None


def check_ins_of(key_result: str, before: int | None, most: int) -> list[CheckIn]:
    """Check-ins of a key result, newest first; with ``before`` only those with a smaller number."""
    above = _NONE_ABOVE if before is None else before
    return list(CheckIn.objects.raw(_CHECK_INS, [key_result, above, most]))


def contests_about(item: str, most: int) -> list[Contest]:
    """Contests about an item, newest first."""
    return list(Contest.objects.raw(_CONTESTS, [item, most]))


def answers_about(subject: str) -> tuple[int, int]:
    """Highest number of the answers to statements about a thing (0 if there is none), and how many."""
    newest, count = _rows(_ANSWERED, subject)[0]
    return newest or 0, count


def decided() -> tuple[object, ...]:
    """Changes whenever a decision becomes visible, or work that was done in spite of one."""
    return tuple(_rows(_DECIDED)[0])


def held_by(person: int, today: date) -> tuple[list[Sequence[str]], list[str]]:
    """What somebody holds, as (role, team, stream), and the teams that they belong to on a day."""
    day = connection.ops.adapt_datefield_value(today)
    teams = _rows(_TEAMS, person, day, day)
    return _rows(_GRANTS, person), [team for (team,) in teams]


def actions_of_newest(most: int) -> list[str]:
    """The actions of the newest lines of the audit log, each once."""
    return [action for (action,) in _rows(_ACTIONS, most)]


def workshops_titled(words: str, person: int | None, most: int) -> list[Sequence[Any]]:
    """Number and title of the newest workshops with these words, but of none that a person was removed from."""
    # each database has its own way to look for words in any case
    title = connection.ops.lookup_cast("icontains") % "title"
    sql = _TITLED.format(title=title, has=connection.operators["icontains"])  # type: ignore[attr-defined]
    # nobody's number is below 1
    return _rows(sql, f"%{connection.ops.prep_for_like_query(words)}%", person or 0, most)


def waiting(person: int) -> tuple[int, int, int]:
    """Open proposals, open contests, and notices that somebody has not read."""
    proposals, contests, unread = _rows(_WAITING, person)[0]
    return proposals, contests, unread


def talk(person: int, subject: str) -> tuple[bool, bool]:
    """Whether somebody watches a thing, and whether anything was said about it."""
    is_watched, is_said = _rows(_TALK, person, subject, subject)[0]
    return bool(is_watched), bool(is_said)


def session(key: str, now: datetime) -> str | None:
    """What a session that has not ended holds, as it is stored."""
    found = _rows(_SESSION, key, connection.ops.adapt_datetimefield_value(now))
    return found[0][0] if found else None
