"""Syncs of the command line: what is kept of one that was stopped, and of one that could not begin."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta

import pytest

from mainstem.cli.sources import _print, _stoppable
from mainstem.services.plans.workspace import Workspace
from mainstem.services.sources import pulling
from mainstem.services.sources.settings import Configured
from mainstem.services.sources.syncing import book_of, sync
from mainstem.sources.remote import Connection
from tests.services.small_tracker import NOW, Tracker

OF = Configured(Connection("small", "small", {"page": "2"}), "work", timedelta(minutes=5), "x:1")


@pytest.fixture
def place(monkeypatch, tmp_path):
    tracker = Tracker()
    for ident in "123":
        tracker.put(ident)
    monkeypatch.setattr(pulling, "make_connected", lambda kind: tracker)
    return Workspace(None, None, tmp_path / "ledger")


def synced(place, stop=None):
    return sync(OF, place, now=lambda: NOW, stop=stop, proves=False)


def test_a_sync_that_was_stopped_has_not_failed(place, capsys):
    stop = threading.Event()
    stop.set()
    done = synced(place, stop)
    assert done.was_stopped
    state = book_of(place).read("small")
    assert (state.failed, state.ended) == ("", "") and state.began
    _print(done)
    assert capsys.readouterr().out == "small  stopped; the next sync goes on where it was.\n"
    assert synced(place).report.new == 3


def test_a_sync_that_another_keeps_out_says_nothing_of_how_that_one_stands(place):
    synced(place)
    root = place.open_ledger().root
    with pulling._alone(root, "small"):
        done = synced(place)
    assert done.failure.code == "source.busy"
    assert not book_of(place).read("small").failed


def test_control_c_asks_a_sync_to_stop_and_ends_it_the_second_time():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), _stoppable() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(5)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
