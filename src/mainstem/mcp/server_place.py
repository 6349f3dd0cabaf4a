"""The data of a server, for assistants with a token of a person: their rights, within the token's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import close_old_connections

from mainstem.errors import Forbidden, LedgerError, MainstemError, QuestionError
from mainstem.mcp.places import Checked, Put
from mainstem.plan.directory import Named
from mainstem.plan.standing import Standing
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people import refusing
from mainstem.services.people.access import Actor
from mainstem.services.people.tokens import actor_of_token
from mainstem.services.plans import plan_text, proposals
from mainstem.services.plans.drafting import Draft
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.services.scores.scoring import Book
from mainstem.services.server.ground import Ground
from mainstem.services.work import finding


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """See ``Place``.

    Attributes:
        ground: The server's ground.
        token: The token of whoever starts this process; none where each request brings its own.
    """

    ground: Ground
    token: str = field(default="", repr=False)

    def who(self) -> Actor:
        """Whom the token acts for, looked up anew each time: it may have been taken back."""
        found = self.signed(self.token)
        if found is None:
            raise Forbidden(
                "The token does not work.",
                "Make a new one in your account; this one may have ended or been taken back.",
                code="access.unsigned",
            )
        return found

    def signed(self, token: str, *, address: str = "", request: str = "") -> Actor | None:
        """Whom a token acts for; nobody if it does not work, or acts for an outsider."""
        found = actor_of_token(
            token, self.ground.now(), today=self.ground.today(), face="mcp", address=address,
            request=request,
        )  # fmt: skip
        return found if found is not None and found.is_known else None

    def now(self) -> datetime:
        """The server's present moment."""
        return self.ground.now()

    def standing(self) -> Standing:
        """The plan as readers see it."""
        return self.ground.observed()

    def unobserved(self) -> Standing:
        """The plan itself."""
        return self.ground.plans.head()

    def desk(self) -> Desk:
        """The server's desk."""
        return server_desk(self.ground)

    def book(self) -> Book | None:
        """The ledger with the plan."""
        try:
            book = self.ground.book()
        except (LedgerError, QuestionError):  # nothing was imported, or nothing derived yet
            return None
        return book if book.desk.spans() else None

    def checked(self) -> Checked:
        """The findings of the plan as it stands."""
        found = standing_findings(self.ground)
        return Checked(found.all, found.revision, found.is_newest)

    def find(self, words: str, by: Actor) -> tuple[Sequence[Named], Sequence[str]]:
        """As the page's search."""
        found = finding.find(words, self.ground, by)
        return found.entities, found.items

    def text(self, by: Actor) -> str:
        """The plan with its check-ins."""
        return plan_text.plan_as_text(self.ground, by)

    def put(self, draft: Draft, by: Actor) -> Put:
        """Makes an open proposal. Whoever may make the changes decides on it."""
        made = proposals.start_proposal(
            draft.title, draft.changes, self.ground, by, at=self.now(), why=draft.why,
            base=draft.base or None, state="open",
        )  # fmt: skip
        return Put(made.number, "")

    def refused(self, by: Actor, error: MainstemError, tool: str) -> None:
        """Keeps a line in the audit log, as the API does."""
        refusing.note_refusal(by, self.ground, error, asked=f"MCP {tool}", subject=f"/mcp/{tool}")

    def tidy(self) -> None:
        """Lets go of database connections that were left too long or broke."""
        close_old_connections()
