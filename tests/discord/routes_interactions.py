"""Answers to interactions: the callback, the original response, followups."""

from __future__ import annotations

from tests.discord import message_payloads, payloads, posting
from tests.discord.exchange import (
    ALLOWED,
    CHOICES,
    COMMAND,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    THINKING,
    UPDATE,
    Exchange,
)
from tests.discord.forms import parts
from tests.discord.refusals import (
    already_acknowledged,
    expired_token,
    invalid_form,
    unknown,
)
from tests.discord.rest import Call, route
from tests.discord.routes_messages import note_missing_pictures
from tests.discord.world import Json, Message

HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = HOOK + "/messages/@original"
ONE = HOOK + "/messages/{message_id}"
EPHEMERAL = posting.EPHEMERAL


def shown(call: Call, message: Message) -> Json:
    return message_payloads.message(message, call.discord.me, reads_all=True)


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
async def respond(call: Call) -> Json | None:
    """The first response, once, in time, and of a kind that goes with the interaction."""
    exchange = call.discord.exchanges.get(call.params["interaction_token"])
    if exchange is None or exchange.id != call.number("interaction_id"):
        raise unknown("interaction")
    now_s, kind, data = call.discord.clock(), call.body["type"], call.body.get("data") or {}
    if exchange.response is not None:
        raise already_acknowledged()
    if exchange.ack_expired(now_s):
        raise unknown("interaction")
    if kind not in ALLOWED[exchange.kind] or (kind == UPDATE and exchange.source is None):
        words = f"A response of type {kind} to an interaction of type {exchange.kind}"
        raise invalid_form("type", "BASE_TYPE_CHOICES", words)
    act(call, exchange, kind, data)
    exchange.response = kind
    exchange.acknowledged_s = now_s - exchange.began_s
    call.discord.latencies.append(exchange.acknowledged_s)
    call.world.changed()
    return callback(call, exchange) if call.query.get("with_response") in ("true", "1") else None


def act(call: Call, exchange: Exchange, kind: int, data: Json) -> None:
    """What the response of that kind does; Refusal is raised before anything has changed."""
    if kind in (MESSAGE, THINKING):
        message = answer(call, exchange)
        if kind == THINKING:
            message.flags = posting.LOADING | (data.get("flags") or 0) & EPHEMERAL
        else:
            posting.fill(call.world, message, data, call.form.files)
            note_missing_pictures(call, message)
        exchange.message = message
        posting.publish(call.world, message)
    elif kind in (UPDATE, DEFERRED_UPDATE):
        exchange.message = exchange.source
        if kind == UPDATE:
            assert exchange.source is not None
            change(call, exchange.source)
    elif kind == MODAL:
        names = [part["custom_id"] for part in parts(data["components"]) if "custom_id" in part]
        if not names or len(set(names)) != len(names):
            words = "A modal needs inputs, each with a custom id of its own"
            raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", words)
        exchange.modal = data
    elif kind == CHOICES:
        exchange.choices = data.get("choices") or []


def change(call: Call, message: Message) -> None:
    body = call.body.get("data", call.body)
    posting.fill(call.world, message, body or {}, call.form.files)
    note_missing_pictures(call, message)
    posting.changed(call.world, message)


def answer(call: Call, exchange: Exchange) -> Message:
    """An empty message that says which interaction it answers."""
    message = Message(call.world.ids.next(), exchange.channel, call.discord.me)
    message.interaction_metadata = metadata(call, exchange)
    if exchange.kind == COMMAND:
        message.interaction = {
            "id": str(exchange.id),
            "type": exchange.kind,
            "name": exchange.name,
            "user": payloads.user(exchange.user),
        }
    return message


def metadata(call: Call, exchange: Exchange) -> Json:
    body: Json = {
        "id": str(exchange.id),
        "type": exchange.kind,
        "user": payloads.user(exchange.user),
        "authorizing_integration_owners": call.discord.integration_owners(exchange.channel),
    }
    if exchange.kind == 3 and exchange.source:
        body["interacted_message_id"] = str(exchange.source.id)
    if exchange.opener is not None:
        body["triggering_interaction_metadata"] = metadata(call, exchange.opener)
    return body


def callback(call: Call, exchange: Exchange) -> Json:
    kind, message = exchange.response, exchange.message
    about: Json = {"id": str(exchange.id), "type": exchange.kind}
    body: Json = {"interaction": about}
    if kind in (MESSAGE, THINKING, UPDATE) and message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
    if kind in (MESSAGE, UPDATE) and message is not None:
        body["resource"] = {"type": kind, "message": shown(call, message)}
    return body


def held(call: Call) -> Exchange:
    """The exchange whose token stands in the path. Raises Refusal where it cannot be used."""
    exchange = call.discord.exchanges.get(call.params["webhook_token"])
    if exchange is None or call.number("webhook_id") != call.discord.me.id:
        raise unknown("Webhook")
    if exchange.token_expired(call.discord.clock()):
        raise expired_token()
    if exchange.response is None or exchange.response == CHOICES:
        raise unknown("Webhook")
    return exchange


def original(call: Call) -> Message:
    message = held(call).message
    if message is None or message.deleted:
        raise unknown("Message")
    return message


def followup(call: Call) -> Message:
    exchange, number = held(call), call.number("message_id")
    for message in [*exchange.followups, exchange.message]:
        if message is not None and message.id == number and not message.deleted:
            return message
    raise unknown("Message")


def edited(call: Call, message: Message) -> Json:
    was_loading, flags = message.loading, message.flags
    message.flags &= ~posting.LOADING
    try:
        change(call, message)
    except BaseException:
        message.flags = flags
        raise
    if was_loading:
        message.edited = None
    return shown(call, message)


@route("POST", HOOK)
async def follow_up(call: Call) -> Json:
    """A further message; right after a deferral it becomes the response itself.

    https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message
    """
    exchange = held(call)
    if exchange.response == THINKING and exchange.message and exchange.message.loading:
        return edited(call, exchange.message)
    message = answer(call, exchange)
    message.interaction = None
    posting.fill(call.world, message, call.body, call.form.files)
    note_missing_pictures(call, message)
    exchange.followups.append(message)
    posting.publish(call.world, message)
    return shown(call, message)


@route("GET", ORIGINAL)
async def get_original(call: Call) -> Json:
    return shown(call, original(call))


@route("PATCH", ORIGINAL)
async def edit_original(call: Call) -> Json:
    return edited(call, original(call))


@route("DELETE", ORIGINAL, 204)
async def delete_original(call: Call) -> None:
    posting.remove(call.world, original(call))


@route("GET", ONE)
async def get_followup(call: Call) -> Json:
    return shown(call, followup(call))


@route("PATCH", ONE)
async def edit_followup(call: Call) -> Json:
    return edited(call, followup(call))


@route("DELETE", ONE, 204)
async def delete_followup(call: Call) -> None:
    posting.remove(call.world, followup(call))
