"""How the log is written: by structlog, as lines for people or as JSON; libraries' lines come through too."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
)


def log_config(kind: str) -> dict[str, Any]:
    """The settings of Python's logging.

    Args:
        kind: ``text`` or ``json``.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
                "processors": _last(kind),
            }
        },
        "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["err"], "level": "WARNING"},
        "loggers": {
            "mainstem": {"level": "INFO"},
            "_granian": {"level": "INFO", "handlers": ["err"], "propagate": False},
            "granian.access": {"level": "WARNING", "handlers": ["err"], "propagate": False},
            # its lines hold addresses, and those of an invitation are secret; we write our own
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.request": {"level": "CRITICAL", "handlers": [], "propagate": False},
            "django.server": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def _last(kind: str) -> list[Any]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if kind == "json":
        return [
            drop,
            # never the values of variables: among them are passwords and tokens
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.EventRenamer("event"),
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
        ]
    renderer = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        timestamp_key="at",
        pad_event_to=0,
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [drop, renderer]


def apply(config: dict[str, Any]) -> None:
    """Sets logging up; Django calls this with ``settings.LOGGING``."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(config)
