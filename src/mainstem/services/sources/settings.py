"""Connected sources of the command line: the file ``sources.yaml``, and credentials from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from mainstem.errors import Invalid, UsageError
from mainstem.plan.text.nodes import Map, read_document
from mainstem.services.sources.connecting import connect, every, kind_of
from mainstem.sources.remote import Connection

FILE = "sources.yaml"
#: Words of a source that are not options of its kind.
_OURS = ("kind", "every")
_WAYS = "{env: NAME}, {file: PATH} or {keyring: SERVICE/NAME}"
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Configured:
    """A source as the file has it.

    Attributes:
        connection: Ready to be asked.
        brings: ``work`` or ``metrics``.
        every: How often ``--watch`` asks it.
        place: File and line, for messages.
    """

    connection: Connection
    brings: str
    every: timedelta
    place: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.connection.name


def find_sources(given: Path | None, plan: Path | None) -> Path | None:
    """The file of sources: as given, else ``sources.yaml`` here or beside the plan, else none.

    Raises:
        UsageError: there is nothing where it was said to be.
    """
    if given is not None:
        if not given.is_file():
            raise UsageError(
                f"There is no file of sources at {given}.", "docs/connecting.md shows one."
            )
        return given
    folders = [Path.cwd(), *([plan.parent] if plan else [])]
    return next((f / FILE for f in folders if (f / FILE).is_file()), None)


def load_sources(
    path: Path, timezone: str, environment: Mapping[str, str] | None = None
) -> tuple[Configured, ...]:
    """Reads the file. Credentials are looked up now, so that what is missing is said before anything runs.

    Args:
        timezone: Of the organisation.
        environment: Variables; those of the process if ``None``.

    Raises:
        UsageError: naming the place of what cannot be taken.
    """
    root = _root(path)
    given = root.get("sources")
    if not isinstance(given, Map) or not given:
        raise UsageError(
            f"{path} names no sources.", "Write `sources:` and below it a name and its settings."
        )
    for other in set(root) - {"sources"}:
        raise UsageError(
            f"{_place(path, root, other)}: {other!r} has no meaning here.",
            "Everything stands below `sources:`.",
        )
    variables = os.environ if environment is None else environment
    return tuple(
        _configured(name, value, _place(path, given, name), path.parent, timezone, variables)
        for name, value in given.items()
    )


def _root(path: Path) -> Map:
    content = path.read_bytes()
    if len(content) > MOST:
        raise UsageError(f"{path} has {len(content):,} bytes.", f"At most {MOST:,} are read.")
    document = read_document(content, path)
    wrong = next((f for f in document.findings if f.severity == "blocks"), None)
    if wrong is not None:
        raise UsageError(f"{wrong.place or path}: {wrong.what}", wrong.hint, code="source.settings")
    root = document.roots[0] if document.roots else None
    if not isinstance(root, Map):
        raise UsageError(f"{path} is empty or no mapping.", "It begins with `sources:`.")
    return root


def _place(path: Path, of: Map, key: str) -> str:
    marks = of.marks_of(key)
    return f"{path}:{marks[0].line + 1}" if marks else str(path)


def _configured(
    name: str, given: Any, place: str, folder: Path, timezone: str, variables: Mapping[str, str]
) -> Configured:
    if not isinstance(given, Map):
        raise UsageError(f"{place}: {name} has no settings.", "Below its name stands `kind:`.")
    try:
        kind = kind_of(str(given.get("kind") or ""))
        hidden = {o.name for o in kind.options if o.kind == "secret"}
        options = {n: v for n, v in given.items() if n not in _OURS and n not in hidden}
        secrets = {n: _secret(n, given[n], folder, variables) for n in hidden & set(given)}
        made = connect(name, kind.name, options, secrets, timezone=timezone)
        return Configured(made, kind.brings, every(given.get("every")), place)
    except Invalid as error:
        raise UsageError(f"{place}: {error.message}", error.hint, code=error.code) from error


def _secret(name: str, given: Any, folder: Path, variables: Mapping[str, str]) -> str:
    """Looks a credential up. Nothing of it is ever part of a message."""
    if not isinstance(given, Map) or len(given) != 1:
        raise Invalid(
            f"{name} must not stand in the file itself.",
            f"Write where it is: {_WAYS}. If it was a real one, make a new one now.",
            code="source.secret", field=name,
        )  # fmt: skip
    way, where = next(iter(given.items()))
    look = {"env": _from_variable, "file": _from_file, "keyring": _from_keyring}.get(way)
    if look is None:
        raise Invalid(
            f"{name} cannot be looked up by {way!r}.", f"Write {_WAYS}.", code="source.secret"
        )
    return look(name, str(where), folder, variables).strip()


def _from_variable(name: str, where: str, folder: Path, variables: Mapping[str, str]) -> str:
    found = variables.get(where, "")
    if not found:
        raise Invalid(
            f"{name} is looked for in the variable {where}, which is not set.",
            f"Set {where}, for instance in the file that starts this.", code="source.secret",
        )  # fmt: skip
    return found


def _from_file(name: str, where: str, folder: Path, variables: Mapping[str, str]) -> str:
    path = folder / Path(where).expanduser()
    try:
        found = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"{name} is looked for in {path}, which cannot be read: {type(error).__name__}.",
            "It holds the credential and nothing else.", code="source.secret",
        ) from error  # fmt: skip
    if path.stat().st_mode & 0o077 and os.name == "posix":
        raise Invalid(
            f"{path} can be read by others than you.", f"`chmod 600 {path}`, and ask again.",
            code="source.secret",
        )  # fmt: skip
    return found


def _from_keyring(name: str, where: str, folder: Path, variables: Mapping[str, str]) -> str:
    service, _, entry = where.partition("/")
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise Invalid(
            f"{name} is looked for in the keyring, but the package for it is not installed.",
            "`pip install 'mainstem[keyring]'`, or use {env: NAME} or {file: PATH}.",
            code="source.secret",
        ) from error
    try:
        found: str | None = keyring.get_password(service, entry or name)
    except KeyringError as error:
        raise Invalid(
            f"The keyring cannot be opened for {name}: {type(error).__name__}.",
            "Unlock it, or use {env: NAME} or {file: PATH}.", code="source.secret",
        ) from error  # fmt: skip
    if not found:
        raise Invalid(
            f"The keyring has no entry {entry or name!r} of {service!r}.",
            f"`keyring set {service} {entry or name}` puts it there.", code="source.secret",
        )  # fmt: skip
    return found
