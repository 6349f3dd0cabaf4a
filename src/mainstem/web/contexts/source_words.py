"""Words about connected sources: names of kinds, states, and how a vendor is told to send messages."""

from __future__ import annotations

from datetime import datetime

from mainstem.figures.wording import plural
from mainstem.services.sources.showing import SourceShown
from mainstem.web.contexts.jobs import when

KIND_NAMES = {
    "jira": "Jira", "github": "GitHub", "gitlab": "GitLab", "azure": "Azure DevOps", "linear": "Linear",
    "redmine": "Redmine", "openproject": "OpenProject", "git": "A git repository", "files": "Files",
    "sql": "A database", "prometheus": "Prometheus", "http-metric": "An address with a number",
    "csv-metric": "A table of values", "sql-metric": "Values from a database",
    "work-metric": "The work in the ledger", "score-metric": "The Value Score",
}  # fmt: skip
#: State → its tag: words and tone.
TAGS = {
    "syncing": ("syncing", "value"), "waiting": ("first sync to come", ""), "well": ("well", "good"),
    "late": ("late", "rest"), "failed": ("failed, tried again", "bad"), "given up": ("waits for somebody", "bad"),
    "stopped": ("stopped", "rest"), "off": ("switched off", "rest"),
}  # fmt: skip
#: Kind → where the address and the secret go at the vendor; empty: any other.
HOOK_STEPS = {
    "jira": "In Jira: Settings → System → WebHooks → Create. Paste the address and the secret, choose the"
    " events of issues and worklogs. Needs the right to administer Jira.",
    "github": "On GitHub: the repository or organisation → Settings → Webhooks → Add webhook. Paste the"
    " address and the secret, content type application/json, and choose Issues, Pull requests, Pull"
    " request reviews, Sub issues and, of an organisation, Projects v2 items.",
    "gitlab": "In GitLab: the project or group → Settings → Webhooks → Add. Paste the address, the secret"
    " goes into “Secret token”, and choose issues, comments and merge requests.",
    "linear": "In Linear: Settings → API → Webhooks → New. Paste the address and choose Issues. Linear"
    " shows a signing secret of its own: put that in below.",
    "": "Paste the address and the secret where the tracker keeps its webhooks.",
}


def pace(minutes: int) -> str:
    """``every 15 min``, ``every hour``, ``every 2 days``."""
    for size, word in ((1440, "day"), (60, "hour")):
        if minutes % size == 0:
            count = minutes // size
            return f"every {word}" if count == 1 else f"every {plural(count, word)}"
    return "every minute" if minutes == 1 else f"every {minutes} min"


def first_line(of: SourceShown, now: datetime) -> str:
    """What is so of a source, first of all."""
    ago = when(of.well, now) if of.well else ""
    return {
        "syncing": f"{of.name} is being read",
        "waiting": f"{of.name} waits for its first sync",
        "well": f"{of.name} is fresh: read {ago}",
        "late": f"{of.name} is late: last read well {ago}",
        "failed": f"{of.name} could not be read",
        "given up": f"{of.name} can no longer be read",
        "stopped": f"The sync of {of.name} was stopped",
        "off": f"{of.name} is switched off",
    }[of.state]


def second_line(of: SourceShown, now: datetime) -> str:
    """How it goes on."""
    called = KIND_NAMES.get(of.kind, of.kind)
    parts = [f"{called}, {pace(of.every_minutes)}."]
    if of.state not in ("well", "late", "waiting"):
        parts.append(
            f"Last read well {when(of.well, now)}." if of.well else "It was never read to its end."
        )
    if of.state == "given up":
        parts.append("It is asked again once somebody has changed it or asks for a sync.")
    elif of.state == "stopped":
        parts.append("What was read stays, and the next sync goes on where it was.")
    if of.next_at is not None:
        parts.append(f"Next {when(of.next_at, now) if of.next_at > now else 'in a moment'}.")
    return " ".join(parts)
