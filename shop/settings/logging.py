"""Structured logs: one JSON object a line, without personal data and without addresses of visitors."""

from typing import Any

import structlog

REFUSED_KEYS = frozenset({"request", "ip", "remote_addr", "email", "name", "user_agent", "body", "headers", "cookies"})


def drop_personal(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Removes what could name a person: a log is read by more people than a donor agreed to."""
    for key in REFUSED_KEYS & event.keys():
        del event[key]
    return event


def logging_config(*, level: str) -> dict[str, Any]:
    """`logging.config` for every process. `level` is a name of the logging module."""
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    drop_personal,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django would put the whole request beside each error, and its server the visitor's address beside each line.
        "loggers": {
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            # At DEBUG it writes the whole context of a page beside each name that it misses: what a donor typed as well.
            "django.template": {"level": "INFO"},
            # Says each address that it asks, and with it what a session's is.
            "stripe": {"level": "WARNING"},
        },
    }
