"""Several gits at once give what one would have given."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.sources.git import client
from mainstem.sources.git.ahead import read_ahead
from mainstem.sources.git.client import ALL_BRANCHES, Repository
from mainstem.sources.git.commit import Commit
from mainstem.sources.git.log_stream import read_stream
from tests.sources.git.git_repository import BOB, LATE, Made


class Broken(Exception):
    pass


class Writers:
    """Programs that write what they are told; some break."""

    def __init__(self) -> None:
        self.running = 0
        self._lock = Lock()

    def told(self, parts: list[list[bytes]]) -> Generator[list[bytes], None, None]:
        yield from parts

    @contextmanager
    def read(self, part: list[bytes]) -> Iterator[Iterator[bytes]]:
        self._count(1)
        try:
            yield self._chunks(part)
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._lock:
            self.running += by

    def _chunks(self, part: list[bytes]) -> Iterator[bytes]:
        for chunk in part:
            if chunk == b"broken":
                raise Broken
            yield chunk


PARTS = st.lists(st.lists(st.binary(max_size=3), max_size=20), max_size=12)


@given(parts=PARTS, at_once=st.integers(1, 4))
def test_parts_come_whole_and_in_their_order(parts: list[list[bytes]], at_once: int) -> None:
    writers = Writers()
    with read_ahead(writers.told(parts), writers.read, at_once) as chunks:
        assert list(chunks) == [chunk for part in parts for chunk in part]


@given(before=PARTS, after=PARTS, at_once=st.integers(1, 4))
def test_what_breaks_is_said_after_all_that_came_before_it(
    before: list[list[bytes]], after: list[list[bytes]], at_once: int
) -> None:
    writers, found = Writers(), list[bytes]()
    parts = [*before, [b"last", b"broken"], *after]
    with (
        pytest.raises(Broken),
        read_ahead(writers.told(parts), writers.read, at_once) as chunks,
    ):
        found.extend(chunks)
    assert found == [chunk for part in before for chunk in part] + [b"last"]
    assert writers.running == 0


def test_whoever_leaves_early_leaves_nothing_running() -> None:
    writers = Writers()
    parts = [[b"x"] * 1_000 for _ in range(50)]
    with read_ahead(writers.told(parts), writers.read, 3) as chunks:
        assert next(chunks) == b"x"
    assert writers.running == 0


def _log(repository: Made, at_once: int, *, branch: str, merges: bool) -> list[Commit]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_BLOCK", 2)
        patch.setattr(client, "_AT_ONCE", at_once)
        patch.setattr("os.cpu_count", lambda: at_once)
        with Repository(repository.path).log(branch, None, merges=merges) as (token, chunks):
            return list(read_stream(token, chunks))


@pytest.mark.parametrize("branch", ["HEAD", ALL_BRANCHES])
@pytest.mark.parametrize("merges", [True, False])
def test_a_history_reads_the_same_however_many_gits_share_it(
    repository: Made, branch: str, merges: bool
) -> None:
    for n in range(5):
        repository.commit(f"Change {n}", {f"src/{n}.go": "x" * 50}, at=LATE + n)
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("Moved", {"src/0.go": None, "src/moved.go": "x" * 50}, by=BOB, at=LATE + 9)
    repository.git("checkout", "-q", "-")
    repository.commit("Nothing", {}, at=LATE + 10)
    repository.commit("Joined", {}, at=LATE + 11, merge="side")
    repository.git("checkout", "-q", "-b", "open")
    repository.commit("Last", at=LATE + 12)
    one = _log(repository, 1, branch=branch, merges=merges)
    assert len(one) == 9 - (not merges)
    for at_once in (2, 4):
        assert _log(repository, at_once, branch=branch, merges=merges) == one
