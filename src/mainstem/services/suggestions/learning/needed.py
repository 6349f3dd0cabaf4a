"""The library that learning needs, imported when it is used and not before."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mainstem.errors import MainstemError


def learning_library(part: str) -> Any:
    """A module of scikit-learn, such as ``svm``.

    Raises:
        MainstemError: it is not installed; the hint has the command that installs it.
    """
    try:
        return import_module(f"sklearn.{part}")
    except ImportError as error:
        raise MainstemError(
            "Suggestions need scikit-learn, which is not installed here.",
            'Install it with: pip install "mainstem[suggest]"',
            code="suggest.library",
        ) from error
