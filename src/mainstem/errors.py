"""The one family of errors that a person may see.

Every error says what happened to which thing (``message``), what to do next (``hint``) and carries a
stable ``code`` that the documentation explains. Each face turns them into output in exactly one place.
"""

from __future__ import annotations


class MainstemError(Exception):
    """Root of all errors that are meant for a person.

    Args:
        message: What happened, to which thing, in plain words.
        hint: What to do next. Empty only where nothing can be done.
        code: Stable identifier, ``area.reason``.
    """

    code = "mainstem.error"

    def __init__(self, message: str, hint: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class PlanError(MainstemError):
    """The plan could not be read at all (a wrong plan that can be read gives findings instead)."""

    code = "plan.unreadable"


class SourceError(MainstemError):
    """Input of work could not be read.

    ``permanent`` tells whether trying again can help.
    """

    code = "source.unreadable"

    def __init__(
        self, message: str, hint: str = "", *, code: str | None = None, permanent: bool = True
    ) -> None:
        super().__init__(message, hint, code=code)
        self.permanent = permanent


class LedgerError(MainstemError):
    """The ledger cannot be opened, read or written."""

    code = "ledger.unusable"


class QuestionError(MainstemError):
    """A question that cannot be asked: unknown team, unit, period or grain."""

    code = "question.invalid"


class MixedUnits(QuestionError):
    """Units of different kinds were about to be added without a declared conversion."""

    code = "question.mixed_units"


class UsageError(MainstemError):
    """A command was called in a way that cannot work; exit code 2."""

    code = "usage.invalid"


class Forbidden(MainstemError):
    """Somebody asked for what they may see but not do."""

    code = "access.forbidden"


class Absent(MainstemError):
    """There is no such thing, or none that this person may know of: both are said alike."""

    code = "access.absent"


class Invalid(MainstemError):
    """A value that somebody gave cannot be taken.

    ``field`` names what it was given for, so that a form can say it beside the field.
    """

    code = "input.invalid"

    def __init__(
        self, message: str, hint: str = "", *, code: str | None = None, field: str = ""
    ) -> None:
        super().__init__(message, hint, code=code)
        self.field = field


class TooLarge(Invalid):
    """Something that was sent is larger than is taken."""

    code = "input.too_large"


class Conflict(MainstemError):
    """What somebody wants to change was changed by somebody else meanwhile. Nothing was lost."""

    code = "write.conflict"


class TooMany(MainstemError):
    """Too many attempts in too short a time; ``retry_after`` is in seconds."""

    code = "access.too_many"

    def __init__(self, message: str, hint: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after
