"""Reaching addresses that somebody typed in: only public ones, and exactly the one that was checked.

A name is resolved once; every address that it has must be allowed; the connection goes to the checked
address, so that a name cannot point elsewhere a moment later. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mainstem.errors import Invalid, SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SECONDS = 10.0
#: Of an answer, so much is kept.
MOST_ANSWER = 500
#: IPv6 addresses that a gateway turns into the IPv4 address in their last bits: RFC 6052, 2765 and 4291.
_HIDING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
#: The same for one network's own use (RFC 8215): where the IPv4 address stands is known only there.
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


@dataclass(frozen=True, slots=True)
class Answered:
    """What an address answered."""

    status: int
    text: str


def networks(given: Sequence[str]) -> tuple[Network, ...]:
    """Networks out of settings.

    Raises:
        Invalid: for a word that is none.
    """
    try:
        return tuple(ipaddress.ip_network(word, strict=False) for word in given)
    except ValueError as error:
        raise Invalid(
            f"MAINSTEM_HOOK_NETWORKS has {error}.", "Write networks like 10.1.0.0/16, with commas."
        ) from error


def check_address(url: str, allowed: Sequence[Network]) -> tuple[str, int, Address]:
    """Host, port and the address to connect to.

    Args:
        url: What somebody typed in.
        allowed: Private networks that may be reached.

    Raises:
        Invalid: not ``https``, with a name and password in it, or not a public address.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _refused(url, "its port is no number") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(url, "it does not begin with https://")
    if parts.username or parts.password:
        raise _refused(url, "it has a name or password in it")
    found = _resolve(parts.hostname, port, url)
    for address in found:
        inside = any(address in network for network in allowed)
        if not inside and not _is_public(address):
            raise _refused(url, "it is not a public address")
        if parts.scheme == "http" and not inside:
            raise _refused(url, "it does not begin with https://")
    return parts.hostname, port, found[0]


def _resolve(host: str, port: int, url: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(
            f"The host of {_shown(url)} cannot be found.", "Check its name.", permanent=False
        ) from error
    return [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if is_local_nat64(address):
            return False
        inner = hidden_in(address)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def hidden_in(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which an IPv6 address leads, if it is one that a gateway turns into such."""
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if any(address in network for network in _HIDING) and address.ipv4_mapped is None:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner


def is_local_nat64(address: Address) -> bool:
    """Whether a gateway of this network turns an address into an IPv4 address that only it knows."""
    return address in _LOCAL_NAT64


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or '?'}"


def _refused(url: str, why: str) -> Invalid:
    return Invalid(
        f"{_shown(url)} cannot be used: {why}.",
        "Use an https:// address that the internet can reach, or have an administrator of the machine"
        " allow its network in MAINSTEM_HOOK_NETWORKS.",
        code="hook.address",
        field="url",
    )


def post_bytes(
    url: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[Network]
) -> Answered:
    """Posts to a checked address and reads the beginning of its answer.

    Raises:
        Invalid: the address may not be reached.
        SourceError: nothing answered; trying again can help.
    """
    import httpx

    host, port, address = check_address(url, allowed)
    parts = urlsplit(url)
    shown = f"[{address}]" if address.version == 6 else str(address)
    there = parts._replace(netloc=f"{shown}:{port}").geturl()
    extensions: dict[str, Any] = {"sni_hostname": host} if parts.scheme == "https" else {}
    try:
        # no proxy of the environment: it would connect to wherever the name points then
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", there, content=body, extensions=extensions,
                          headers={**headers, "Host": parts.netloc}) as response,
        ):  # fmt: skip
            text = b""
            for piece in response.iter_raw(MOST_ANSWER):
                text += piece
                if len(text) >= MOST_ANSWER:
                    break
            return Answered(response.status_code, text[:MOST_ANSWER].decode("utf-8", "replace"))
    except httpx.HTTPError as error:
        raise SourceError(
            f"{_shown(url)} did not answer: {type(error).__name__}.", permanent=False
        ) from error
