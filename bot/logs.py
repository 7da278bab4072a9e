"""Structured logs: one line an event, on stderr, each with the id of the request it belongs to.

Chat text is never logged, and whatever is called a token, a password or a database URL is masked
before it is written.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAME = re.compile(r"token|password|secret|authorization|database_url", re.IGNORECASE)
# Three parts of base64 with dots between is how Discord writes a bot's token; the password of a
# URL stands between ':' and '@'; an interaction's token is good for fifteen minutes.
_SECRETS = (
    (re.compile(r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), "[token]"),
    (re.compile(r"(?<=://)([^\s:/@]+):[^\s@]+(?=@)"), r"\1:[password]"),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w-]{20,}"), r"\1[token]"),
)


def configure_logs(
    level: str = "info", *, as_json: bool = True, stream: TextIO | None = None
) -> None:
    """Let structlog and the standard logging of libraries write to a stream, stderr by default.

    ``as_json``: one JSON object a line, for a service; else coloured lines for a person.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        # Plain: rich tracebacks show the values of variables, and with them secrets.
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    finish: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        *([structlog.processors.format_exc_info] if as_json else []),
        mask_secrets,
        last,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=finish)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_number(level))
    # They tell every request and every step at INFO and below; their warnings are enough.
    for library in ("discord", "alembic", "aiosqlite", "asyncio"):
        logging.getLogger(library).setLevel(max(_number(level), logging.WARNING))


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> Mapping[str, Any]:
    """Return the event with whatever looks like a secret replaced."""
    return {name: _masked(name, value) for name, value in event.items()}


def _masked(name: str, value: object) -> object:
    if _SECRET_NAME.search(name) and isinstance(value, str) and value:
        return "[masked]"
    if isinstance(value, str):
        for pattern, instead in _SECRETS:
            value = pattern.sub(instead, value)
    return value


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
