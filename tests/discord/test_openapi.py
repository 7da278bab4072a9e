"""The checker can fail, and says what and where."""

import discord
import pytest
from discord.http import Route

from tests.discord import LoopbackDiscord
from tests.discord.clients import online
from tests.discord.openapi import DESCRIPTION, load_checker
from tests.discord.world import Message

checker = load_checker()
needs_description = pytest.mark.skipif(
    checker is None, reason=f"Discord's description is not lent: {DESCRIPTION.name}"
)


@needs_description
@pytest.mark.asyncio
async def test_a_wrong_request_is_refused_and_reported() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        async with online(loopback) as bot:
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)
            with pytest.raises(discord.HTTPException) as refused:
                await bot.http.request(route, json={"content": 5})
            assert refused.value.code == 50035
        assert len(loopback.problems) == 1
        assert "request of POST /channels/{channel_id}/messages" in loopback.problems[0]
        assert "$.content: 5 is not of type" in loopback.problems[0]


@needs_description
@pytest.mark.asyncio
async def test_a_wrong_answer_of_the_loopback_itself_is_reported() -> None:
    async with LoopbackDiscord() as loopback:
        channel = loopback.add_guild().add_text_channel("music")
        message = Message(loopback.world.ids.next(), channel, loopback.me, "a piece")
        message.components = [{"type": 1, "components": []}]
        channel.messages[message.id] = message
        async with online(loopback) as bot:
            await bot.http.get_message(channel.id, message.id)
        assert len(loopback.problems) == 1
        assert "'id' is a required property" in loopback.problems[0]


@pytest.mark.asyncio
async def test_a_route_that_is_not_there_is_loud() -> None:
    async with LoopbackDiscord() as loopback:
        async with online(loopback) as bot:
            with pytest.raises(discord.NotFound):
                await bot.http.request(Route("GET", "/voice/regions"))
        assert loopback.problems == ["route not implemented: GET /voice/regions"]


@needs_description
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"embeds": [{"title": "x" * 257}]}, "$.embeds[0].title"),
        ({"embeds": [{"url": "no address"}]}, "$.embeds[0].url"),
        ({"embeds": [{"timestamp": "yesterday"}]}, "$.embeds[0].timestamp"),
        ({"components": [{"type": 1, "components": [{"type": 2, "style": 9}]}]}, "style"),
        ({"components": [{"type": 1, "components": []}]}, "$.components[0].components"),
        ({"attachments": [{"id": -1}]}, "$.attachments[0].id"),
        ({"nonce": "x" * 26}, "$.nonce"),
        (None, "no body"),
    ],
)
def test_each_wrong_body_is_named_where_it_is_wrong(body: object, fault: str) -> None:
    assert checker is not None
    found = checker.request_fault("POST", "/channels/{channel_id}/messages", body)
    assert found is not None
    assert fault in found


@needs_description
def test_all_implemented_routes_are_described() -> None:
    from tests.discord import rest

    assert checker is not None
    assert len(rest.ROUTES) > 40
    assert [key for key in rest.ROUTES if not checker.knows(*key)] == []
    for (method, template), (_, status) in rest.ROUTES.items():
        body = None if status == 204 else {}
        fault = checker.answer_fault(method, template, status, body) or ""
        assert "not described" not in fault
