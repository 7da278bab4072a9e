from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs

TOKEN = f"{'M' * 24}.{'a' * 6}.{'b' * 30}"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_the_id_of_its_request(stream: io.StringIO) -> None:
    configure_logs(stream=stream)
    structlog.get_logger("bot").bind(request="ab12").info("composed", bars=8)
    (line,) = lines(stream)
    assert (line["event"], line["request"], line["bars"], line["level"]) == (
        "composed", "ab12", 8, "info",
    )  # fmt: skip
    assert str(line["timestamp"]).endswith("Z")


def test_lines_of_libraries_have_the_same_form(stream: io.StringIO) -> None:
    configure_logs(stream=stream)
    logging.getLogger("some.library").warning("count: %d", 3)
    assert lines(stream)[0]["event"] == "count: 3"


@pytest.mark.parametrize("name", ["token", "DISCORD_TOKEN", "password", "database_url"])
def test_what_is_called_a_secret_is_masked(stream: io.StringIO, name: str) -> None:
    configure_logs(stream=stream)
    structlog.get_logger("bot").info("started", **{name: "hunter2"})
    assert "hunter2" not in stream.getvalue()


def test_tokens_and_passwords_inside_of_text_are_masked(stream: io.StringIO) -> None:
    configure_logs(stream=stream)
    log = logging.getLogger("library")
    log.error("GET /bot with %s", TOKEN)
    log.error("cannot connect to postgresql://joe:hunter2@host/db")
    try:
        raise ValueError(TOKEN)
    except ValueError:
        structlog.get_logger("bot").exception("failed")
    assert TOKEN not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert "joe" in stream.getvalue()


def test_below_the_level_nothing_is_written(stream: io.StringIO) -> None:
    configure_logs("warning", stream=stream)
    structlog.get_logger("bot").info("chatter")
    logging.getLogger("discord.http").info("chatter")
    assert stream.getvalue() == ""


def test_lines_for_people_show_failures_without_values_of_variables(stream: io.StringIO) -> None:
    configure_logs(as_json=False, stream=stream)
    secret = "hunter" + str(2)
    try:
        raise ValueError("it broke")
    except ValueError:
        structlog.get_logger("bot").exception("failed", size=len(secret))
    assert "it broke" in stream.getvalue()
    assert secret not in stream.getvalue()


def test_the_token_of_an_interaction_is_masked(stream: io.StringIO) -> None:
    configure_logs(stream=stream)
    secret = "aW50ZXJhY3Rpb246" + "x" * 40
    logging.getLogger("discord").error("POST /webhooks/123/%s/messages responded with 429", secret)
    assert secret not in stream.getvalue()
    assert "/webhooks/123/[token]/messages" in stream.getvalue()
