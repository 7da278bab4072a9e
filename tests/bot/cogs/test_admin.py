from __future__ import annotations

from typing import Any

import pytest

from bot.house_rules import HouseRules
from tests.bot.stage import Stage


def words(result: Any) -> str:
    message = result.response or result.followups[-1]
    return str(message.content or "") + "".join(
        f"{e.title} {e.description} " + " ".join(f"{f.name}: {f.value}" for f in e.fields)
        for e in message.embeds
    )


@pytest.mark.parametrize("command", ["status", "pause", "resume", "sync"])
async def test_the_owners_commands_are_for_the_owner_alone(played: Stage, command: str) -> None:
    # An admin of the server, but not the owner of the bot.
    result = await played.ann.slash(played.channel, f"studio {command}")
    assert "owner of the bot" in words(result)
    assert not played.client.commissions.paused


async def test_the_owner_sees_queue_workers_and_servers(played: Stage) -> None:
    await played.compose()
    object.__setattr__(played.client.settings, "owners", frozenset({played.cleo.id}))
    told = words(await played.cleo.slash(played.channel, "studio status"))
    assert "Waiting: 0" in told
    assert "1 of 1" in told
    assert "1 done" in told
    assert "quick" in told


async def test_paused_takes_no_new_wishes_until_resumed(played: Stage) -> None:
    object.__setattr__(played.client.settings, "owners", frozenset({played.cleo.id}))
    await played.cleo.slash(played.channel, "studio pause")
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert "break" in refused.followups[-1].content
    await played.cleo.slash(played.channel, "studio resume")
    assert (await played.compose()).embeds


async def panel(played: Stage) -> Any:
    result = await played.ann.slash(played.channel, "settings")
    return result.response or result.followups[-1]


async def rules(played: Stage) -> HouseRules:
    return await played.client.rules(played.guild.id)


async def test_settings_are_for_those_who_manage_the_server(played: Stage) -> None:
    role = played.guild.create_role("Helpers")
    dora = played.guild.add_member(played.env.create_user("dora"), roles=[role])
    with pytest.raises(Exception, match="settings"):
        # Discord hides the command from her; the check in code is tested through the panel.
        await dora.slash(played.channel, "settings")


async def test_the_panel_says_what_counts_and_changes_it_at_once(played: Stage) -> None:
    shown = await panel(played)
    assert "everywhere" in str(shown.embeds[0].to_dict())
    await played.ann.click(shown, label="Threads: off")
    assert (await rules(played)).threads
    await played.ann.click(shown, label="Reactions: off")
    assert (await rules(played)).reactions
    await played.ann.click(shown, label="Reset")
    assert await rules(played) == HouseRules()


async def test_quota_and_style_are_typed_in_a_window(played: Stage) -> None:
    shown = await panel(played)
    window = await played.ann.click(shown, label="Quota and style…")
    await played.ann.submit_modal(
        window,
        {"per_day": "1", "style": "lo-fi calm"},
    )
    assert (await rules(played)).per_day == 1
    message = await played.compose(prompt="8 bars")
    assert "lo-fi" in message.embeds[0].title.lower()
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert "1 are allowed" in refused.followups[-1].content


async def test_a_server_may_keep_out_of_blind_comparisons(played: Stage) -> None:
    for said, blind in (("no", False), ("Yes", True), ("", True)):
        window = await played.ann.click(await panel(played), label="Quota and style…")
        await played.ann.submit_modal(window, {"blind": said})
        assert (await rules(played)).blind is blind


@pytest.mark.parametrize(
    ("field", "said", "reason"),
    [
        ("per_day", "lots", "whole number"),
        ("style", "blorp", "blorp"),
        ("style", "in D minor", "names a genre"),
        ("blind", "hm", "yes or no"),
    ],
)
async def test_what_cannot_be_set_is_said_and_nothing_changes(
    played: Stage, field: str, said: str, reason: str
) -> None:
    window = await played.ann.click(await panel(played), label="Quota and style…")
    result = await played.ann.submit_modal(window, {"per_day": "", "style": "", field: said})
    assert reason in words(result)
    assert await rules(played) == HouseRules()


async def test_only_the_channels_and_roles_chosen_may_compose(played: Stage) -> None:
    studio = played.guild.create_text_channel("studio")
    await played.settings_of(channels=(studio.id,))
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert f"<#{studio.id}>" in refused.followups[-1].content
    role = played.guild.create_role("Composers")
    await played.settings_of(roles=(role.id,))
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert f"<@&{role.id}>" in refused.followups[-1].content
    dora = played.guild.add_member(played.env.create_user("dora"), roles=[role])
    assert (await played.compose(dora)).embeds


async def test_an_admin_removes_all_data_of_the_server(played: Stage) -> None:
    await played.compose()
    await played.settings_of(threads=False, per_day=5)
    shown = await panel(played)
    window = await played.ann.click(shown, label="Delete data…")
    result = await played.ann.submit_modal(window, {"word": "no"})
    assert "Nothing was deleted" in words(result)
    window = await played.ann.click(shown, label="Delete data…")
    await played.ann.submit_modal(window, {"word": "DELETE"})
    assert await played.client.storage.pieces.get(1) is None
    assert not [m for m in played.channel.history() if m.embeds]
    assert await rules(played) == HouseRules()


async def test_two_admins_with_a_panel_each_do_not_undo_each_other(played: Stage) -> None:
    first, second = await panel(played), await panel(played)
    await played.ann.click(first, label="Threads: off")
    await played.ann.click(second, label="Reactions: off")
    assert await rules(played) == HouseRules(threads=True, reactions=True)
