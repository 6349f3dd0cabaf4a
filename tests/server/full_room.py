"""A full room as records: what a board holds after a day's work with a whole organisation."""

from __future__ import annotations

from typing import Any

STEPS = (
    ("call", "Call to arms", "Why must we change now?"),
    ("customers", "Customers", "Whom do we serve?"),
    ("lifecycle", "Their life with us", "Which stages does each of them go through?"),
    ("objectives", "Objectives", "What must become true for them?"),
    ("streams", "Value streams", "What flows to whom, at which stage?"),
    ("metrics", "Value metrics", "Which one number says that a stream delivers?"),
    ("challenge", "Challenge", "Which of these sentences is true of it?"),
    ("groups", "Groups", "Who delivers what, with how much of their effort?"),
    ("bets", "Key results and bets", "What does each group commit to, and what does it bet on?"),
    ("dependencies", "Dependencies", "What do we need from each other, and by when?"),
    ("commit", "Commit", "What do we propose, what is open, what will we not do?"),
    ("talk", "Talk", "What else must be said?"),
    ("pause", "Coffee", ""),
)
AT = "2026-10-21T09:00:00+00:00"


def step(kind: str, title: str, prompt: str, **given: Any) -> dict[str, Any]:
    """The record of a step."""
    return {
        "kind": kind, "title": title, "purpose": f"So that everybody means the same by “{title}”.", "prompt": prompt,
        "how": "Five minutes in silence, then read aloud.", "good": "Short, and in the customer's words.",
        "traps": ["Naming solutions", "Talking before writing"], "minutes": 20, "state": "done", "silent": False,
        "dots": 0, "dots_shown": False, "ranking": False, "ranks_shown": False, "breakouts": False, "lead": "", **given,
    }  # fmt: skip


def card(kind: str, text: str, step: str, order: float = 0, **given: Any) -> dict[str, Any]:
    """The record of a card."""
    return {
        "kind": kind, "step": step, "text": text, "fields": {}, "under": "", "group": "", "cluster": "", "order": order,
        "by": 1, "state": "open", "into": "", "silent": False, "version": 1, "plan": "", "at": AT, **given,
    }  # fmt: skip


def empty_room(on: str = "call", state: str = "running") -> dict[str, Any]:
    """A room in which nobody has written anything."""
    records: dict[str, Any] = {
        "room": {"title": "Streamly 2027", "why": "", "state": state, "step": on, "steps": [k for k, _, _ in STEPS],
                 "edits": "anyone", "parallel": False},
        "timer": {"step": on, "seconds": 600, "ends_at": None, "left": None},
        "person/1": {"name": "Petra", "role": "facilitator", "hand": None, "group": "", "out": False},
        "person/2": {"name": "Carl", "role": "member", "hand": AT, "group": "teamplayer", "out": False},
        "person/3": {"name": "Gita", "role": "guest", "hand": None, "group": "", "out": False},
    }  # fmt: skip
    return {
        **records,
        **{f"step/{kind}": step(kind, title, prompt) for kind, title, prompt in STEPS},
    }


def full_room(on: str = "call", cards: int = 0) -> dict[str, Any]:
    """A room late in the day; ``cards`` more notes on top."""
    records = empty_room(on)
    records["step/customers"] |= {"dots": 5}
    records["step/metrics"] |= {"ranking": True}
    records["step/bets"] |= {"breakouts": True}
    put = records.__setitem__
    for n, (part, text) in enumerate((
        ("why now", "Half of those who try us leave within a month"), ("why now", "Rivals start a film in two seconds"),
        ("at stake", "The stadium rights, and with them a third of all subscribers"),
        ("stop", "Building a second player for every new device"),
    )):  # fmt: skip
        put(f"card/callone{n}", card("call", text, "call", n, fields={"part": part}, by=1 + n % 3))
    for c, (name, kind) in enumerate((("Viewers at home", "external"), ("Travellers", "external"), ("Studio partners", "external"), ("Support agents", "internal"))):  # fmt: skip
        put(f"card/customer{c}", card("customer", name, "customers", c, fields={"kind": kind, "note": "They want to watch, not to manage."}, by=2))  # fmt: skip
        for s, stage in enumerate(("Discover", "Subscribe", "Watch", "Return", "Leave")[: 5 - c]):
            put(f"card/stage{c}x{s}", card("stage", stage, "lifecycle", s, under=f"customer{c}"))
    for o, text in enumerate(("Watching starts the moment one wants to", "People find what they will love", "Nobody is left alone with a problem")):  # fmt: skip
        put(f"card/objective{o}", card("objective", text, "objectives", o, state="chosen" if o == 0 else "open", fields={"customer_better_off": "open the app and be in the film", "owner": "Lena"}))  # fmt: skip
        for s in range(2):
            name = f"{('Start fast', 'Play anywhere', 'Search that knows me', 'Trailers', 'Help in the app', 'Outage news')[o * 2 + s]}"
            put(f"card/stream{o}x{s}", card("stream", name, "streams", s, under=f"objective{o}", fields={"customer": f"customer{o % 3}", "stages": [f"stage{o % 3}x{s}", f"stage{o % 3}x{s + 1}"], "owner": "Owen"}))  # fmt: skip
            for m, metric in enumerate(("Share of starts under two seconds", "Seconds from tap to first frame", "Complaints about waiting")):  # fmt: skip
                put(f"card/metric{o}x{s}x{m}", card("metric", metric, "metrics", m, under=f"stream{o}x{s}", state="chosen" if m == 0 and o == 0 else "open", fields={"definition": "Starts with a first frame within two seconds, of all starts", "unit": "%", "direction": "up", "baseline": 61.5, "target": 90}))  # fmt: skip
            put(f"card/guard{o}x{s}", card("guardrail", "Crash-free sessions", "metrics", 0, under=f"stream{o}x{s}", fields={"bound": "not below 99 %"}))  # fmt: skip
            put(f"card/part{o}x{s}", card("part", "All of the player", "groups", 0, under=f"stream{o}x{s}", fields={"team": ("teamplayer", "teamsearch", "teamhelp")[o], "part": ("delivers", "supports")[s], "share": 0.6}))  # fmt: skip
            put(f"card/result{o}x{s}", card("key_result", "More starts under two seconds", "bets", 0, under=f"stream{o}x{s}", fields={"team": ("teamplayer", "teamsearch", "teamhelp")[o], "baseline": 61.5, "target": 80, "unit": "%", "by": "2027-03-31"}))  # fmt: skip
            put(f"card/bet{o}x{s}", card("bet", "Fetching the first second beforehand", "bets", 1, under=f"stream{o}x{s}", fields={"team": ("teamplayer", "teamsearch", "teamhelp")[o], "effect": 8, "window_from": "2027-02-01", "window_to": "2027-03-01", "stop_rule": "Less than two points after four weeks"}))  # fmt: skip
    for t, (ident, name, size) in enumerate((("teamplayer", "Player", 9), ("teamsearch", "Search", 6), ("teamhelp", "Help", 4))):  # fmt: skip
        put(f"card/{ident}", card("team", name, "groups", t, fields={"kind": "stream_aligned", "size": size, "score": "64 %"}))  # fmt: skip
    for n, text in enumerate(("The metric can be moved without anybody being better off", "Nobody outside the team would notice if it got worse", "It is known only once a year")):  # fmt: skip
        put(f"card/statement{n}", card("statement", text, "challenge", n, under="metric0x0x0", by=None, fields={"severity": "blocks" if n else "warns"}))  # fmt: skip
    put("tally/statement1", {"true": 4, "false": 3, "cannot_say": 1, "differ": True, "whys": [{"answer": "false", "why": "We would hear it from support at once"}, {"answer": "true", "why": "Only if it were very bad"}]})  # fmt: skip
    put("answer/statement2/2", {"answer": "false", "why": "It is daily"})
    put("card/needone", card("dependency", "A start beacon in every player", "dependencies", 0, fields={"needs": "teamsearch", "gives": "teamplayer", "needed_by": "2027-02-01", "answer": "asked"}))  # fmt: skip
    put("card/needtwo", card("dependency", "Events of the help pages", "dependencies", 1, fields={"needs": "teamsearch", "gives": "teamhelp", "needed_by": "2027-02-01", "promised": "2027-01-20", "answer": "promised"}))  # fmt: skip
    put("card/question1", card("question", "Do the stadium rights allow fetching beforehand?", "commit", 0, fields={"owner": "Lena", "until": "2026-11-15"}))  # fmt: skip
    put("card/notdoing1", card("not_doing", "A television of our own", "commit", 0, fields={"why": "It serves us, not them"}))  # fmt: skip
    put("card/parked1", card("parked", "What about game consoles?", "streams", 0, by=2))
    put("card/silent1", card("customer", "Grandparents", "customers", 9, by=2, silent=True))
    put("card/silent2", card("customer", "Children", "customers", 10, by=1, silent=True))
    put("comment/said1", {"card": "customer1", "by": 2, "text": "Also those on a train?", "at": AT})
    put("dots/customer1/1", {"n": 2})
    put("tally/stream0x0", {"rounds": [{"counts": {"metric0x0x0": 5, "metric0x0x1": 2}, "out": [], "exhausted": 0}], "winner": "metric0x0x0", "tie": [], "ballots": 7})  # fmt: skip
    for n in range(cards):
        put(f"card/note{n:05}", card("note", f"Thought {n}: what if we asked ten viewers", "talk", n, by=2, cluster=f"Heap {n % 5}" if n % 3 == 0 else ""))  # fmt: skip
    return records
