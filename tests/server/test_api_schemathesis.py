"""Requests that nobody thought of, made out of the document, as each of the cast: no crash, no surprise."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig

from tests.server.api_caller import token_of
from tests.server.factories import land_some_work

#: A well-shaped request may still say what cannot be: that a thing is there, or not in a state for it.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "403", "404", "409", "412", "422"]
"""
EXAMPLES = {"ada": 4, "petra": 1, "owen": 1, "lena": 1, "carl": 1, "vera": 1}


def schema_for(token):
    from django.core.handlers.wsgi import WSGIHandler

    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json",
        WSGIHandler(),
        config=SchemathesisConfig.from_str(CONFIG),
        headers=headers,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_request_surprises(name, ground, cast):
    land_some_work(ground)
    # so that a request that takes back a token of a low number leaves us ours
    tokens = [token_of(name, ground, cast) for _ in range(12)]
    schema = schema_for(tokens[-1])
    headers = {"Authorization": f"Bearer {tokens[-1]}", "Accept-Encoding": "identity"}
    count, surprises = 0, []
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES[name], deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(headers=headers)

        try:
            ask()
        except (Exception, BaseExceptionGroup) as error:
            surprises.append(f"{operation.label}\n{_said(error)}")
        count += 1
    assert not surprises, "\n\n".join(surprises)
    assert count > 120


def _said(error):
    """What was wrong, without the trace of what called it."""
    inner = getattr(error, "exceptions", None)
    return "\n".join(_said(one) for one in inner) if inner else f"{type(error).__name__}: {error}"
