"""The form of a connected source, made out of what its kind can be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms

from mainstem.errors import MainstemError
from mainstem.services.server.sealing import seal, unseal
from mainstem.services.sources.connected import HOOK_SECRET, Wanted
from mainstem.services.sources.connecting import Kind
from mainstem.sources.remote import Option

_LABELS = {"url": "Address", "bots": "Bots", "user": "User"}
_PURPOSE = "source-form"
#: What nearly everybody has to say; the rest can be unfolded.
_FIRST = frozenset(
    ("url", "user", "projects", "repositories", "organisation", "path", "query", "metric")
)
#: Credentials that were typed are kept for a second look at the form for so long.
_HELD = timedelta(hours=1)
_TYPED = "typed already"


class SourceForm(forms.Form):
    """Name, options, credentials and time between two syncs.

    Args:
        kind: What is connected.
        by: Number of the account that fills it in.
        at: The real moment.
        kept: Names of credentials that are kept already: their fields may stay empty.
        is_new: Whether it is to have a name.
    """

    name = forms.CharField(
        label="Name", max_length=60,
        help_text="What it is called here: small letters, digits, dots and hyphens. Its work is kept under it.",
    )  # fmt: skip
    every = forms.CharField(
        label="Every", max_length=20, initial="15 min",
        help_text="How often it is asked for what is new: 5 min, 1 h, 1 day.",
    )  # fmt: skip
    held = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: Kind, by: int | None, at: datetime, kept: tuple[str, ...] = (),
        is_new: bool = True, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        # the secret of messages is set where their address is shown
        options = tuple(o for o in kind.options if o.name != HOOK_SECRET)
        self.kind, self._by, self._at, self._kept = replace(kind, options=options), by, at, kept
        self._held = self._unsealed() if self.is_bound else {}
        if not is_new:
            del self.fields["name"]
        for option in options:
            field = _FIELDS[option.kind](option)
            field.label = _label(option)
            field.help_text = option.help
            self.fields[_id(option.name)] = field
            if option.kind == "secret":
                self._mark_kept(option, field)
        first = [o for o in options if _is_first(o)]
        names = ["name", *(_id(o.name) for o in first), "every"]
        self.order_fields([*names, "held", *(_id(o.name) for o in options)])

    def _mark_kept(self, option: Option, field: forms.Field) -> None:
        if option.name in self._held:
            field.widget.attrs["placeholder"] = _TYPED
        elif option.name in self._kept:
            field.widget.attrs["placeholder"] = "kept: leave it empty to keep it"
        else:
            return
        field.required = False

    @property
    def first(self) -> list[forms.BoundField]:
        """Fields that nearly everybody fills in."""
        needed = {_id(o.name) for o in self.kind.options if _is_first(o)}
        return [f for f in self.visible_fields() if f.name in needed | {"name", "every"}]

    @property
    def further(self) -> list[forms.BoundField]:
        """All others."""
        shown = {f.name for f in self.first}
        return [f for f in self.visible_fields() if f.name not in shown]

    @property
    def has_further_wrong(self) -> bool:
        """Whether something is wrong among the others."""
        return any(f.errors for f in self.further)

    def wanted(self) -> Wanted:
        """What was filled in, for the services; credentials typed earlier are among it."""
        said = self.cleaned_data
        options, given = {}, dict(self._held)
        for option in self.kind.options:
            value = said.get(_id(option.name), "")
            if option.kind != "secret":
                options[option.name] = value
            elif value:
                given[option.name] = value
        return Wanted(options, given, said.get("every", ""))

    def hold(self) -> None:
        """Keeps what was typed into the fields of credentials, sealed, for the next look at the form."""
        wanted = self.wanted()
        if not wanted.secrets:
            return
        told = {
            "by": self._by,
            "kind": self.kind.name,
            "at": self._at.isoformat(),
            "secrets": dict(wanted.secrets),
        }
        self.data = {
            **{k: self.data.get(k) for k in self.data},
            "held": seal(json.dumps(told), _PURPOSE),
        }
        self._held = dict(wanted.secrets)
        for option in self.kind.options:
            if option.kind == "secret":
                self._mark_kept(option, self.fields[_id(option.name)])

    def say(self, error: MainstemError) -> None:
        """Says what a service refused beside the field that it was given for."""
        field = getattr(error, "field", "")
        known = _id(field) if _id(field) in self.fields else field
        if known in self.fields:
            # a credential that must be given again is not kept
            self.fields[known].widget.attrs.pop("placeholder", None)
        self.add_error(known if known in self.fields else None, f"{error.message} {error.hint}")

    def _unsealed(self) -> dict[str, str]:
        try:
            told = json.loads(unseal(str(self.data.get("held", "")), _PURPOSE))
            is_fresh = self._at - datetime.fromisoformat(told["at"]) <= _HELD
        except (MainstemError, ValueError, KeyError, TypeError):
            return {}
        is_mine = told["by"] == self._by and told["kind"] == self.kind.name
        return dict(told["secrets"]) if is_fresh and is_mine else {}


def initial_of(kind: Kind, options: Mapping[str, str], every: str) -> dict[str, Any]:
    """What the form of a kept source begins with."""
    out: dict[str, Any] = {"every": every}
    for option in kind.options:
        text = options.get(option.name, option.default)
        if option.kind == "switch":
            out[_id(option.name)] = text == "yes"
        elif option.kind == "mapping" and text:
            out[_id(option.name)] = "\n".join(f"{k}: {v}" for k, v in json.loads(text).items())
        else:
            out[_id(option.name)] = text
    return out


def every_words(minutes: int) -> str:
    """A time between two syncs as the form takes it."""
    for size, unit in ((1440, "day"), (60, "h")):
        if minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


def _is_first(option: Option) -> bool:
    return option.required or option.kind == "secret" or option.name in _FIRST


def _id(option: str) -> str:
    return f"o-{option}"


def _label(option: Option) -> str:
    return _LABELS.get(option.name, option.name.replace("_", " ").capitalize())


def _text(option: Option) -> forms.Field:
    attrs = {"autocomplete": "off"}
    if option.kind == "url":
        attrs |= {"inputmode": "url"}
    if option.kind == "number":
        attrs |= {"inputmode": "decimal"}
    return forms.CharField(
        required=option.required, initial=option.default, max_length=2_000,
        widget=forms.TextInput(attrs=attrs),
    )  # fmt: skip


def _long(option: Option) -> forms.Field:
    rows = {"block": 8, "words": 2, "mapping": 3}[option.kind]
    attrs = {"rows": rows, "spellcheck": "false"} | (
        {"class": "mono"} if option.kind == "block" else {}
    )
    return forms.CharField(
        required=option.required, initial=option.default, max_length=100_000,
        widget=forms.Textarea(attrs=attrs),
    )  # fmt: skip


def _switch(option: Option) -> forms.Field:
    return forms.BooleanField(required=False, initial=option.default == "yes")


def _choice(option: Option) -> forms.Field:
    choices = [(c, c) for c in option.choices]
    if not option.required and not option.default:
        choices.insert(0, ("", "none"))
    return forms.ChoiceField(required=option.required, initial=option.default, choices=choices)


class _HiddenLines(forms.Textarea):
    """Lines of a private key: a field for passwords would join them. It never shows what it holds."""

    def format_value(self, value: Any) -> str:
        return ""


def _secret(option: Option) -> forms.Field:
    if option.name.endswith("private_key"):
        lines = _HiddenLines(
            attrs={"rows": 3, "class": "mono", "autocomplete": "off", "spellcheck": "false"}
        )
        return forms.CharField(required=option.required, max_length=20_000, widget=lines)
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(required=option.required, max_length=20_000, strip=True, widget=widget)


_FIELDS = {
    "text": _text, "url": _text, "number": _text, "words": _long, "block": _long, "mapping": _long,
    "switch": _switch, "choice": _choice, "secret": _secret,
}  # fmt: skip
