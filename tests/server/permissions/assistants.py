"""Who may call which tool of assistants, and with which scope of a token. Tools have no address of their own."""

from __future__ import annotations

from typing import Any

ROUTES: dict[tuple[str, str], Any] = {}
#: Tool → least role, and a call that is right.
TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "qualify_work": ("viewer", {"title": "Player starts slowly", "components": ["Player"]}),
    "read_decision": ("viewer", {"number": 1}),
    "find_decisions": ("viewer", {}),
    "list_streams": ("viewer", {}),
    "read_stream": ("viewer", {"stream": "start-fast"}),
    "plan_findings": ("viewer", {}),
    "explain_attribution": ("viewer", {"item": "PLAY-1"}),
    "value_score": ("viewer", {}),
    "search": ("viewer", {"words": "start"}),
    "propose_change": (
        "contributor",
        {"title": "Olga takes over", "edits": [{"subject": "streams/start-fast", "fields": {"owner": "Olga"}}]},
    ),
}  # fmt: skip
#: Tools that a token for reading only is refused.
WRITING = frozenset({"propose_change"})
