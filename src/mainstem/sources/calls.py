"""Calls to a vendor's API: counted, within its limits, tried again where that helps, explained where not.

Waiting is our own code rather than a library's, because it must end when somebody stops the sync, obey
what each answer says of limits, and be counted.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin
from urllib.request import getproxies

from mainstem.errors import SourceError
from mainstem.sources.answers import (
    Answer,
    BadAnswer,
    Wait,
    failure_of,
    host_of,
    origin_of,
    path_of,
    why_unreachable,
)
from mainstem.sources.limits import Limits
from mainstem.sources.remote import Watch

if TYPE_CHECKING:
    import ssl

    import httpx

T = TypeVar("T")
R = TypeVar("R")

#: Seconds until a connection, and between two parts of an answer.
CONNECT, READ = 10.0, 60.0
#: An answer that fails in passing is asked for so often.
TRIES = 6
#: Seconds before the second try; doubled each time, up to ``LONGEST``.
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
#: A vendor that asks for more patience than this ends the sync; the next one goes on.
PATIENCE = 900.0
#: The same where somebody waits for an answer: tries, patience, seconds until a connection and of reading.
HASTY_TRIES, HASTY_PATIENCE, HASTY_CONNECT, HASTY_READ = 2, 5.0, 5.0, 20.0
#: Bytes of one answer that are read at most.
MOST = 256 * 1024 * 1024
#: Calls at once to one vendor.
AT_ONCE = 6

_PASSING = {408, 409, 423, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}


#: Asked before ours: what a vendor's own answer means. Returns an error, or None for the usual meaning.
Explain = Callable[[int, Mapping[str, str], bytes], SourceError | None]
#: Asked of answers that look well: an error, where the vendor tells failures with status 200 (GraphQL).
Judge = Callable[[Answer], SourceError | None]


class Calls:
    """An API under one address. Safe between threads. Use it as a context manager.

    Args:
        base: Address that paths are joined to.
        watch: Counts, stops.
        headers: Sent with each call, such as ``Authorization``. Never sent to another host.
        name: The source's name, for errors.
        explain: The vendor's own meanings of failures.
        passing: Further statuses that may pass.
        judge: The vendor's failures in answers of status 200 to 299.
    """

    def __init__(
        self,
        base: str,
        watch: Watch,
        *,
        name: str,
        headers: Mapping[str, str] | None = None,
        explain: Explain | None = None,
        passing: frozenset[int] = frozenset(),
        read_seconds: float = READ,
        judge: Judge | None = None,
    ) -> None:
        self.base = base.rstrip("/") + "/"
        self._watch, self._name, self._explain, self._judge = watch, name, explain, judge
        self._headers = {"accept": "application/json", "user-agent": "mainstem", **(headers or {})}
        self._passing = _PASSING | passing
        hasty = watch.is_hasty
        self._tries = HASTY_TRIES if hasty else TRIES
        self._patience = HASTY_PATIENCE if hasty else PATIENCE
        self._connect_seconds = HASTY_CONNECT if hasty else CONNECT
        self._read_seconds = min(read_seconds, HASTY_READ) if hasty else read_seconds
        self._limits = Limits(watch)
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Calls:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, etag: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Gets a path, or a whole address of the same host.

        Args:
            etag: Of an earlier answer; where nothing has changed, ``is_same`` is true and it costs little.

        Raises:
            SourceError: it could not be had; ``permanent`` tells whether trying again can help.
            Stopped: somebody wants the sync to end.
        """
        more = {**(headers or {}), **({"if-none-match": etag} if etag else {})}
        return self._call("GET", path, params=params, headers=more)

    def post(self, path: str, json: Any, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Posts JSON and may do so again: only for calls that ask and change nothing."""
        return self._call("POST", path, json=json, headers=headers)

    def send(
        self, method: str, path: str, json: Any, *, again: bool, headers: Mapping[str, str] | None = None
    ) -> Answer:  # fmt: skip
        """Writes something.

        Args:
            method: ``POST``, ``PUT`` or ``PATCH``.
            again: Whether doing it twice is as good as once. If not it is tried once alone, and after a
                failure that passes nobody knows whether it was done.
        """
        tries = self._tries if again else 1
        return self._call(method, path, json=json, headers=headers, tries=tries)

    def get_json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """As ``get``, the body as JSON; asked again where it was cut off."""
        return self.whole(lambda: self.get(path, params))

    def post_json(self, path: str, json: Any) -> Any:
        """As ``post``, the body as JSON."""
        return self.whole(lambda: self.post(path, json))

    def whole(self, call: Callable[[], Answer]) -> Any:
        """The JSON of what a call answers, called again where it is none."""
        for attempt in range(1, self._tries):
            try:
                return call().json()
            except BadAnswer:
                self._pause(attempt)
        return call().json()

    def each(
        self, ask: Callable[[T], R], of: Iterable[T], *, at_once: int = AT_ONCE
    ) -> Iterator[R]:
        """Asks for several things at once and gives the answers in order.

        Do not call it inside of ``ask``.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, f"calls {self._name}")
        waiting: list[Future[R]] = []
        try:
            for one in of:
                waiting.append(self._pool.submit(ask, one))
                if len(waiting) >= at_once:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for left in waiting:
                left.cancel()

    def ahead(self, ask: Callable[[], R]) -> Future[R]:
        """Begins to ask for something that is needed soon, such as the next page."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, f"calls {self._name}")
        return self._pool.submit(ask)

    # one call, with its tries

    def _call(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None,
        headers: Mapping[str, str] | None = None, tries: int = 0,
    ) -> Answer:  # fmt: skip
        import httpx

        url, tries = self._address(path), tries or self._tries
        given = None if params is None else {k: v for k, v in params.items() if v is not None}
        hops = 0
        for attempt in range(1, tries + 1):
            self._limits.wait()
            self._watch.check()
            try:
                answer = self._once(method, url, given, json, headers)
                while 300 <= answer.status < 400 and answer.status != 304:
                    hops += 1
                    # the address of a redirect has its parameters in it
                    url, given = self._followed(answer, method, hops), None
                    answer = self._once(method, url, given, json, headers)
            except httpx.HTTPError as error:
                if attempt == tries:
                    raise self._unreachable(error, url) from error
                self._pause(attempt)
                continue
            except (httpx.InvalidURL, UnicodeError) as error:
                raise _no_address(url) from error
            self._limits.learn(answer.headers)
            failure = self._failure(answer)
            if failure is None:
                self._limits.heed(answer.headers)
                return answer
            self._fail_or_wait(answer, failure, tries - attempt)
        raise AssertionError("the last try returns or raises")

    def _fail_or_wait(self, answer: Answer, failure: SourceError, left: int) -> None:
        # a failure that came with status 200 is passing only where it is a limit
        status = 429 if answer.status < 300 else answer.status
        asked = self._limits.asked_to_wait(status, answer.headers)
        if asked is None and isinstance(failure, Wait):
            asked = failure.seconds
        if failure.permanent or not left or (asked or 0) > self._patience:
            raise failure
        if asked is None:
            self._pause(self._tries - left)
        else:
            self._watch.meter.add(retried=1)
            self._limits.hold(asked)

    def _once(
        self, method: str, url: str, params: Any, json: Any, headers: Mapping[str, str] | None
    ) -> Answer:
        import httpx

        from mainstem.sources.pinned import ADDRESSES

        body = bytearray()
        addresses = self._watch.allow(url)
        self._watch.meter.add(requests=1)
        given = dict(headers or {})
        pinned = {} if addresses is None else {ADDRESSES: addresses}
        with self._opened().stream(
            method, url, params=params or None, json=json, headers=given, extensions=pinned
        ) as r:
            for part in r.iter_bytes():
                body += part
                if len(body) > MOST:
                    raise SourceError(
                        f"{host_of(url)} gave an answer of more than {MOST // 1_000_000} MB.",
                        "Ask for less: fewer fields, or fewer projects for each source.",
                        code="source.too_large",
                    )
            length = r.headers.get("content-length", "")
            cut = method != "HEAD" and "content-encoding" not in r.headers and r.status_code != 304
            if cut and length.isdigit() and int(length) != len(body):
                raise httpx.RemoteProtocolError("the answer was cut off")
            found = {k.lower(): v for k, v in r.headers.items()}
        self._watch.meter.add(received=len(body), not_modified=int(r.status_code == 304))
        return Answer(r.status_code, found, bytes(body), str(r.url))

    def _followed(self, answer: Answer, method: str, hops: int) -> str:
        to = _joined(answer.url, answer.headers.get("location", ""))
        if method != "GET" or hops > 5 or origin_of(to) != origin_of(answer.url):
            raise SourceError(
                f"{host_of(answer.url)} sends {path_of(answer.url)} on to {host_of(to)}.",
                "Write the address that it has now into the settings; credentials are not sent after it.",
                code="source.moved",
            )
        return to

    def _address(self, path: str) -> str:
        url = _joined(self.base, path.lstrip("/") if not path.startswith("http") else path)
        if origin_of(url) != origin_of(self.base):
            raise SourceError(
                f"{host_of(self.base)} names a page at another host, {host_of(url)}.",
                "Credentials are not sent there. Check the address in the settings.",
                code="source.moved",
            )
        return url

    def _failure(self, answer: Answer) -> SourceError | None:
        if answer.status < 300 or answer.status == 304:
            return self._judge(answer) if self._judge and answer.status != 304 else None
        if self._explain is not None:
            known = self._explain(answer.status, answer.headers, answer.body)
            if known is not None:
                return known
        return failure_of(answer, self._name, answer.status in self._passing)

    def _unreachable(self, error: Exception, url: str) -> SourceError:
        why, hint = why_unreachable(error)
        return SourceError(
            f"{host_of(url)} did not answer: {why}.", hint, code="source.unreachable",
            permanent=False,
        )  # fmt: skip

    def _pause(self, attempt: int) -> None:
        self._watch.meter.add(retried=1)
        longest = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
        # spread, so that many who failed together do not come again together
        self._watch.sleep(longest * random.uniform(0.5, 1.0))

    def _opened(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                timeout = httpx.Timeout(self._read_seconds, connect=self._connect_seconds)
                limits = httpx.Limits(max_connections=AT_ONCE + 2)
                self._client = httpx.Client(
                    headers=self._headers, timeout=timeout, follow_redirects=False,
                    transport=self._watch.transport or _network(limits), verify=_trusted(), limits=limits,
                )  # fmt: skip
            return self._client


def _joined(base: str, to: str) -> str:
    """An address that the vendor or the settings name, made whole.

    Raises:
        SourceError: it is none.
    """
    try:
        url = urljoin(base, to)
        origin_of(url)
    except ValueError as error:
        raise _no_address(to) from error
    return url


def _no_address(url: str) -> SourceError:
    shown = url.partition("?")[0][:200]
    return SourceError(
        f"{shown!r} is no address that can be asked.",
        "Check the address in the settings: the host's name and the port.", code="source.address",
    )  # fmt: skip


def _network(limits: httpx.Limits) -> httpx.BaseTransport | None:
    """The network that asks at exactly the addresses that were allowed; nothing where a proxy is set.

    A proxy finds the addresses of names itself, so there its own rules say what may be reached.
    """
    if any(getproxies().get(scheme) for scheme in ("http", "https", "all")):
        return None
    from mainstem.sources.pinned import Pinned

    return Pinned(verify=_trusted(), limits=limits)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Whom to trust: reading the certificates takes as long as many calls, so it is done once."""
    import httpx

    return httpx.create_ssl_context()
