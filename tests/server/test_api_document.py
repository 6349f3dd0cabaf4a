"""The document and its page: complete, plain, and what is committed is what is served."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import get_args

from ninja import NinjaAPI
from ninja.constants import NOT_SET
from pydantic import BaseModel

from mainstem.api.document import document, text
from mainstem.services.telling.hooks import signature
from tests.server.api_caller import caller

DOCS = Path(__file__).parents[2] / "docs"
PLAIN = re.compile(r"[a-z]+(_[a-z]+)*\Z")


def operations():
    for path, held in document()["paths"].items():
        for method, told in held.items():
            yield f"{method} {path}", told


def test_the_committed_document_is_the_one_that_is_served(ground, cast):
    served = caller("vera", ground, cast).get("/openapi.json").content.decode()
    committed = (DOCS / "openapi.json").read_text("utf-8")
    assert served == text()
    assert committed == text(), "run `make docs`"


def test_every_operation_has_a_plain_name_words_and_its_errors():
    names = [told["operationId"] for _, told in operations()]
    assert len(names) == len(set(names)) > 120
    assert all(PLAIN.match(name) for name in names)
    for label, told in operations():
        assert told["description"].endswith("."), label
        assert {"400", "401", "403", "404", "409", "429", "500"} <= told["responses"].keys(), label
        heads = {p["$ref"].rpartition("/")[2] for p in told["parameters"] if "$ref" in p}
        is_read, means = label.startswith("get"), "412" in told["responses"]
        assert heads == ({"IfNoneMatch"} if is_read else {"IdempotencyKey"}) | (
            {"IfMatch"} if means else set()
        )
        of_the_plan = "/plan/" in label and "/proposals" not in label and "/rename" not in label
        assert means == (of_the_plan and told["operationId"].startswith(("change_", "remove_"))), (
            label
        )


def test_every_list_is_paged_and_every_reference_leads_somewhere():
    whole = json.dumps(document())
    schemas = document()["components"]
    for kind, name in re.findall(r'"#/components/(\w+)/([^"]+)"', whole):
        assert name in schemas[kind]
    for label, told in operations():
        if told["operationId"].startswith("list_"):
            schema = told["responses"]["200"]["content"]["application/json"]["schema"]
            shape = schemas["schemas"][schema["$ref"].rpartition("/")[2]]
            assert {"items", "next"} <= shape["properties"].keys(), label


def test_nothing_in_it_is_about_one_persons_effort():
    told = document()["components"]["schemas"]
    for name in ("CellShown", "FlowShown", "ItemShown", "ItemWhole", "Month", "Correction"):
        assert not {"person", "author", "by", "email"} & told[name]["properties"].keys(), name


def test_the_reference_page_lists_every_operation_without_a_script_of_others(as_):
    page = as_("vera").get("/api/docs").content.decode()
    for label, told in operations():
        method, _, path = label.partition(" ")
        assert f"<code>{method.upper()} {path}</code>" in page
        assert f'id="{told["operationId"]}"' in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script>" not in page


def test_the_receiver_of_the_documentation_believes_us_and_nobody_else(capsys):
    """The example of docs/api.md is run as it stands there."""
    (example,) = re.findall(
        r"```python\n(def is_ours.*?)```", (DOCS / "api.md").read_text("utf-8"), re.S
    )
    held: dict[str, object] = {"hmac": hmac, "hashlib": hashlib}
    exec("import hashlib, hmac\n" + example, held)
    is_ours = held["is_ours"]
    body, secret, moment = '{"event": "plan", "by": "Léna"}'.encode(), "whs_secret", 1_793_000_000
    head = signature(body, secret, moment)
    assert is_ours(head, body, secret, now=moment + 10)
    assert not is_ours(head, body + b" ", secret, now=moment + 10)
    assert not is_ours(head, body, "whs_other", now=moment + 10)
    assert not is_ours(head, body, secret, now=moment + 301)
    assert not is_ours("nonsense", body, secret, now=moment)


def test_the_examples_of_the_documentation_name_addresses_that_there_are():
    told = set(document()["paths"])
    words = (DOCS / "api.md").read_text("utf-8")
    for path in set(re.findall(r"/api/v1(/[a-z/-]*[a-z])", words)):
        fits = [p for p in told if re.fullmatch(re.sub(r"\{\w+\}", ".+", p), f"/api/v1{path}")]
        assert fits or path == "/openapi" or any(p.startswith(f"/api/v1{path}/") for p in told), (
            path
        )


def test_no_two_shapes_share_a_name():
    """The document has one shape for each name: of two that share one, the last would be told for both."""
    from mainstem.api.urls import api

    named: dict[str, set[type]] = {}
    for shape in _shapes_of(api):
        named.setdefault(shape.__name__, set()).add(shape)
    assert len(named) > 100
    assert {name: found for name, found in named.items() if len(found) > 1} == {}


def _shapes_of(api: NinjaAPI) -> Iterator[type]:
    """Every model and enumeration that an operation takes or gives, and what these are made of."""
    seen: set[object] = set()
    todo: list[object] = []
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                todo += [m for m in operation.response_models.values() if m and m is not NOT_SET]
                todo += list(operation.signature.models)
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        todo += get_args(one)
        if isinstance(one, type) and issubclass(one, (BaseModel, Enum)):
            if one.__module__.startswith("mainstem."):
                yield one
            if issubclass(one, BaseModel):
                todo += [field.annotation for field in one.model_fields.values()]
