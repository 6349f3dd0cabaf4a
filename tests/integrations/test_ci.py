"""The GitHub Action and the GitLab template: each shell step is run as a runner runs it, with hostile words."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2] / "integrations"
ACTION = yaml.safe_load((ROOT / "github-action/action.yml").read_text(encoding="utf-8"))
SPEC, JOBS = yaml.safe_load_all((ROOT / "gitlab/mainstem.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
COMMAND = Path(sys.executable).with_name("mainstem")
PLAN = """
organisation: {name: Shop}
metrics:
  paid: {name: Orders paid, definition: Paid orders of all orders that were begun in a week, unit: "%", kind: rate, direction: up, baseline: 60, target: 70, source: shop}
objectives:
  pay: {name: Paying is no effort, owner: Ann}
streams:
  checkout:
    name: Checkout
    objective: pay
    metric: paid
    owner: Ann
    claims: [{label: payment}]
"""
HOSTILE = [
    "plain", '"; touch pwned; echo "', "$(touch pwned)", "`touch pwned`", "'; touch pwned #", "--help", "-x",
    "a\n::error::pwned\n::set-output name=outcome::pwned", "::add-mask::x", "%0A::error::pwned", "${IFS}touch${IFS}pwned",
    "* ~ ? [a-z] {a,b}", "x\\", "<img src=x>", "```\n# pwned", "a\u2028b\u202ec", "\u00fc\U0001f600",
]  # fmt: skip

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash: install bash")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checked out repository with a plan."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/plan.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def run_step(name: str, place: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A step as GitHub's runner runs it: its script in a file, under bash, its variables as they are."""
    step = STEPS[name]
    script = place / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    given = dict.fromkeys(step["env"], "")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=place / "repo",
        env=_base(place) | given | {"COMMAND": str(COMMAND), "PLAN": "plan.yaml"} | env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def run_job(
    name: str, place: Path, shell: str = "bash", **env: str
) -> subprocess.CompletedProcess[str]:
    """A job as GitLab's runner runs it: the lines of its script, with the template's inputs as variables."""
    job, base = JOBS[name], JOBS[".mainstem"]
    given = {key: _input(text) for key, text in base["variables"].items()}
    script = place / "job.sh"
    script.write_text(
        "set -eo pipefail\n" * (shell == "bash") + "\n".join(job["script"]), encoding="utf-8"
    )
    return subprocess.run(
        [shell, str(script)], cwd=place / "repo",
        env=_base(place) | given | {"MAINSTEM_PLAN": "plan.yaml"} | env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _base(place: Path) -> dict[str, str]:
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path, "HOME": str(place), "LANG": "C.UTF-8", "RUNNER_TEMP": str(place),
        "GITHUB_ACTION_PATH": str(ROOT / "github-action"), "GITHUB_OUTPUT": str(place / "output"),
        "GITHUB_STEP_SUMMARY": str(place / "summary"),
    }  # fmt: skip


def _input(text: str) -> str:
    name = re.fullmatch(r"\$\[\[ inputs\.(\w+) \]\]", text)
    assert name is not None
    return str(SPEC["spec"]["inputs"][name[1]].get("default", "0.1.0"))


def output(place: Path) -> str:
    return (place / "output").read_text(encoding="utf-8") if (place / "output").exists() else ""


# facts of the schemas: docs.github.com/en/actions (metadata syntax), docs.gitlab.com/ci/yaml


def test_the_action_is_a_composite_one_whose_steps_all_name_their_shell() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert {"name", "description", "inputs", "outputs", "runs"} <= set(ACTION)
    for step in STEPS.values():
        assert step["shell"] == "bash" and set(step) <= {"name", "id", "if", "shell", "env", "run"}
        used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(step)))
        assert used <= set(ACTION["inputs"])
    for given in ACTION["inputs"].values():
        assert set(given) <= {"description", "default", "required"} and given["description"]
        assert isinstance(given.get("default", ""), str)


def test_nothing_is_ever_put_into_a_shell_line() -> None:
    for step in STEPS.values():
        assert "${{" not in step["run"]
    for job in JOBS.values():
        for line in (*job.get("script", ()), *job.get("before_script", ())):
            assert "$[[" not in line and "eval" not in line


def test_the_template_has_a_spec_and_jobs_that_extend_one_another() -> None:
    assert set(SPEC) == {"spec"} and set(SPEC["spec"]) == {"inputs"}
    for given in SPEC["spec"]["inputs"].values():
        assert set(given) <= {"description", "default", "regex", "options", "type"}
        assert "options" not in given or given["default"] in given["options"]
    assert {name for name in JOBS if not name.startswith(".")} == {
        "mainstem-check",
        "mainstem-qualify",
    }
    used = set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", json.dumps(JOBS)))
    assert used == set(SPEC["spec"]["inputs"])
    # a variable of ours beside the settings would be refused by the command
    names = set(JOBS[".mainstem"]["variables"])
    assert {n for n in names if n.startswith("MAINSTEM_")} == {"MAINSTEM_PLAN"}
    assert not any(n.startswith(("CI_", "GITLAB_")) for n in names)


# installing


@pytest.fixture
def tools(place: Path) -> Path:
    """A ``python3`` that writes down what it is asked to do."""
    folder = place / "tools"
    folder.mkdir()
    tool = folder / "python3"
    tool.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" >> "$RUNNER_TEMP/asked"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
        encoding="utf-8",
    )
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    return folder


def test_the_version_that_was_asked_for_is_installed(place: Path, tools: Path) -> None:
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = run_step("Install Mainstem", place, VERSION="0.5.0rc1", PATH=path)
    assert done.returncode == 0, done.stderr
    assert (place / "asked").read_text().splitlines()[-1] == "mainstem==0.5.0rc1"


@pytest.mark.parametrize(
    "version", ["", "0.5; touch pwned", "$(touch pwned)", "0.5\ntouch pwned", "--pre", "latest"]
)
def test_a_version_that_is_none_is_refused(place: Path, tools: Path, version: str) -> None:
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = run_step("Install Mainstem", place, VERSION=version, PATH=path)
    assert done.returncode == 2 and not (place / "asked").exists()
    assert not (place / "repo/pwned").exists()
    pattern = SPEC["spec"]["inputs"]["version"]["regex"]
    assert not re.search(pattern, version) or version.endswith("\n")


def test_the_template_installs_the_version_that_was_asked_for(place: Path, tools: Path) -> None:
    (line,) = JOBS[".mainstem"]["before_script"]
    env = _base(place) | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PLAN_VERSION": "0.5.0",
    }
    subprocess.run(["sh", "-c", line], env=env, check=True)
    assert (place / "asked").read_text().splitlines()[-1] == "mainstem==0.5.0"


# checking


def test_a_plan_that_is_well_passes_and_one_that_is_not_is_annotated(place: Path) -> None:
    done = run_step("Check the plan", place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run_job("mainstem-check", place).returncode == 0
    (place / "repo/plan.yaml").write_text(
        PLAN.replace("metric: paid", "metric: none"), encoding="utf-8"
    )
    done = run_step("Check the plan", place)
    assert done.returncode != 0 and "::error" in done.stdout
    assert run_job("mainstem-check", place).returncode != 0


def test_warnings_fail_only_where_that_is_wished(place: Path) -> None:
    codes = [run_step("Check the plan", place, STRICT=s).returncode for s in ("no", "yes")]
    jobs = [run_job("mainstem-check", place, PLAN_STRICT=s).returncode for s in ("no", "yes")]
    assert codes[0] == jobs[0] == 0 and codes == jobs


# asking


def ask(place: Path, title: str, *labels: str, **env: str) -> subprocess.CompletedProcess[str]:
    given: dict[str, Any] = {
        "TITLE": title,
        "QUIET": "no-mainstem",
        "PULL_LABELS": json.dumps(labels),
    }
    return run_step("Does this qualify?", place, **{**given, "ISSUE_LABELS": "null", **env})


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_only_ever_a_title(place: Path, title: str) -> None:
    done = ask(place, title, "payment", LINK="https://github.com/a/b/pull/1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert output(place) == "outcome=qualifies\n"
    assert not list(place.rglob("pwned"))
    (told,) = [line for line in done.stdout.splitlines() if line]
    assert told.startswith("::notice title=Mainstem::") and "Checkout" in told
    summary = (place / "summary").read_text(encoding="utf-8").splitlines()
    assert all(not line or line.startswith(("### Does", "    ")) for line in summary)


def test_labels_are_only_ever_labels(place: Path) -> None:
    labels = [*HOSTILE, "a,b", "payment"]
    done = ask(place, "Faster", *labels)
    assert done.returncode == 0, done.stdout + done.stderr
    assert output(place) == "outcome=qualifies\n" and not list(place.rglob("pwned"))
    again = ask(place, "Faster", LABELS=json.dumps(["payment"]), ISSUE_LABELS=json.dumps(labels))
    assert again.returncode == 0


def test_it_fails_or_only_tells_as_it_is_told(place: Path) -> None:
    told = ask(place, "Tidy the cellar")
    assert told.returncode == 0 and told.stdout.startswith("::warning title=Mainstem::")
    failed = ask(place, "Tidy the cellar", FAIL_ON="disqualified, question")
    assert failed.returncode == 1 and failed.stdout.startswith("::error title=Mainstem::")
    assert ask(place, "Tidy the cellar", FAIL_ON="disqualified").returncode == 0


def test_a_label_keeps_it_quiet_and_without_a_title_nothing_is_asked(place: Path) -> None:
    for done in (ask(place, "Faster", "no-mainstem"), ask(place, "")):
        assert done.returncode == 0 and "::" not in done.stdout and output(place) == ""


def test_a_plan_that_cannot_be_read_fails_the_step(place: Path) -> None:
    assert ask(place, "Faster", PLAN="none.yaml").returncode == 2


def ask_lab(place: Path, title: str, labels: str = "payment", shell: str = "bash", **env: str):
    given = {"CI_MERGE_REQUEST_TITLE": title, "CI_MERGE_REQUEST_LABELS": labels,
             "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/a/b", "CI_MERGE_REQUEST_IID": "7"}  # fmt: skip
    return run_job("mainstem-qualify", place, shell, **given, **env)


@pytest.mark.parametrize(
    ("shell", "title"),
    [*(("bash", title) for title in HOSTILE[1::2]), *(("sh", title) for title in HOSTILE[::2])],
)
def test_a_title_of_a_merge_request_is_only_ever_a_title(
    place: Path, title: str, shell: str
) -> None:
    done = ask_lab(place, title, f"{title},payment".replace("\n", " "), shell)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(place.rglob("pwned"))
    assert json.loads((place / "repo/answer.json").read_text())["outcome"] == "qualifies"
    assert all(line.startswith("| ") for line in done.stdout.splitlines() if line)


def test_the_job_of_gitlab_fails_or_only_tells_and_can_be_kept_quiet(place: Path) -> None:
    assert ask_lab(place, "Tidy the cellar", "").returncode == 0
    assert ask_lab(place, "Tidy the cellar", "", PLAN_FAIL_ON="question").returncode == 1
    done = ask_lab(place, "Tidy the cellar", "x,no-mainstem")
    assert done.stdout == "A label keeps the answer quiet.\n"
    assert ask_lab(place, "Faster", MAINSTEM_PLAN="none.yaml").returncode == 2
