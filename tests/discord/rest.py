"""The REST side: finds the route, checks the traffic, answers, keeps the log."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from tests.discord.faults import DEFAULT_CODES, Failure
from tests.discord.forms import Form, read_form
from tests.discord.refusals import Refusal, invalid_form, unauthorised, unknown
from tests.discord.world import Channel, Guild, Message, World

if TYPE_CHECKING:
    from tests.discord.server import LoopbackDiscord

PREFIX = "/api/v10"
OPEN_TO_ALL = ("/interactions/", "/webhooks/")
"""Under these a token in the path says who asks."""


@dataclass(frozen=True)
class Logged:
    """A request that was answered."""

    method: str
    path: str
    status: int
    when_s: float
    """On the loopback's clock, at arrival."""
    took_s: float


@dataclass
class Call:
    """A request as a route sees it."""

    discord: LoopbackDiscord
    params: dict[str, str]
    query: dict[str, str]
    form: Form

    @property
    def world(self) -> World:
        return self.discord.world

    @property
    def body(self) -> Any:
        return self.form.body if self.form.body is not None else {}

    def number(self, name: str) -> int:
        """An id of the path. Raises Refusal where it is none."""
        if not self.params[name].isdecimal():
            words = f'Value "{self.params[name]}" is not snowflake.'
            raise invalid_form(name, "NUMBER_TYPE_COERCE", words)
        return int(self.params[name])

    def channel(self) -> Channel:
        found = self.world.channels.get(self.number("channel_id"))
        if found is None:
            raise unknown("Channel")
        return found

    def message(self) -> Message:
        found = self.channel().messages.get(self.number("message_id"))
        if found is None or found.ephemeral:
            raise unknown("Message")
        return found

    def guild(self) -> Guild:
        found = self.world.guilds.get(self.number("guild_id"))
        if found is None:
            raise unknown("Guild")
        return found


Handler = Callable[[Call], Awaitable[Any]]
"""Gives the answer's JSON, or None for an answer without."""
ROUTES: dict[tuple[str, str], tuple[Handler, int]] = {}


def route(method: str, template: str, status: int = 200) -> Callable[[Handler], Handler]:
    """Serve a method and path of Discord's description with this handler."""

    def enter(handler: Handler) -> Handler:
        ROUTES[method, template] = (handler, status)
        return handler

    return enter


def find(method: str, segments: list[str]) -> tuple[str, dict[str, str]] | None:
    """The template that fits, the most literal one first, and the values of its parameters."""
    found: list[tuple[int, str, dict[str, str]]] = []
    for known, template in ROUTES:
        keys = template.strip("/").split("/")
        if known != method or len(keys) != len(segments):
            continue
        pairs = list(zip(keys, segments, strict=True))
        if all(key == value or key.startswith("{") for key, value in pairs):
            params = {key[1:-1]: value for key, value in pairs if key.startswith("{")}
            found.append((len(params), template, params))
    return min(found)[1:] if found else None


class Rest:
    def __init__(self, discord: LoopbackDiscord) -> None:
        self.discord = discord

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one request and log it."""
        method, path = request.method, request.path.removeprefix(PREFIX)
        began, began_s = time.perf_counter(), self.discord.clock()
        await self.discord.faults.hold(method, path)
        failure = self.discord.faults.failure_for(method, path)
        if failure is not None:
            if failure.applied:
                await self._answer(request)
            else:
                await request.read()
            response = failed(failure)
        else:
            response = await self._answer(request)
        took_s = time.perf_counter() - began
        self.discord.requests.append(Logged(method, path, response.status, began_s, took_s))
        self.discord.world.changed()
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.method
        raw = request.rel_url.raw_path.removeprefix(PREFIX)
        found = find(method, [unquote(segment) for segment in raw.strip("/").split("/")])
        if found is None:
            self.discord.report(f"route not implemented: {method} {raw}")
            return as_response(404, {"message": "404: Not Found", "code": 0}, raw)
        template, params = found
        try:
            status, answer = await self._carry_out(request, template, params)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.to_json()
        except Exception:  # noqa: BLE001 - a fault of the loopback itself must be seen in the test
            self.discord.report(f"{method} {raw} broke: {traceback.format_exc()}")
            return as_response(500, {"message": "500: Internal Server Error", "code": 0}, template)
        self._check("answer", method, template, answer, status)
        return as_response(status, answer, template)

    async def _carry_out(
        self, request: web.Request, template: str, params: dict[str, str]
    ) -> tuple[int, Any]:
        who = request.headers.get("Authorization")
        if not template.startswith(OPEN_TO_ALL) and who != f"Bot {self.discord.token}":
            raise unauthorised()
        form = await read_form(request)
        fault = self._check("request", request.method, template, form.body)
        if fault is not None:
            raise invalid_form("", "BASE_TYPE_INVALID", fault)
        handler, status = ROUTES[request.method, template]
        answer = await handler(Call(self.discord, params, dict(request.query), form))
        return (status, answer) if answer is not None else (204, None)

    def _check(
        self, side: str, method: str, template: str, body: Any, status: int | None = None
    ) -> str | None:
        """What is not as Discord describes it, reported too; None where all is well."""
        checker = self.discord.checker
        if checker is None:
            return None
        if not checker.knows(method, template):
            fault: str | None = "not described"
        elif status is None:
            fault = checker.request_fault(method, template, body)
        else:
            if status >= 400:
                # The description has numbers as codes of single fields; Discord sends names.
                body = {key: value for key, value in body.items() if key != "errors"}
            fault = checker.answer_fault(method, template, status, body)
        if fault is not None:
            self.discord.report(f"{side} of {method} {template}: {fault}")
        return fault


def as_response(status: int, body: Any, bucket: str) -> web.Response:
    """An answer with the rate-limit headers of a bucket that never runs dry.

    The content type has no charset: discord.py compares it whole.
    """
    headers = {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": f"{hash(bucket) & 0xFFFFFFFF:08x}",
    }
    if body is None:
        return web.Response(status=status, headers=headers)
    data = json.dumps(body).encode()
    return web.Response(
        status=status, headers=headers | {"Content-Type": "application/json"}, body=data
    )


def failed(failure: Failure) -> web.Response:
    """The answer that a test ordered."""
    status = failure.status
    if status == 429:
        after_s = failure.retry_after_s
        body = {"message": "You are being rate limited.", "retry_after": after_s, "global": False}
        response = as_response(429, body | {"code": 0}, "failed")
        del response.headers["X-RateLimit-Bucket"]
        # Without Via, discord.py takes a 429 for a ban by Cloudflare and gives up.
        response.headers.update({"Via": "1.1 google", "Retry-After": str(after_s)})
        return response
    code = failure.code or DEFAULT_CODES.get(status, 0)
    return as_response(status, {"message": f"{status}: made to fail", "code": code}, "failed")
