"""Git over the network: asks what there is, and fetches it. Nothing else in this folder reaches out."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from mainstem.errors import SourceError
from mainstem.sources.remote import Watch

_SHORT = re.compile(
    r"(?P<user>[A-Za-z0-9_][\w.-]*)@(?P<host>[A-Za-z0-9][\w.-]*):(?!//)(?P<path>[^-].*)"
)
_SCHEMES = ("https", "http", "ssh")
#: Settings that hold whatever the settings of the machine say.
_SETTINGS = {
    "core.hooksPath": os.devnull, "gc.auto": "0", "maintenance.auto": "false",
    "fetch.recurseSubmodules": "false", "fetch.prune": "false", "core.fsmonitor": "false",
    "http.lowSpeedLimit": "500", "http.lowSpeedTime": "60", "protocol.version": "2",
    "fetch.writeCommitGraph": "false",
}  # fmt: skip
_SSH = (
    "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
)
#: Answers only to the host that the token is for, wherever a redirect led.
_ASKPASS = """#!/bin/sh
case "$1" in
  *"//$MAINSTEM_GIT_HOST'"*|*"@$MAINSTEM_GIT_HOST'"*) ;;
  *) exit 1 ;;
esac
case "$1" in
  [Uu]sername*) printf '%s\\n' "$MAINSTEM_GIT_USER" ;;
  *) printf '%s\\n' "$MAINSTEM_GIT_TOKEN" ;;
esac
"""
_POLL = 0.1
#: What git says → (whether trying again can help, code, what to do). The first that fits counts.
_MEANINGS: tuple[tuple[str, bool, str, str], ...] = (
    (
        r"authentication failed|could not read (username|password)|invalid (username|credentials)"
        r"|permission denied|error: 40[13]|access denied|terminal prompts disabled",
        True, "source.credentials",
        "Give a token that may read the repository, or put a key for it into the ssh agent.",
    ),
    (
        r"host key verification failed", True, "source.credentials",
        "Connect once by hand, or add the host with ssh-keyscan, so that its key is known.",
    ),
    (
        r"not found|does not exist|not appear to be a git repository|error: 404|no such remote",
        True, "source.address", "Check the address, and that the token may see the repository.",
    ),
    (
        r"transport '.*' not allowed|unable to update url base|redirect", True, "source.moved",
        "Write the address that it has now into the settings.",
    ),
    (r"certificate|ssl", True, "source.address", "Give git the authority that signed for the host: http.sslCAInfo."),
)  # fmt: skip
_LATER = "It is tried again later. If it stays so, check the address and the way to it."


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository elsewhere. Its address holds no credential.

    Attributes:
        url: As git is told it.
        host: With the port, where the address names one; empty for ssh.
        user: Name that goes with the token.
        token: Empty: what the machine itself knows is used.
    """

    url: str
    host: str
    user: str
    token: str = field(repr=False)

    def ask(self, words: Sequence[str], watch: Watch, folder: Path) -> str:
        """What git says to a command that reaches out.

        Args:
            folder: The repository that it runs in.

        Raises:
            Stopped: somebody wants the sync to end; git is ended.
            SourceError: git failed, with its last words.
        """
        watch.meter.add(requests=1)
        with (
            _askpass(folder) as helper,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as said,
        ):
            try:
                run = subprocess.Popen(
                    ["git", "-C", str(folder), *words], stdin=subprocess.DEVNULL, stdout=out,
                    stderr=said, env=self._env(helper), start_new_session=True,
                )  # fmt: skip
            except FileNotFoundError as error:
                raise SourceError(
                    "git is not installed.", "Install git.", code="source.git"
                ) from error
            _wait(run, watch)
            out.seek(0)
            said.seek(0)
            if run.returncode:
                raise self._failure(said.read().decode("utf-8", "replace"))
            return out.read().decode("utf-8", "replace")

    def _env(self, helper: Path) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        scheme = urlsplit(self.url).scheme
        settings = dict(_SETTINGS)
        if self.token:
            settings["credential.helper"] = ""  # the token, and nothing that the machine has kept
        env |= {
            "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "LANGUAGE": "C", "GIT_SSH_COMMAND": _SSH,
            "GIT_ALLOW_PROTOCOL": scheme if scheme in _SCHEMES else "ssh", "SSH_ASKPASS_REQUIRE": "never",
            "GIT_ASKPASS": str(helper) if self.token else "false",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }  # fmt: skip
        for number, (name, value) in enumerate(settings.items()):
            env |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        if self.token:
            env |= {"MAINSTEM_GIT_HOST": self.host, "MAINSTEM_GIT_USER": self.user}
            env["MAINSTEM_GIT_TOKEN"] = self.token
        return env

    def _failure(self, said: str) -> SourceError:
        for secret in filter(None, (self.token, quote(self.token, safe=""))):
            said = said.replace(secret, "…")
        lines = [
            line for line in said.splitlines() if line.startswith(("fatal:", "error:", "remote:"))
        ]
        last = " ".join((lines or said.splitlines() or ["no reason given"])[-1].split())[:300]
        for words, permanent, code, hint in _MEANINGS:
            if re.search(words, said, re.IGNORECASE):
                return SourceError(
                    f"{self.url} cannot be read: {last}", hint, code=code, permanent=permanent
                )
        return SourceError(
            f"{self.url} cannot be read: {last}", _LATER, code="source.unreachable", permanent=False
        )


def parse_remote(text: str, user: str, token: str) -> Remote | None:
    """The repository elsewhere that an address names; ``None`` for a path of this machine.

    Raises:
        SourceError: the address is none that is read here.
    """
    if found := _SHORT.fullmatch(text):
        return Remote(text, "", found["user"], "")
    if "://" not in text and "::" not in text and not text.startswith("-"):
        return None
    parts = _split(text)
    if parts is not None and parts.scheme == "file" and not parts.netloc:
        return None
    if parts is None or parts.scheme not in _SCHEMES or (parts.hostname or "-").startswith("-"):
        raise SourceError(
            "The address of the repository is none that is read here.",
            "Write https://host/path.git, ssh://git@host/path.git, git@host:path.git, or a folder.",
            code="source.address",
        )
    if parts.password or (parts.username and parts.scheme != "ssh"):
        raise SourceError(
            "The address of the repository holds a credential.",
            "Take it out of the address: give it as `token`, and the name as `user`.", code="source.address",
        )  # fmt: skip
    if parts.scheme == "ssh":
        return Remote(text, "", parts.username or "", "")
    host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    return Remote(text, host, user or "x-access-token", token)


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def path_of(text: str) -> Path:
    """The folder that an address names which is none of elsewhere."""
    return Path(text.removeprefix("file://")).expanduser()


@contextmanager
def _askpass(beside: Path) -> Iterator[Path]:
    """A program that tells git the token out of its environment; it holds none itself."""
    with tempfile.TemporaryDirectory(prefix="askpass-", dir=beside) as folder:
        helper = Path(folder).resolve() / "askpass"
        helper.write_text(_ASKPASS, encoding="ascii")
        helper.chmod(stat.S_IRWXU)
        yield helper


def _wait(run: subprocess.Popen[bytes], watch: Watch) -> None:
    try:
        while run.poll() is None:
            watch.check()
            with suppress(subprocess.TimeoutExpired):
                run.wait(_POLL)
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGTERM)
        run.wait()
        raise


def read_refs(said: str) -> tuple[dict[str, str], str]:
    """What ``ls-remote --symref`` says: (ref → commit, the ref that HEAD is)."""
    refs: dict[str, str] = {}
    head = ""
    for line in said.splitlines():
        value, _, name = line.partition("\t")
        if value.startswith("ref: ") and name == "HEAD":
            head = value.removeprefix("ref: ")
        elif re.fullmatch(r"[0-9a-f]{40,64}", value):
            refs[name] = value
    return refs, head


def peeled(refs: Mapping[str, str], name: str) -> str:
    """The commit of a ref; of a tag that is an object, what it is put on."""
    return refs.get(f"{name}^{{}}") or refs.get(name, "")
