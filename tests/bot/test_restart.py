"""What an earlier life of the bot left is taken up: nothing lost, nothing posted twice."""

from __future__ import annotations

from pathlib import Path

from bot.assemble import utc_now
from bot.follow import PARKED
from bot.storage.records import NewJob, NewPiece, StoredJob
from bot.storage.storage import Storage
from engine.request import parse, resolve
from tests.bot.quick_worker import MIDI, WAITS
from tests.bot.stage import Stage


async def left_behind(played: Stage) -> StoredJob:
    """A job of ben's, as /compose keeps it."""
    payload = {"request": parse("jazz 8 bars").to_json(), "seed": 5, "audio": "mp3"}
    return await played.client.storage.jobs.add(
        NewJob(
            kind="compose",
            payload={**payload, "max_bytes": 10_000_000},
            person_id=played.ben.id,
            channel_id=played.channel.id,
            server_id=played.guild.id,
            request_id="abcd1234",
        )
    )


def piece_of(played: Stage) -> NewPiece:
    brief = resolve(parse("jazz 8 bars"), seed=5)
    return NewPiece(
        person_id=played.ben.id,
        channel_id=played.channel.id,
        server_id=played.guild.id,
        title=brief.title,
        brief=brief.to_json(),
        seed=5,
        midi=MIDI,
    )


async def test_a_job_that_was_running_is_composed_after_the_restart(played: Stage) -> None:
    job = await left_behind(played)
    await played.client.storage.jobs.start(job.id)
    await played.restart()
    (message,) = played.channel.history()
    assert "jazz" in message.embeds[0].title
    kept = await played.client.storage.jobs.get(job.id)
    assert kept is not None
    assert (kept.state, kept.attempts) == ("posted", 2)
    await played.restart()
    assert len(played.channel.history()) == 1  # a second restart finds nothing to do


async def test_a_job_that_never_began_waits_on(played: Stage) -> None:
    await left_behind(played)
    await played.restart()
    assert len(played.channel.history()) == 1


async def test_more_than_one_may_wait_for_are_taken_up_all(played: Stage) -> None:
    """Three wait and one runs when the bot is stopped: then all four wait."""
    for _ in range(6):
        await left_behind(played)
    await played.restart()
    assert len(played.channel.history()) == 6


async def test_what_was_composed_but_not_posted_is_played_again_and_posted_once(
    played: Stage,
) -> None:
    jobs = played.client.storage.jobs
    job = await left_behind(played)
    await jobs.start(job.id)
    pieces = await jobs.composed(job.id, [piece_of(played), piece_of(played)])
    await played.client.storage.messages.add(
        99,
        channel_id=played.channel.id,
        server_id=played.guild.id,
        piece_id=pieces[0].id,
        kind="piece",
    )
    await played.client.storage.messages.deleted([99])  # its piece was posted all the same
    await played.restart()
    (message,) = played.channel.history()
    assert played.piece_id(message) == pieces[1].id
    assert {"mp3", "mid", "png"} == {a.filename.split(".")[-1] for a in message.attachments}
    kept = await jobs.get(job.id)
    assert kept is not None
    assert kept.state == "posted"


async def test_a_job_that_stopped_the_bot_twice_is_reported_and_left(played: Stage) -> None:
    job = await left_behind(played)
    for _ in range(2):
        await played.client.storage.jobs.start(job.id)
        await played.client.storage.jobs.requeue(job.id)
    await played.restart()
    kept = await played.client.storage.jobs.get(job.id)
    assert kept is not None
    assert kept.state == "failed"
    (message,) = played.channel.history()
    assert played.ben.mention in message.content
    assert "stopped me twice" in message.content


async def test_closing_parks_what_runs_and_says_so(played: Stage) -> None:
    await played.ben.slash(played.channel, "compose", prompt="8 bars", seed=WAITS)
    await played.client.studio.close(0.0)
    await played.done()
    assert played.channel.last_message.content == PARKED
    (job,) = await played.client.storage.jobs.unfinished()
    assert job.state == "queued"


async def test_a_person_who_leaves_while_their_piece_is_composed_gets_none(
    played: Stage, tmp_path: Path
) -> None:
    await played.ben.slash(played.channel, "compose", prompt="8 bars", seed=WAITS)
    result = await played.ben.slash(played.channel, "mydata delete")
    await played.ben.click(result.response or result.followups[-1], label="Remove everything")
    await played.done()
    async with await Storage.open(played.client.settings.database_url, utc_now) as storage:
        assert await storage.jobs.unfinished() == []
        assert await storage.pieces.get(1) is None
