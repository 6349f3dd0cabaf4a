"""All tables of a server."""

from mainstem.store.models.audit import AuditLine
from mainstem.store.models.deciding import (
    AskedWork,
    ChatMessage,
    Decision,
    DoneWork,
    PostedAnswer,
    StatementAnswer,
    SuggestionAudit,
    TriageMark,
)
from mainstem.store.models.outside import ApiToken, Delivery, Hook, RepeatedWrite
from mainstem.store.models.people import Grant, Group, Invitation, Membership, User
from mainstem.store.models.plan import (
    CheckIn,
    CycleStep,
    Element,
    Head,
    Proposal,
    Revision,
    Scoring,
)
from mainstem.store.models.running import Job
from mainstem.store.models.sources import ReceivedHook, SourceConnection
from mainstem.store.models.talk import Contest, Notice, Remark, Watch
from mainstem.store.models.workshops import (
    AgendaTemplate,
    RoomEvent,
    RoomSnapshot,
    Seat,
    Unbundling,
    Workshop,
)

__all__ = [
    "AgendaTemplate",
    "ApiToken",
    "AskedWork",
    "AuditLine",
    "ChatMessage",
    "CheckIn",
    "Contest",
    "CycleStep",
    "Decision",
    "Delivery",
    "DoneWork",
    "Element",
    "Grant",
    "Group",
    "Head",
    "Hook",
    "Invitation",
    "Job",
    "Membership",
    "Notice",
    "PostedAnswer",
    "Proposal",
    "ReceivedHook",
    "Remark",
    "RepeatedWrite",
    "Revision",
    "RoomEvent",
    "RoomSnapshot",
    "Scoring",
    "Seat",
    "SourceConnection",
    "StatementAnswer",
    "SuggestionAudit",
    "TriageMark",
    "Unbundling",
    "User",
    "Watch",
    "Workshop",
]
