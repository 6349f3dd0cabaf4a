"""The labels that were given, or those of the pull request or issue, each with a zero byte after it."""

import json
import os
import sys


def listed(name: str) -> list[str]:
    """The texts of a variable that holds a JSON list."""
    found = json.loads(os.environ.get(name) or "[]") or []
    return [one for one in found if isinstance(one, str) and one and "\0" not in one]


if __name__ == "__main__":
    for label in listed("LABELS") or [*listed("PULL_LABELS"), *listed("ISSUE_LABELS")]:
        sys.stdout.write(f"{label}\0")
