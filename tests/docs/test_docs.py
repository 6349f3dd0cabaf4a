"""The documentation tells the truth: generated pages are current, nothing is left out, commands exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from mainstem.config import SETTINGS
from mainstem.plan.model import Plan

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "mainstem"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "bench").glob("*.md")])


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()
COMMANDS: dict[tuple[str, ...], Any] = dict(GENERATE.command_tree())


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def section(name: str, heading: str) -> str:
    """The text under a heading of the second level."""
    return page(name).split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", GENERATE.PAGES)
def test_a_generated_page_is_what_the_code_says_now(name: str) -> None:
    assert page(name) == GENERATE.PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_has_its_entry(words: tuple[str, ...]) -> None:
    text = section("commands.md", f"mainstem {' '.join(words)}")
    for param in COMMANDS[words].params:
        if param.name == "help":
            continue
        assert (param.help or "").strip(), f"{words} {param.name} has no help"
        for name in param.opts if param.param_type_name == "option" else ():
            assert re.search(rf"`{re.escape(name)}[ `]", text), name


def test_every_setting_has_its_entry() -> None:
    for setting in SETTINGS:
        assert f"| `{setting.name}` |" in page("settings.md")


def test_every_section_of_a_plan_has_its_entry() -> None:
    for name in Plan.model_fields:
        assert f"| `{name}` |" in page("plan.md")


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "ledger" / "sql").glob("*.sql")), ids=lambda p: p.stem
)
def test_every_sql_file_says_what_it_is_and_has_its_entry(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    assert first.startswith("-- ")
    if first.startswith("-- Question:"):
        assert "grain: " in section("questions.md", path.stem)
    else:
        assert f"| `{path.stem}` |" in page("questions.md")


def rules_in_code() -> set[str]:
    """Every rule that some finding of the code carries."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        found |= set(
            re.findall(
                r"""["']((?:[SLW]\d\d)|(?:T0\d\d)|(?:D-[A-Z]\d\d))["']""", path.read_text("utf-8")
            )
        )
    return found


@pytest.mark.parametrize("rule", sorted(rules_in_code()))
def test_every_rule_has_a_page_and_is_listed(rule: str) -> None:
    assert page(f"rules/{rule}.md").startswith(f"# {rule}")
    assert f"| [{rule}]({rule}.md) |" in page("rules/README.md")


def claim_examples() -> Iterator[Any]:
    for path in sorted((DOCS / "rules").glob("W*.md")):
        for heading in ("It speaks", "It is silent"):
            for text in re.findall(
                rf"^## {heading}\n\n```yaml\n(.*?)```", path.read_text("utf-8"), re.M | re.S
            ):
                yield pytest.param(
                    path.stem, text, heading == "It speaks", id=f"{path.stem}-{heading}"
                )


@pytest.mark.parametrize(("rule", "text", "speaks"), list(claim_examples()))
def test_the_examples_of_a_rule_about_work_make_it_speak_and_be_silent(
    rule: str, text: str, speaks: bool
) -> None:
    from mainstem.work.claims import check_claims
    from mainstem.work.expectations import check_expectations

    plan = Plan.model_validate(yaml.load(text, yaml.BaseLoader))
    found = [*check_claims(plan), *check_expectations(plan)]
    assert (rule in {f.rule for f in found}) is speaks


def test_every_source_and_every_ready_made_mapping_is_described() -> None:
    from mainstem.sources.git.source import OPTIONS as GIT
    from mainstem.sources.registry import SOURCES
    from mainstem.sources.table.mapping import ROLES
    from mainstem.sources.table.options import OPTIONS as TABLE

    text = page("sources.md")
    mappings = [p.stem for p in (SOURCE / "sources" / "table" / "mappings").glob("*.yaml")]
    for name in (*SOURCES, *mappings, *TABLE, *ROLES):
        assert f"`{name}`" in text, name
    for name in GIT:
        assert f"`{name}`" in page("importing-git.md"), name


def test_every_connected_source_has_a_page_that_names_all_its_options() -> None:
    from mainstem.services.sources.connecting import kinds

    listed = page("sources.md")
    elsewhere = {
        "sql-metric": "sources/sql.md",
        "work-metric": "metrics.md",
        "score-metric": "metrics.md",
    }
    for kind in kinds():
        own = page(elsewhere.get(kind.name, f"sources/{kind.name}.md"))
        assert f"`{kind.name}`" in listed, kind.name
        for option in kind.options:
            assert f"`{option.name}`" in own, (kind.name, option.name)


def test_the_index_leads_to_every_page() -> None:
    text = page("README.md")
    for path in [*DOCS.glob("*.md"), DOCS / "rules" / "README.md"]:
        assert (
            path.name == "README.md" and path.parent == DOCS
        ) or f"({path.relative_to(DOCS)})" in text, path


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.M)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", h).lower()).strip().replace(" ", "-")
        for h in headings
    }


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        at = (path.parent / file).resolve() if file else path
        assert at.exists(), target
        assert not anchor or anchor in anchors(at), target


def commands_on(path: Path) -> Iterator[str]:
    for block in re.findall(
        r"^```(?:console|sh|bash)?\n(.*?)^```", path.read_text("utf-8"), re.M | re.S
    ):
        for line in block.splitlines():
            words = line.removeprefix("$ ").partition("  #")[0]
            if words.startswith("mainstem ") and words.isascii():
                yield words


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_on_a_page_exists_with_its_options(path: Path) -> None:
    for line in commands_on(path):
        words = shlex.split(re.split(r" [|>] ", line)[0])[1:]
        if "COMMAND" in words:
            continue
        named_by = (COMMANDS.get(tuple(words[:count])) for count in (3, 2, 1))
        command = next((found for found in named_by if found is not None), None)
        assert command is not None, line
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        for word in words:
            if word.startswith("-") and "OPTIONS" not in word:
                assert word.partition("=")[0] in known, line


@pytest.mark.parametrize(
    "path", [p for p in PAGES if "```python\n" in p.read_text("utf-8")], ids=named
)
def test_programs_on_a_page_run(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in re.findall(r"^```python\n(.*?)^```", path.read_text("utf-8"), re.M | re.S):
        exec(compile(block, named(path), "exec"), {"__name__": "__docs__"})


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-build.lock",
        "requirements-dev.lock",
        "requirements-spark.lock",
    ],
)
def test_a_lock_names_versions_and_hashes_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?:|file:|\s@\s|^-", text, re.M)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("==" in e and "--hash=sha256:" in e for e in entries)


def test_the_lock_has_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    for wanted in project["project"]["dependencies"]:
        name = re.split(r"[<>=\[]", wanted)[0].replace(".", "-")
        assert re.search(rf"^{re.escape(name)}==", lock, re.M), f"{name}: run `make locks`"
