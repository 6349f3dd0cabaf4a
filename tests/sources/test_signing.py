"""Signatures of messages: whoever has no secret signs nothing."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.signing import is_signed, signed_object


@given(st.binary(), st.text(min_size=1), st.sampled_from(["sha256", "sha384", "sha512"]))
def test_a_message_is_signed_by_its_secret_and_by_no_other(body, secret, method):
    signature = hmac.digest(secret.encode(), body, method).hex()
    assert is_signed(body, signature, secret, method)
    assert not is_signed(body + b" ", signature, secret, method)
    assert not is_signed(body, signature, secret + "x", method)
    assert not is_signed(body, "é" + signature, secret, method)


def test_an_empty_secret_signs_nothing():
    assert not is_signed(b"{}", hmac.new(b"", b"{}", hashlib.sha256).hexdigest(), "")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"1", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_says_whose_it_was_and_what_to_do(body):
    with pytest.raises(SourceError, match="message of Linear is signed, but is no JSON") as error:
        signed_object(body, "Linear", "Look there.")
    assert (error.value.hint, error.value.code) == ("Look there.", "source.message")
