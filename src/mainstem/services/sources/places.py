"""Where a connected source of a server may lead: which addresses, and which files of the machine.

Trackers live in private networks, so these are allowed; only administrators connect sources. What is
never a tracker is refused: addresses of the link itself, and those at which clouds tell a machine its own
credentials. Files are refused unless they lie where the operator of the machine put them to be read.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mainstem.config import settings
from mainstem.errors import Invalid, SourceError
from mainstem.services.server.ground import Ground
from mainstem.services.server.reaching import hidden_in, is_local_nat64
from mainstem.services.sources.connecting import kind_of
from mainstem.sources.remote import Connection

#: Seconds for which a name's addresses count as known.
FRESH = 20.0
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Link-local networks, and where clouds answer their own machines.
NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128",
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "0.0.0.0/32", "::/128",
    )
)  # fmt: skip
_LOOP = ipaddress.IPv6Address("::1")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAMES = ("metadata.google.internal", "metadata.goog", "metadata", "instance-data")
#: Kinds that can read files of the machine.
_FILE_KINDS = ("git", "files", "sql", "sql-metric", "csv-metric")
#: Addresses of other machines; everything else that a kind reads could be a file here.
_REMOTE = re.compile(r"(https?|ssh|git|postgresql|postgres|mysql|mariadb|mssql)(\+\w+)?://", re.I)
#: Addresses of files, among them databases that are one.
_OF_FILES = re.compile(r"(file|sqlite|duckdb)(\+\w+)?:", re.I)
#: ``user@host:path``, as git writes it.
_OVER_SSH = re.compile(r"[\w.-]+@[\w.-]+:(?!/?/)\S+")
#: Options that say where a source is.
_PLACES = ("url", "urls", "path", "paths", "repositories", "repository", "folder", "files", "file",
           "database", "dsn", "address", "save_mapping")  # fmt: skip


def check_places(of: Connection, ground: Ground) -> None:
    """Refuses a source that leads where it may not. Names that cannot be found now are let pass.

    Raises:
        Invalid: naming the option.
    """
    kinds = {o.name: o.kind for o in kind_of(of.kind).options}
    for name, text in {**of.options, **of.secrets}.items():
        inner = json.loads(text or "{}") if kinds[name] == "mapping" else {name: text}
        for within, value in inner.items():
            for part in _parts(value):
                if _REMOTE.match(part) or kinds[name] == "url":
                    _check_host(part, name)
                elif of.kind in _FILE_KINDS and _is_file(within, part, kinds[name] == "secret"):
                    _check_file(part, name, ground)


def careful() -> Callable[[str], tuple[str, ...]]:
    """Looks at the address of each request of a sync, also one that was redirected to.

    Returns:
        A function of an address that raises ``SourceError`` for one that may not be asked, and gives
        those at which its host was found well, so that the name cannot lead elsewhere a moment later.
        They are not looked up again for ``FRESH`` seconds; none: the host cannot be found now.
    """
    known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def allow(url: str) -> tuple[str, ...]:
        host = urlsplit(url).netloc
        at, before = known.get(host, (-FRESH, ()))
        if time.monotonic() - at < FRESH:
            return before
        try:
            found = _check_host(url, "url")
        except Invalid as error:
            raise SourceError(error.message, error.hint, code=error.code) from error
        if found:
            # the same ones in another order would be asked over new connections
            found = before if set(found) == set(before) else found
            known[host] = (time.monotonic(), found)
        return found

    return allow


def hosts_of(of: Connection) -> tuple[str, ...]:
    """Where credentials would be sent: hosts and files, in the order of the options."""
    found = [
        urlsplit(part).netloc.rpartition("@")[2].lower() if _REMOTE.match(part) else part
        for name, text in sorted(of.options.items())
        for part in _parts(text)
        if _REMOTE.match(part) or name in _PLACES
    ]
    return tuple(dict.fromkeys(found))


def folders(ground: Ground) -> tuple[Path, ...]:
    """Folders whose files sources may read."""
    given = settings().words("MAINSTEM_SOURCE_FILES")
    return ((ground.data / "shared").resolve(), *(Path(one).resolve() for one in given))


def _parts(text: str) -> Iterator[str]:
    """The lines of an option; a query or a mapping has some that are no places."""
    yield from (line.strip() for line in str(text).splitlines() if line.strip())


def _is_file(name: str, part: str, is_secret: bool) -> bool:
    if _OF_FILES.match(part):
        return True
    if name == "mapping":
        # the name of one that is ready-made, or a file
        return bool(re.search(r"[/\\~]|\.ya?ml$", part, re.I))
    # a token may begin with any letter; a connection string begins with its database
    if is_secret or (_OVER_SSH.fullmatch(part) and "::" not in part):
        return False
    return name in _PLACES or bool(re.match(r"/|~|\.\.?/", part))


def _check_host(url: str, field: str) -> tuple[str, ...]:
    """The addresses of a host; none if it cannot be found now.

    Raises:
        Invalid: one of them may never be asked.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if not host:
        return ()
    found = () if host in _NAMES else tuple(_resolved(host))
    if host in _NAMES or any(_is_never(address) for address in found):
        raise Invalid(
            f"{host} cannot be a source: it is an address of the machine's own network or cloud.",
            "Give the address of the tracker itself.", code="source.address", field=field,
        )  # fmt: skip
    return tuple(dict.fromkeys(map(str, found)))


def _resolved(host: str) -> Iterable[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]


def _is_never(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address != _LOOP:
        inner = hidden_in(address)
        if is_local_nat64(address) or (inner is not None and _is_never(inner)):
            return True
        # a gateway is no way into the network here; who means a private address can write it
        if address in _NAT64 and inner is not None and not inner.is_global:
            return True
    return any(address in network for network in NEVER if network.version == address.version)


def _check_file(part: str, field: str, ground: Ground) -> None:
    allowed = folders(ground)
    path = _path_in(part)
    # a pattern is held to the folder before its first star
    fixed = re.split(r"[*?\[]", path)[0]
    places = [Path(one) for one in {fixed, unquote(fixed)}]
    is_inside = all(
        place.is_absolute() and any(place.resolve().is_relative_to(one) for one in allowed)
        for place in places
    )
    if not path or "::" in part or not is_inside:
        raise Invalid(
            f"The files that {field} names are not among those that sources of this server may read.",
            f"Put them below {allowed[0]} and give the whole path, or have the operator of the machine"
            " name their folder in MAINSTEM_SOURCE_FILES.",
            code="source.file", field=field,
        )  # fmt: skip


def _path_in(part: str) -> str:
    """The path in the address of a file, as whoever opens it takes it."""
    scheme = _OF_FILES.match(part)
    if scheme is None:
        return part
    rest = part[scheme.end() :].partition("?")[0]
    if not rest.startswith("//"):
        return rest
    below = rest[2:].partition("/")[2]
    # sqlite:///name is relative, sqlite:////name is not; file:///name is not either
    return f"/{below}" if scheme[1].lower() == "file" else below
