"""Who made a commit: author and co-authors, and which of them are programs."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

_CO_AUTHOR = re.compile(
    r"^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\n]*)>", re.IGNORECASE | re.MULTILINE
)
_SUFFIX = re.compile(r"(?:\[bot\]|[-_]bot|^bot|[-_]robot|[-_ ]automation)$")
#: Programs that do not call themselves a bot, by name. (Bot and Travis are people's names too.)
_NAMES = frozenset((
    "dependabot", "renovate", "renovate bot", "greenkeeper", "snyk", "snyk bot", "mergify", "github",
    "github actions", "github-actions", "actions-user", "gitlab", "gitlab runner", "weblate",
    "pre-commit ci", "pre-commit-ci", "semantic-release", "allcontributors", "imgbot", "codecov",
    "copilot", "travis ci", "circleci", "jenkins", "buildbot", "teamcity",
))  # fmt: skip
_MAILS = frozenset(("cursoragent@cursor.com", "support@greenkeeper.io",
                    "action@github.com", "badger@gitter.im", "bot@renovateapp.com"))  # fmt: skip


class Person(NamedTuple):
    """A person as a commit names them."""

    name: str
    mail: str

    @property
    def word(self) -> str:
        """What they are known by in the ledger: the address in lower case, else the name."""
        return self.mail.strip().lower() or self.name.strip()


def people_of(author: str, mail: str, body: str) -> list[Person]:
    """The author, then co-authors of ``Co-authored-by`` lines; each once, as written."""
    first = Person(author, mail)
    if "uthored-" not in body and "UTHORED-" not in body:
        return [first]
    found = {first.word.lower(): first}
    for name, address in _CO_AUTHOR.findall(body):
        person = Person(name, address)
        if person.word:
            found.setdefault(person.word.lower(), person)
    return list(found.values())


@lru_cache(maxsize=100_000)
def is_bot(person: Person, more: Collection[str] = ()) -> bool:
    """Whether somebody is a program: ``[bot]``, ``-bot``, a known program, or a name in ``more``.

    ``more`` holds names, addresses or parts of an address before the ``@``, in lower case.
    """
    name, mail = person.name.strip().lower(), person.mail.strip().lower()
    local = mail.partition("@")[0]
    local = local.partition("+")[2] or local  # 123+somebody@users.noreply.github.com
    if any(word and word in more for word in (name, mail, local)):
        return True
    if name in _NAMES or mail in _MAILS or "[bot]" in name or "[bot]" in mail:
        return True
    return bool(_SUFFIX.search(name) or _SUFFIX.search(local))
