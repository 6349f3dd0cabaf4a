"""Tells an answer of `mainstem qualify --json` to GitHub Actions: annotation, summary, output, exit code.

Nothing of the answer is read as a command: what GitHub would act on is escaped, and the summary is a code block.
"""

import json
import os
import sys
from pathlib import Path

LEVELS = {
    "qualifies": "notice", "rest": "notice", "question": "warning", "disqualified": "warning",
}  # fmt: skip


def one_line(text: object) -> str:
    """A text without line ends and other characters that steer."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def escaped(text: str) -> str:
    """A text as GitHub takes it in a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def lines_of(answer: dict) -> list[str]:
    """The answer and what it rests on, each once."""
    question = answer.get("question") or {}
    found = [answer["sentence"], *answer.get("reasons", ())]
    found += [question.get("text"), answer.get("refusal")]
    return list(dict.fromkeys(one_line(line) for line in found if line))


def add(variable: str, text: str) -> None:
    """Adds to a file that the runner names, if it names one."""
    name = os.environ.get(variable)
    if name:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text)


def main(path: str) -> int:
    """Tells it; 1 if this answer fails the job."""
    answer = json.loads(Path(path).read_text(encoding="utf-8"))
    outcome = answer["outcome"] if answer["outcome"] in LEVELS else "question"
    lines = lines_of(answer)
    fails = outcome in {word.strip() for word in os.environ.get("FAIL_ON", "").split(",")}
    level = "error" if fails else LEVELS[outcome]
    sys.stdout.write(f"::{level} title=Mainstem::{escaped(chr(10).join(lines))}\n")
    # indented, so that no text can end the block
    block = "".join(f"    {line}\n" for line in lines)
    add("GITHUB_STEP_SUMMARY", f"### Does this qualify?\n\n{block}\n")
    add("GITHUB_OUTPUT", f"outcome={outcome}\n")
    return 1 if fails else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
