"""What a fresh interpreter has loaded after an import: the core stays pure, the command line starts fast."""

from __future__ import annotations

import json
import subprocess
import sys

CORE = [
    "mainstem.plan.model", "mainstem.plan.findings", "mainstem.plan.changes", "mainstem.challenge.catalogue",
    "mainstem.challenge.structure", "mainstem.work.attribution", "mainstem.work.claims", "mainstem.work.codeowners",
    "mainstem.work.people", "mainstem.work.records", "mainstem.score.bounds", "mainstem.score.change",
    "mainstem.score.chart", "mainstem.score.merging", "mainstem.score.periods", "mainstem.score.words",
]  # fmt: skip
DRIVERS = {"duckdb", "deltalake", "django", "httpx", "rich", "typer", "jinja2", "numpy", "sqlglot"}
HEAVY = {
    "duckdb",
    "deltalake",
    "numpy",
    "pydantic",
    "ruamel",
    "yaml",
    "jinja2",
    "sqlglot",
    "python_calamine",
    "mcp",
    "mcp_types",
    "starlette",
    "uvicorn",
    "scipy",
    "sklearn",
}


def loaded_after(*modules: str) -> set[str]:
    program = f"import sys, json\nimport {', '.join(modules)}\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_the_core_imports_without_any_driver() -> None:
    assert not DRIVERS & loaded_after(*CORE)


def test_the_command_line_starts_without_anything_heavy() -> None:
    assert not HEAVY & loaded_after("mainstem.cli.main")


def test_assistants_on_a_folder_are_answered_without_anything_of_a_server() -> None:
    assert not {"django", "ninja", "granian", "allauth"} & loaded_after(
        "mainstem.mcp.running", "mainstem.mcp.folder_place", "mainstem.services.decisions.desks"
    )
