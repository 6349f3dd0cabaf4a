"""The rules about text: what can be wrong before anything can be said about the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mainstem.plan.findings import Severity

_B, _W, _I = Severity.BLOCKS, Severity.WARNS, Severity.INFO


@dataclass(frozen=True, slots=True)
class TextRule:
    """One rule about text, as it is listed and explained."""

    id: str
    title: str
    severity: Severity
    why: str


_TABLE = (
    TextRule("T001", "The file is not YAML", _B,
             "Nothing after the fault can be read, so the plan would be incomplete."),
    TextRule("T002", "A key that nobody knows", _B,
             "A misspelt key would silently leave out what was meant."),
    TextRule("T003", "A value of the wrong kind", _B,
             "What was meant cannot be told from what is written."),
    TextRule("T004", "Something is missing", _B,
             "Without it the rest of the entry has no meaning."),
    TextRule("T005", "A key is written twice", _B,
             "YAML keeps one of the two without saying which."),
    TextRule("T006", "An identifier is used twice", _B,
             "One identifier must mean one thing, or references become ambiguous."),
    TextRule("T007", "Merge-conflict markers", _B,
             "Two versions of the plan are mixed; nobody has chosen between them."),
    TextRule("T008", "A tab in the indentation", _B,
             "YAML allows only spaces there, because tabs are as wide as each editor wants."),
    TextRule("T009", "A byte-order mark", _I,
             "It is read, but other tools may take it for part of the first key."),
    TextRule("T010", "The file is not UTF-8", _B,
             "Its letters cannot be told for sure."),
    TextRule("T011", "Too large", _B,
             "A plan is written by people; a limit keeps a broken or hostile file from taking the machine."),
    TextRule("T012", "An anchor, alias, merge key or tag", _B,
             "A plan is read by people who do not know YAML's finer points, and aliases can be made to explode."),
    TextRule("T013", "Several documents in one file", _B,
             "Everything after the second `---` would be easy to overlook."),
    TextRule("T014", "An empty file", _I,
             "It adds nothing to the plan."),
    TextRule("T015", "A reference to something that is not in the plan", _B,
             "The connection that was meant does not exist, so every sum over it would be wrong."),
    TextRule("T016", "A circle in what must be a tree", _B,
             "Something that is part of itself cannot be summed up."),
    TextRule("T017", "The last day is before the first", _B,
             "Nothing can fall into such a period."),
    TextRule("T018", "Cycles overlap", _I,
             "Effort of a day in both counts in each of them; fine if one is part of the other."),
    TextRule("T019", "A claim names a team that is not in the plan", _W,
             "It holds only for records that carry this very name as their own team."),
    TextRule("T020", "An acceptance has run out", _W,
             "What was accepted for a time is open again."),
    TextRule("T021", "An acceptance that is not needed", _W,
             "Nothing is found any more that it accepts; left in place it would hide the next finding."),
    TextRule("T022", "An acceptance that cannot work", _W,
             "It names a rule that does not exist, or one that cannot be accepted."),
    TextRule("T023", "Shares sum to more than one", _B,
             "More would be given away than there is."),
)  # fmt: skip

#: Every text rule by id.
TEXT_RULES: Mapping[str, TextRule] = MappingProxyType({rule.id: rule for rule in _TABLE})
