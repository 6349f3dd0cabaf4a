"""What a vendor answers: its body as JSON, its next page, and what a failure means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from mainstem.errors import SourceError

#: Letters of an answer that an error shows.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: 200 to 299, or 304 where an ``etag`` was given.
        headers: Names in lower case.
        body: The bytes.
        url: Where it came from.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_same(self) -> bool:
        """Whether nothing has changed since the ``etag``."""
        return self.status == 304

    @property
    def etag(self) -> str:
        """To be given with the next call to the same address; empty if there is none."""
        return self.headers.get("etag", "")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            BadAnswer: it is none: cut off, or a page for people.
        """
        from pydantic_core import from_json

        try:
            # texts of issues seldom come twice, names of fields always do
            return from_json(self.body, cache_strings="keys")
        except ValueError as error:
            raise BadAnswer(self) from error

    def next_link(self) -> str:
        """The address of the next page out of the header ``Link``; empty on the last page."""
        for part in self.headers.get("link", "").split(","):
            address, _, rest = part.partition(";")
            if 'rel="next"' in rest or "rel=next" in rest:
                return urljoin(self.url, address.strip().strip("<>"))
        return ""


class BadAnswer(SourceError):
    """An answer that is no JSON; trying again may help."""

    code = "source.answer"

    def __init__(self, answer: Answer) -> None:
        start = answer.body[:_SHOWN].decode("utf-8", "replace").strip()
        what = (
            "a page for people"
            if start.startswith("<")
            else "an answer that was cut off or is no JSON"
        )
        super().__init__(
            f"{host_of(answer.url)} gave {what} ({len(answer.body):,} bytes) for {path_of(answer.url)}.",
            "If it stays so, look at the address in the settings: a proxy or a sign-in page may stand before"
            " the API.",
            permanent=False,
        )


class Wait(SourceError):
    """A failure that passes after so many seconds, where no header says it. For ``explain`` and ``judge``."""

    code = "source.passing"

    def __init__(self, message: str, hint: str, seconds: float) -> None:
        super().__init__(message, hint, permanent=False)
        self.seconds = seconds


def failure_of(answer: Answer, name: str, is_passing: bool) -> SourceError:
    """What a failure usually means, and what to do about it."""
    where = f"{host_of(answer.url)} answered {answer.status} for {path_of(answer.url)}"
    said = _said(answer)
    if answer.status == 401:
        return SourceError(
            f"{where}: the credentials of {name} are not taken{said}.",
            "Make a new token and put it where the source's settings look for it.",
            code="source.credentials",
        )
    if answer.status == 403 and not is_passing:
        return SourceError(
            f"{where}: the account of {name} may not see it{said}.",
            "Give the account the right to read it, or take it out of the settings;"
            f" `mainstem sources test {name}` names each right that is missing.",
            code="source.rights",
        )
    if answer.status in (404, 410):
        return SourceError(
            f"{where}: there is nothing, or nothing that the account of {name} may see{said}.",
            "Check the address and the names in the settings.",
            code="source.absent",
        )
    if is_passing:
        words = "asks for fewer calls" if answer.status == 429 else "is not well"
        return SourceError(
            f"{where}: it {words}{said}.", "It is tried again later.", code="source.passing",
            permanent=False,
        )  # fmt: skip
    return SourceError(
        f"{where}{said}.",
        "The request was refused; if the settings are right, please report it with this message.",
        code="source.refused",
    )


def why_unreachable(error: Exception) -> tuple[str, str]:
    """Why there was no answer, in words, and what to do about it."""
    said, kind = " ".join(str(error).split())[:_SHOWN], type(error).__name__
    low = said.lower()
    if "name or service not known" in low or "nodename nor servname" in low or "getaddrinfo" in low:
        return (
            "there is no host of this name",
            "Check the host's name in the settings, and this machine's DNS.",
        )
    if "certificate" in low:
        return (
            f"its certificate is not trusted here ({said})",
            "Check the host's name in the address. If your own organisation signed it, name that"
            " certificate's file in SSL_CERT_FILE.",
        )
    if "wrong_version_number" in low.replace(" ", "_") or "record_layer_failure" in low.replace(
        " ", "_"
    ):
        return (
            "it does not speak https at this port",
            "Check the address: http or https, and the port.",
        )
    if "refused" in low:
        return (
            "nothing listens at this port",
            "Check the port in the address, and whether the server runs.",
        )
    if kind.endswith("Timeout"):
        what = "no connection came about" if kind == "ConnectTimeout" else "nothing came"
        return (
            f"{what} in time",
            "It is tried again later. If it stays so, check the address and the way to it: a firewall, a proxy.",
        )
    return (
        f"{kind}{f' ({said})' if said else ''}",
        "It is tried again later. If it stays so, check the address and the way to it.",
    )


def _said(answer: Answer) -> str:
    """The vendor's own words, short and on one line, without markup."""
    text = answer.body[:2_000].decode("utf-8", "replace").strip()
    if not text or text.startswith("<"):
        return ""
    try:
        found = answer.json()
    except BadAnswer:
        return f" ({' '.join(text.split())[:_SHOWN]})"
    words = _first_words(found)
    return f" ({' '.join(words.split())[:_SHOWN]})" if words else ""


def _first_words(found: Any) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, Mapping):
        for name in ("message", "errorMessages", "error_description", "error", "errors", "detail"):
            if found.get(name):
                return _first_words(found[name])
        return ""
    if isinstance(found, Sequence) and found:
        return _first_words(found[0])
    return ""


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port, by which two addresses are of one place."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual


def host_of(url: str) -> str:
    """The host alone."""
    return urlsplit(url).hostname or url


def path_of(url: str) -> str:
    """The path alone: parameters may hold what is nobody's business."""
    return urlsplit(url).path or "/"
