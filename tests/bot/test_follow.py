"""What goes wrong between "composed" and "posted": nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import follow
from bot.answers import SORRY
from bot.follow import PARKED, UNPOSTABLE, UNSENT
from bot.storage.errors import StorageError
from bot.storage.records import NewJob
from tests.bot.quick_worker import WAITS
from tests.bot.stage import Stage, soon
from tests.bot.test_restart import left_behind, piece_of

POST = "/channels/*/messages"


async def state(played: Stage, job_id: int = 1) -> str:
    job = await played.client.storage.jobs.get(job_id)
    assert job is not None
    return job.state


def nothing_is_held(played: Stage) -> bool:
    """Whether neither a ticket nor a file of any job is left."""
    studio: Any = played.client.studio
    folder = played.client.settings.data / "making"
    in_flight: Any = played.client.follower
    return not studio._tickets and not list(folder.iterdir()) and not in_flight._in_flight


async def test_a_piece_that_discord_fails_to_take_is_sent_again(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "RETRIES_S", (0.0, 0.0, 0.0))
    played.env.inject_error("POST", POST, status=503, times=3)
    assert (await played.compose()).embeds
    assert await state(played) == "posted"
    assert nothing_is_held(played)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(403, 50013, UNPOSTABLE), (404, 10003, UNSENT), (400, 50035, UNSENT), (413, 40005, UNSENT)],
)
async def test_a_piece_that_discord_never_takes_is_kept_and_said_so(
    played: Stage, status: int, code: int, words: str
) -> None:
    job = await left_behind(played)
    played.env.inject_error("POST", POST, status=status, code=code, times=None)
    await played.restart()
    kept = await played.client.storage.jobs.get(job.id)
    assert kept is not None
    assert (kept.state, kept.sentence) == ("failed", f"😔 {words}")
    assert await played.client.storage.pieces.get(1) is not None
    assert nothing_is_held(played)


async def test_a_piece_on_its_way_when_the_bot_closes_is_posted_by_the_next_start(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower, waits = played.client.follower, asyncio.Event()
    pause = follower._pause

    async def noted(_seconds: float) -> None:
        waits.set()
        await played.env.external_wait(pause(60.0), reason="Discord takes nothing")

    monkeypatch.setattr(follower, "_pause", noted)
    played.env.inject_error("POST", POST, status=503)
    await played.ben.slash(played.channel, "compose", prompt="jazz")
    await soon(waits.wait())
    await follower.close(5.0)
    assert played.channel.last_message.content == PARKED
    assert await state(played) == "composed"
    await played.restart()
    (message,) = played.channel.history()
    assert message.embeds
    assert await state(played) == "posted"


async def test_a_commission_is_followed_though_its_progress_cannot_be_shown(
    played: Stage,
) -> None:
    played.env.inject_error("PATCH", "/webhooks/*", status=404, code=10008)
    await played.ben.slash(played.channel, "compose", prompt="jazz")
    await played.done()
    assert any(message.embeds for message in played.channel.history())
    assert nothing_is_held(played)


async def test_a_wish_by_message_is_followed_though_the_answer_cannot_be_sent(
    played: Stage,
) -> None:
    me = played.client.user
    assert me is not None
    played.env.inject_error("POST", POST, status=400, code=50035)
    await played.ben.send(played.channel, f"{me.mention} jazz calm")
    await played.done()
    assert played.channel.last_message.embeds


async def test_what_was_deleted_while_it_was_sent_does_not_stay_in_the_channel(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = played.client.storage.messages.add

    async def deleted_first(*args: Any, **more: Any) -> Any:
        await played.client.storage.people.delete(played.ben.id)
        return await keep(*args, **more)

    monkeypatch.setattr(played.client.storage.messages, "add", deleted_first)
    await played.ben.slash(played.channel, "compose", prompt="jazz")
    await played.done()
    assert not any(message.embeds for message in played.channel.history())
    assert nothing_is_held(played)


async def test_stems_of_a_piece_deleted_meanwhile_are_not_posted(played: Stage) -> None:
    piece = await played.compose()
    await played.cleo.slash(played.channel, "compose", prompt="8 bars", seed=WAITS)
    at_work = played.channel.last_message
    await played.at_work(2)
    await played.cleo.click(piece, label="Stems")
    await played.client.storage.pieces.delete(1)
    await played.cleo.click(at_work, label="Cancel")
    await played.done()
    assert not [m for m in played.channel.history() if m.attachments and m.id != piece.id]
    assert await state(played, 3) == "failed"
    assert nothing_is_held(played)


async def test_stems_that_were_made_but_not_posted_are_made_again(played: Stage) -> None:
    await played.compose()
    storage = played.client.storage
    one = await storage.pieces.get(1)
    assert one is not None
    job = await storage.jobs.add(
        NewJob(
            kind="render",
            payload={"brief": one.brief, "title": one.title, "seed": 1, "stems": True,
                     "midi": "", "audio": "mp3", "max_bytes": 10_000_000},
            person_id=played.cleo.id,
            channel_id=played.channel.id,
            server_id=played.guild.id,
            parent_piece_id=1,
            request_id="abcd1234",
        )
    )  # fmt: skip
    await storage.jobs.start(job.id)  # a worker had them, then the bot was killed
    await played.restart()
    assert [a.filename for a in played.channel.last_message.attachments] == ["piece-0.stems.zip"]
    assert await state(played, job.id) == "posted"


async def test_the_progress_of_an_earlier_life_goes_when_the_piece_is_posted(
    played: Stage,
) -> None:
    jobs = played.client.storage.jobs
    job = await left_behind(played)
    channel: Any = played.client.get_channel(played.channel.id)
    shown = await channel.send("🎼 mastering")
    await jobs.set_progress_message(job.id, shown.id)
    await jobs.start(job.id)
    await jobs.composed(job.id, [piece_of(played)])
    await played.restart()
    (message,) = played.channel.history()
    assert message.embeds
    assert nothing_is_held(played)


async def test_a_piece_parked_at_each_of_many_restarts_is_not_blamed(played: Stage) -> None:
    jobs = played.client.storage.jobs
    job = await left_behind(played)
    for _ in range(3):
        await jobs.start(job.id)
        await jobs.park(job.id)
    await played.restart()
    assert await state(played, job.id) == "posted"


async def test_smaller_files_leave_nothing_behind(played: Stage) -> None:
    played.env.inject_error("POST", POST, status=413, code=40005)
    assert (await played.compose()).embeds
    assert nothing_is_held(played)


async def test_a_button_that_breaks_is_answered_without_telling_of_the_database(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = await played.compose()

    async def refuse(*_args: Any) -> Any:
        raise StorageError("The PostgreSQL database music at db.internal cannot be used.")

    monkeypatch.setattr(played.client.storage.ratings, "counted", refuse)
    pressed = await played.cleo.click(piece, custom_id="cadenza:rate-fire:1")
    assert pressed.followups[-1].content == SORRY


async def test_files_that_cannot_be_read_end_the_job(
    played: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: Any) -> Any:
        raise KeyError("title")

    monkeypatch.setattr("bot.commissions.to_keep", broken)
    message = await played.compose()
    assert message.content == follow.BROKEN
    assert await state(played) == "failed"
    assert nothing_is_held(played)
