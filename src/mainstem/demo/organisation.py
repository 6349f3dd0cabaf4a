"""The made-up company behind the demo, the documentation, the tests and the benchmarks.

Floodlight TV streams sport. Everything here is invented: the company, its people and its figures. The
customers and teams stand in this file; what flows to the customers stands in ``streams``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: The day on which the demo takes place, in every run.
TODAY = date(2026, 10, 5)
NAME = "Floodlight TV"


@dataclass(frozen=True, slots=True)
class TeamSpec:
    """A team of the company; ``weight`` is its size in a company of 280."""

    id: str
    name: str
    parent: str | None
    kind: str | None = None
    weight: int = 0
    project: str = ""


@dataclass(frozen=True, slots=True)
class CustomerSpec:
    """A customer with stages in order: (id, name, who owns the hand-over to the next stage)."""

    id: str
    name: str
    kind: str
    note: str
    stages: tuple[tuple[str, str, str | None], ...]


CUSTOMERS: tuple[CustomerSpec, ...] = (
    CustomerSpec(
        "fans", "Fans", "external", "They want to see the match. Everything else is in the way.",
        (
            ("discover", "Hear that a match is on", "Head of Discovery"),
            ("choose", "Choose what to watch", "Head of Discovery"),
            ("arrive", "Get in on a big night", "Head of Live Delivery"),
            ("press-play", "Press play", "Head of Playback"),
            ("watch", "Watch", "Head of Discovery"),
            ("relive", "Relive the best moments", "Head of Membership"),
            ("return", "Come back for the next round", None),
        ),
    ),
    CustomerSpec(
        "households", "Households", "external", "They pay, share the screen, and can leave any month.",
        (
            ("join", "Join", "Head of Payments"),
            ("pay", "Pay", "Head of Accounts"),
            ("live-together", "Watch together", "Head of Payments"),
            ("renew", "Renew or leave", None),
        ),
    ),
    CustomerSpec(
        "leagues", "Leagues and clubs", "external", "They own the game and lend it to us.",
        (
            ("hand-in", "Hand in the signal", "Head of Rights and Studio"),
            ("use", "Use their own moments", "Head of Rights and Studio"),
            ("settle", "See what it earned", None),
        ),
    ),
    CustomerSpec(
        "carriers", "Carriers", "external", "Broadband and television companies that carry our channels.",
        (
            ("connect", "Connect", "Head of Partners"),
            ("carry", "Carry", "Head of Partners"),
            ("believe", "Believe the figures", None),
        ),
    ),
    CustomerSpec(
        "advertisers", "Advertisers", "external", "They pay for attention that fans give freely.",
        (
            ("book", "Book", "Head of Sales"),
            ("run", "Run", None),
            ("judge", "Judge what it did", None),
        ),
    ),
    CustomerSpec(
        "crews", "Production crews", "internal", "Camera, commentary and direction on the day.",
        (("prepare", "Prepare", "Head of Rights and Studio"), ("on-air", "Go on air", None)),
    ),
    CustomerSpec(
        "engineers", "Our own engineers", "internal", "Everybody in this plan who writes software.",
        (("build", "Build and try", "Head of Reliability"), ("run", "Run it at night", None)),
    ),
)  # fmt: skip

#: Stages that no stream serves on purpose: (customer, rule, reason).
ACCEPTED_STAGES: tuple[tuple[str, str, str], ...] = (
    (
        "advertisers",
        "S08",
        "Booking is sold by hand until the winter season; decided with Sales in June.",
    ),
)

_ALIGNED, _PLATFORM = "stream-aligned", "platform"
_ENABLING, _SUBSYSTEM = "enabling", "complicated-subsystem"

TEAMS: tuple[TeamSpec, ...] = (
    TeamSpec("viewing", "Viewing", None),
    TeamSpec("playback", "Playback", "viewing"),
    TeamSpec("player-apps", "Player Apps", "playback", _ALIGNED, 14, "PLAY"),
    TeamSpec("player-tv", "Player TV", "playback", _ALIGNED, 12, "PLAY"),
    TeamSpec("picture-quality", "Picture Quality", "playback", _ALIGNED, 9, "PLAY"),
    TeamSpec("accessibility", "Accessibility", "playback", _ENABLING, 2, "PLAY"),
    TeamSpec("live-delivery", "Live Delivery", "viewing", None, 3, "LIVE"),
    TeamSpec("edge", "Edge", "live-delivery", _ALIGNED, 12, "LIVE"),
    TeamSpec("encoding", "Encoding", "live-delivery", _SUBSYSTEM, 9, "LIVE"),
    TeamSpec("match-day", "Match Day", "live-delivery", _ALIGNED, 11, "LIVE"),
    TeamSpec("discovery", "Discovery", "viewing"),
    TeamSpec("guide", "Guide", "discovery", _ALIGNED, 10, "DISC"),
    TeamSpec("recommendations", "Recommendations", "discovery", _ALIGNED, 9, "DISC"),
    TeamSpec("highlights", "Highlights", "discovery", _ALIGNED, 10, "DISC"),
    TeamSpec("membership", "Membership", None),
    TeamSpec("accounts", "Accounts", "membership"),
    TeamSpec("sign-in", "Sign-in", "accounts", _ALIGNED, 9, "ACC"),
    TeamSpec("profiles", "Profiles", "accounts", _ALIGNED, 10, "ACC"),
    TeamSpec("payments", "Payments", "membership"),
    TeamSpec("subscriptions", "Subscriptions", "payments", _ALIGNED, 11, "PAY"),
    TeamSpec("billing", "Billing", "payments", _ALIGNED, 10, "PAY"),
    TeamSpec("retention", "Retention", "payments", _ALIGNED, 9, "PAY"),
    TeamSpec("content", "Content and Partners", None),
    TeamSpec("rights-and-studio", "Rights and Studio", "content"),
    TeamSpec("ingest", "Ingest", "rights-and-studio", _ALIGNED, 12, "CONT"),
    TeamSpec("club-desk", "Club Desk", "rights-and-studio", _ALIGNED, 9, "CONT"),
    TeamSpec("royalties", "Royalties", "rights-and-studio", _ALIGNED, 8, "CONT"),
    TeamSpec("studio", "Studio", "rights-and-studio", _ALIGNED, 12, "STUD"),
    TeamSpec("partner-sales", "Partners", "content"),
    TeamSpec("partner-devices", "Partner Devices", "partner-sales", _ALIGNED, 12, "PART"),
    TeamSpec("ad-experience", "Ad Experience", "partner-sales", _ALIGNED, 11, "PART"),
    TeamSpec("measurement", "Measurement", "partner-sales", _ALIGNED, 10, "PART"),
    TeamSpec("foundations", "Foundations", None),
    TeamSpec("developer-platform", "Developer Platform", "foundations"),
    TeamSpec("build-and-release", "Build and Release", "developer-platform", _PLATFORM, 11, "DEVX"),
    TeamSpec("cloud", "Cloud", "developer-platform", _PLATFORM, 14, "DEVX"),
    TeamSpec("data-platform", "Data Platform", "developer-platform", _PLATFORM, 13, "DEVX"),
    TeamSpec("reliability", "Reliability", "foundations"),
    TeamSpec("observability", "Observability", "reliability", _PLATFORM, 8, "REL"),
    TeamSpec("response", "Response", "reliability", _ALIGNED, 9, "REL"),
)

#: Objectives: id → (name, "they can now …", owner, horizon).
OBJECTIVES: dict[str, tuple[str, str, str, str]] = {
    "live": (
        "Being at the match from the sofa",
        "Fans can now join a match late, on any screen, and be in it before the next throw-in.",
        "Director of Viewing", "2027",
    ),
    "worth": (
        "Every evening holds something worth watching",
        "Fans can now sit down without a plan and be glad they did.",
        "Director of Viewing", "2027",
    ),
    "fair": (
        "Households stay because paying feels fair",
        "Households can now see what they pay for, share it, and stop when they like.",
        "Director of Membership", "2027",
    ),
    "trust": (
        "Leagues and clubs trust us with their game",
        "Clubs can now use their own goals the same minute and see what the season earned them.",
        "Director of Content", "2028",
    ),
    "earn": (
        "Carriers and advertisers earn with us",
        "Carriers can now offer us to their customers without a help desk behind it.",
        "Director of Content", "2027",
    ),
    "craft": (
        "Our people get from an idea to the air without waiting",
        "Engineers and crews can now try something in the morning and show it in the evening.",
        "Director of Foundations", "2027",
    ),
}  # fmt: skip

#: Public holidays of the company, (month, day), kept by everybody.
HOLIDAYS: tuple[tuple[int, int], ...] = ((1, 1), (5, 1), (8, 15), (12, 24), (12, 25), (12, 31))

#: Kinds of the rest: kind → (labels, types, titles).
REST: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "incident": (
        ("sev1", "sev2"), ("Incident",),
        ("Black screen during extra time", "Sign-in queue stuck", "Wrong match behind the thumbnail",
         "Commentary track out of step", "Refunds sent twice"),
    ),
    "compliance": (
        ("audit", "data-protection"), ("Task",),
        ("Answer the auditor's questions", "Deletion requests of the month", "Age rating for the archive",
         "Review who may read viewing history"),
    ),
    "support": (
        ("customer-ticket", "help-desk"), ("Support",),
        ("Viewer cannot find the second half", "Refund asked for twice", "Old television no longer listed",
         "Household locked out after a move", "Invoice address is wrong"),
    ),
    "operations": (
        ("maintenance", "upgrade"), ("Task",),
        ("Renew certificates", "Raise capacity for the derby", "Rotate keys", "Update base images",
         "Clear the archive queue"),
    ),
    "debt": (
        ("tech-debt", "refactoring"), ("Task", "Story"),
        ("Untangle the session handling", "Remove the old scheduler", "Split the shared settings",
         "Replace hand-written retries", "Delete unused switches"),
    ),
    "enablement": (
        ("onboarding", "training"), ("Task",),
        ("Show the new colleagues around", "Pairing week", "Write down how we deploy on match days"),
    ),
}  # fmt: skip

#: Work that nothing speaks for: (label, component, titles). Labels and components make lumps.
UNLINKED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("season-refresh", "", ("Season look: colours", "Season look: crests", "Season look: empty states")),
    ("", "legacy-desk", ("Old desk: editors ask for sorting", "Old desk: slow on Mondays")),
    ("board-ask", "", ("Figures for the board", "Demonstration for the investors' visit")),
    ("", "", ("Follow-up from the workshop", "Small things", "Look into what Marketing asked",
              "Clean-up", "Various", "Spike", "Continue from last week")),
    ("", "", ("Meetings", "Prepare the quarter", "Help the other team")),
)  # fmt: skip

FIRST_NAMES = (
    "Amara", "Bela", "Chidi", "Dana", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lior",
    "Mina", "Nils", "Oksana", "Pavel", "Quinn", "Rosa", "Sami", "Tova", "Uma", "Viktor", "Wanda", "Xenia",
    "Yusuf", "Zita", "Anouk", "Bram", "Celia", "Dario",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Brandt", "Castell", "Dimitrov", "Ekholm", "Farrow", "Gallo", "Haddad", "Ivers", "Juhl",
    "Kovac", "Lindqvist", "Moreau", "Ndiaye", "Okafor", "Petrov", "Quist", "Rahimi", "Sato", "Tanaka",
    "Ulrich", "Varga", "Weiss", "Xu", "Yilmaz", "Zeman", "Adeyemi", "Bianchi", "Costa", "Duarte",
    "Eriksen", "Fontaine", "Grimaldi", "Horvat", "Iyer", "Jansen", "Keller",
)  # fmt: skip
#: Names for markets of a company that is too large for one.
MARKETS = (
    "North", "Coast", "Valley", "Islands", "Delta", "Highland", "Harbour", "Lakes", "Plains", "Cape",
    "Forest", "Summit", "Bay", "River", "Meadow", "Canyon", "Fjord", "Steppe", "Lagoon", "Prairie",
)  # fmt: skip
