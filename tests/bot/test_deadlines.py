from __future__ import annotations

from tests.bot.quick_worker import WAITS
from tests.bot.stage import Stage


async def test_who_waits_too_long_is_told_and_the_piece_is_not_composed_any_more(
    played: Stage,
) -> None:
    await played.cleo.slash(played.channel, "compose", prompt="jazz", seed=WAITS)
    at_work = played.channel.last_message
    await played.at_work()
    await played.ben.slash(played.channel, "compose", prompt="jazz")
    waiting = played.channel.last_message
    assert waiting.content == "🎼 you are next"
    await played.env.advance_time(played.client.settings.wait_s + 1)
    told = next(m for m in played.channel.history() if m.id == waiting.id)
    assert "did not get its turn in time" in told.content
    await played.cleo.click(at_work, label="Cancel")
    await played.done()
    job = await played.client.storage.jobs.get(2)
    assert job is not None
    assert job.state == "failed"
    assert "in time" in str(job.sentence)


async def test_places_in_the_queue_are_shown_and_move_up(played: Stage) -> None:
    await played.cleo.slash(played.channel, "compose", prompt="jazz", seed=WAITS)
    at_work = played.channel.last_message
    await played.at_work()
    for _ in range(2):
        await played.ben.slash(played.channel, "compose", prompt="jazz")
    last = played.channel.last_message
    assert last.content == "🎼 place 2 in the queue: 1 before you"
    await played.cleo.click(at_work, label="Cancel")
    await played.done()
    assert [bool(m.embeds) for m in played.channel.history()].count(True) == 2


async def test_more_than_may_wait_is_refused_privately(played: Stage) -> None:
    await played.cleo.slash(played.channel, "compose", prompt="jazz", seed=WAITS)
    at_work = played.channel.last_message
    await played.at_work()
    for _ in range(played.client.settings.queue_per_person):
        await played.ben.slash(played.channel, "compose", prompt="jazz")
    refused = await played.ben.slash(played.channel, "compose", prompt="jazz")
    assert "waiting already" in refused.followups[-1].content
    assert refused.followups[-1].flags.ephemeral
    await played.cleo.click(at_work, label="Cancel")
    await played.done()
