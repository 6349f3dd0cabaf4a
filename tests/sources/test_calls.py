"""Calls to a vendor: tried again where that helps, within its limits, explained where not."""

from __future__ import annotations

import threading

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources import calls as module
from mainstem.sources.answers import Answer, BadAnswer
from mainstem.sources.calls import Calls
from mainstem.sources.limits import MOST_HEEDED
from mainstem.sources.remote import Secret, Stopped, Watch
from tests.services.small_tracker import NOW
from tests.standin.server import Asked, Faults, Reply, StandIn

TOKEN = "t0ken-that-nobody-may-read"


class Numbers(StandIn):
    """Gives what its script says, then counts."""

    def __init__(self, *script: Reply, faults: Faults | None = None) -> None:
        super().__init__(faults)
        self.script, self.seen = list(script), []

    def answer(self, asked: Asked) -> Reply:
        self.seen.append(asked)
        if self.script:
            return self.script.pop(0)
        return Reply({"path": asked.path, "query": asked.query})


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(module, "FIRST_WAIT", 0.001)


class Patient(Watch):
    """Waits for nothing and notes how long it would have."""

    waited: list[float]

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


def patient() -> tuple[Watch, list[float]]:
    watch = Patient(NOW)
    watch.waited = []
    return watch, watch.waited


def calls(there: StandIn, watch: Watch | None = None, **given) -> Calls:
    given = {"name": "tracker", "headers": {"authorization": f"Bearer {TOKEN}"}, **given}
    return Calls(there.url, watch or Watch(NOW), **given)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_asked_for_again(status):
    watch = Watch(NOW)
    with Numbers(Reply({}, status), Reply({}, status)) as there, calls(there, watch) as api:
        assert api.get_json("a")["path"] == "/a"
    assert (watch.meter.requests, watch.meter.retried) == (3, 2)


def test_what_keeps_failing_ends_and_says_that_it_may_pass():
    with (
        Numbers(*[Reply({}, 503)] * 9) as there,
        calls(there) as api,
        pytest.raises(SourceError) as e,
    ):
        api.get("a")
    assert not e.value.permanent and "503" in e.value.message
    assert len(there.seen) == module.TRIES


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(401, "source.credentials", "not taken"), (403, "source.rights", "may not see"),
     (404, "source.absent", "nothing"), (422, "source.refused", "422")],
)  # fmt: skip
def test_what_does_not_pass_is_explained_at_once(status, code, words):
    body = {"errorMessages": ["No such project"]}
    with (
        Numbers(Reply(body, status)) as there,
        calls(there) as api,
        pytest.raises(SourceError) as e,
    ):
        api.get("a")
    assert (e.value.code, e.value.permanent, len(there.seen)) == (code, True, 1)
    assert words in e.value.message and "No such project" in e.value.message and e.value.hint


def test_an_error_never_has_the_token_or_the_parameters_in_it():
    with Numbers(Reply({}, 403)) as there, calls(there) as api, pytest.raises(SourceError) as e:
        api.get("a", {"secret": TOKEN})
    assert TOKEN not in str(e.value) + e.value.hint + repr(e.value)
    assert TOKEN not in repr(Secret(TOKEN))


def test_a_page_for_people_is_no_answer_and_is_asked_for_again():
    page = Reply(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"})
    with Numbers(page, page) as there, calls(there) as api:
        assert api.get_json("a")["path"] == "/a"
    with (
        Numbers(*[page] * 9) as there,
        calls(there) as api,
        pytest.raises(BadAnswer, match="page for people"),
    ):
        api.get_json("a")


@pytest.mark.parametrize("fault", ["cut", "torn", "dropped", "busy", "page", "limited"])
def test_every_fault_is_got_over(fault):
    faults = Faults(seed=3, most=4)
    setattr(faults, fault, 1.0)
    with Numbers(faults=faults) as there, calls(there) as api:
        assert api.get_json("a", {"q": "1"}) == {"path": "/a", "query": {"q": "1"}}
    assert there.wrong == 4


def test_it_waits_as_long_as_it_is_asked_to():
    watch, waited = patient()
    with Numbers(Reply({}, 429, {"Retry-After": "7"})) as there, calls(there, watch) as api:
        api.get("a")
    assert 6 < max(waited) <= 7


def test_a_primary_limit_is_waited_for_until_it_is_lifted():
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "30"}
    watch, waited = patient()
    limited = lambda status, headers, body: SourceError("limit", permanent=False)  # noqa: E731
    with Numbers(Reply({}, 403, headers)) as there, calls(there, watch, explain=limited) as api:
        api.get("a")
    assert 29 < max(waited) <= 30


def test_more_patience_than_a_quarter_of_an_hour_is_not_had():
    with (
        Numbers(Reply({}, 429, {"Retry-After": "9000"})) as there,
        calls(there) as api,
        pytest.raises(SourceError) as e,
    ):
        api.get("a")
    assert not e.value.permanent and len(there.seen) == 1


def test_it_slows_down_before_it_is_told_to():
    watch, waited = patient()
    near = {"X-RateLimit-Remaining": "5", "X-RateLimit-Limit": "100", "X-RateLimit-Reset": "20"}
    with (
        Numbers(Reply({}, 200, near), Reply({}, 200, near), Reply({})) as there,
        calls(there, watch) as api,
    ):
        for _ in range(4):
            api.get("a")
    assert 3 < waited[0] <= 4
    assert watch.meter.waited == pytest.approx(sum(waited))


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [({"Retry-After": "30"}, 29, 30), ({"Retry-After": "3600"}, 59, MOST_HEEDED),
     ({"Retry-After": "0"}, 0, 0), ({"Retry-After": "soon"}, 0, 0),
     ({"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "10"}, 0, 0)],
)  # fmt: skip
def test_an_answer_that_is_well_and_asks_for_patience_is_given_it_but_not_for_ever(
    told, least, most
):
    watch, waited = patient()
    with Numbers(Reply({"here": 1}, 200, told)) as there, calls(there, watch) as api:
        assert api.get_json("a") == {"here": 1}
        assert not waited
        assert api.get_json("b")["path"] == "/b"
    assert least <= sum(waited) <= most
    assert (watch.meter.requests, watch.meter.retried) == (2, 0)
    assert watch.meter.waited == pytest.approx(sum(waited))


def test_nothing_changed_costs_little():
    watch = Watch(NOW)
    first = Reply([1, 2], 200, {"ETag": 'W/"7"'})
    with Numbers(first, Reply(None, 304)) as there, calls(there, watch) as api:
        etag = api.get("a").etag
        again = api.get("a", etag=etag)
    assert again.is_same and there.seen[1].headers["if-none-match"] == 'W/"7"'
    assert watch.meter.not_modified == 1


def test_a_redirect_within_the_host_is_followed_and_one_to_another_is_not():
    with Numbers(Reply(None, 301, {"Location": "/b?x=1"})) as there, calls(there) as api:
        assert api.get_json("a", {"x": "1"}) == {"path": "/b", "query": {"x": "1"}}
    with (
        Numbers() as other,
        Numbers(Reply(None, 302, {"Location": other.url})) as there,
        calls(there) as api,
    ):
        with pytest.raises(SourceError, match="sends /a on") as e:
            api.get("a")
        assert e.value.permanent and not other.seen
        with pytest.raises(SourceError, match="another host"):
            api.get(f"{other.url}/next")


def test_the_next_page_is_found_in_the_header():
    link = '<https://x.example/a?page=2>; rel="next", <https://x.example/a?page=9>; rel="last"'
    assert (
        Answer(200, {"link": link}, b"", "https://x.example/a").next_link()
        == "https://x.example/a?page=2"
    )
    assert Answer(200, {}, b"", "https://x.example/a").next_link() == ""


def test_several_things_are_asked_for_at_once_and_come_in_order():
    with Numbers() as there, calls(there) as api:
        got = list(api.each(lambda n: api.get_json(f"n/{n}")["path"], range(25)))
    assert got == [f"/n/{n}" for n in range(25)]


def test_who_stops_it_does_not_wait():
    watch = Watch(NOW)
    with (
        Numbers(*[Reply({}, 429, {"Retry-After": "600"})] * 3) as there,
        calls(there, watch) as api,
    ):
        threading.Timer(0.2, watch.stop.set).start()
        with pytest.raises(Stopped):
            api.get("a")


def test_a_host_that_is_not_there_may_be_there_later():
    api = Calls("http://127.0.0.1:9/", Watch(NOW), name="tracker")
    with api, pytest.raises(SourceError, match="did not answer") as e:
        api.get("a")
    assert not e.value.permanent


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(module, "MOST", 1_000)
    with (
        Numbers(Reply(b"x" * 2_000)) as there,
        calls(there) as api,
        pytest.raises(SourceError, match="more than"),
    ):
        api.get("a")


def test_a_recorded_exchange_can_stand_in_for_the_network():
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, json={"at": request.url.path})
    )
    with Calls("https://api.example.org/v1", Watch(NOW, transport=transport), name="x") as api:
        assert api.get_json("me") == {"at": "/v1/me"}


@pytest.mark.parametrize(
    ("error", "words", "hint"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "no host of this name", "DNS"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "nothing listens", "port"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), "not trusted", "SSL_CERT_FILE"),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version"), "does not speak https", "http or https"),
        (httpx.ConnectTimeout("timed out"), "no connection came about in time", "firewall"),
        (httpx.ReadError("reset"), "ReadError (reset)", "check the address"),
    ],
)  # fmt: skip
def test_why_nobody_answers_is_said_in_words(error, words, hint):
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    watch = Watch(NOW, transport=httpx.MockTransport(fail))
    with (
        Calls("https://r.example.org/", watch, name="tracker") as api,
        pytest.raises(SourceError) as e,
    ):
        api.get("a")
    assert words in e.value.message and hint in e.value.hint and not e.value.permanent


def test_whoever_waits_in_front_of_it_is_told_what_may_pass_instead_of_waiting():
    watch, waited = patient()
    watch.is_hasty = True
    with Numbers(*[Reply({}, 503)] * 9) as there, calls(there, watch) as api:
        with pytest.raises(SourceError, match="503"):
            api.get("a")
        assert len(there.seen) == module.HASTY_TRIES and sum(waited) < 1
        there.script = [Reply({}, 429, {"Retry-After": "60"})]
        with pytest.raises(SourceError, match="fewer calls"):
            api.get("a")
    assert sum(waited) < 1


@pytest.mark.parametrize(
    "base",
    ["https://999.1.1.1", "https://xn--.example", "https://a..b", "https://r.example.org:99999"],
)
def test_an_address_that_cannot_be_asked_is_named(base):
    with Calls(base, Watch(NOW), name="tracker") as api, pytest.raises(SourceError) as e:
        api.get("a")
    assert (e.value.code, e.value.permanent) == ("source.address", True)


@pytest.mark.parametrize("to", ["http://[::1", "http://127.0.0.1:port/b"])
def test_a_next_page_that_is_no_address_is_named(to):
    with Numbers() as there, calls(there) as api, pytest.raises(SourceError) as e:
        api.get(to)
    assert e.value.code == "source.address"
