"""Two models answer one wish: people hear, choose, and read nowhere which model wrote which."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.blind import two_models
from bot.cards import WHICH
from bot.cogs.blind import GONE as DELETED
from bot.jobs import Job
from bot.storage.learning_records import Trial
from engine.registry.registry import Registry
from tests.bot.cogs.test_compose import labels
from tests.bot.quick_worker import GONE, WAITS
from tests.bot.stage import Stage
from tests.engine.registry.candidates import NOON, A, B, make_registry, promote

CHOICES = ["A is better", "B is better"]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Everyone is served A."""
    made = make_registry(tmp_path / "registry", A, B, GONE)
    promote(made, A)
    return made


def try_out(played: Stage, registry: Registry, share: float = 1.0, model: str = B) -> None:
    """Let a model be tried on a share of the wishes."""
    registry.set_trial(model, share, by="test", at=NOON)
    played.client.commissions.registry = registry
    played.client.commissions.chance = random.Random(1)


@pytest.fixture
def tried(played: Stage, registry: Registry) -> Stage:
    """The whole bot, with B on trial for every wish."""
    try_out(played, registry)
    return played


async def two_pieces(played: Stage) -> tuple[discord.Message, discord.Message]:
    await played.compose()
    one, other = [message for message in played.channel.history() if message.embeds]
    return (one, other) if one.id < other.id else (other, one)


async def trial_of(played: Stage, number: int = 1) -> Trial:
    trial = await played.client.storage.trials.get(number)
    assert trial is not None
    return trial


def seen(message: discord.Message) -> str:
    """Everything of a message that a person can read or download the name of."""
    embeds = [str(embed.to_dict()) for embed in message.embeds]
    files = [attachment.filename for attachment in message.attachments]
    return " ".join([message.content, *embeds, *files, *labels(message)])


async def test_both_pieces_are_posted_and_the_question_stands_below_the_second(
    tried: Stage,
) -> None:
    one, other = await two_pieces(tried)
    assert one.content == f"For {tried.ben.mention}, version A"
    assert other.content == f"For {tried.ben.mention}, version B\n{WHICH}"
    assert one.embeds[0].footer.text == "piece 1 · version A of two"
    assert other.embeds[0].footer.text == "piece 2 · version B of two"
    assert one.embeds[0].title == other.embeds[0].title
    assert not set(CHOICES) & set(labels(one))
    assert labels(other)[-2:] == CHOICES
    job = await tried.client.storage.jobs.get(1)
    assert job is not None
    assert job.state == "posted"


async def test_the_models_are_kept_and_named_to_nobody(tried: Stage) -> None:
    messages = await two_pieces(tried)
    trial = await trial_of(tried)
    assert {trial.model_a, trial.model_b} == {A, B}
    pieces = [await tried.client.storage.pieces.get(number) for number in (1, 2)]
    assert [piece and piece.details["model"] for piece in pieces] == [trial.model_a, trial.model_b]
    chosen = await tried.cleo.click(messages[1], label="A is better")
    told = [*map(seen, messages), str(chosen.followups[-1].content)]
    again = await tried.ben.slash(tried.channel, "history")
    told += [str(message.content) + str(message.embeds) for message in again.followups]
    for words in told:
        assert not any(model in words for model in (A, B, "tuned", "quick", "small-4"))


async def test_which_comes_first_is_drawn(tried: Stage) -> None:
    for _ in range(6):
        await tried.compose()
    first = {(await trial_of(tried, number)).model_a for number in range(1, 7)}
    assert first == {A, B}


async def test_a_choice_is_kept_for_each_person_and_can_be_changed(tried: Stage) -> None:
    _, question = await two_pieces(tried)
    trials, trial = tried.client.storage.trials, await trial_of(tried)
    pressed = await tried.ben.click(question, label="A is better")
    assert pressed.followups[-1].content.startswith("You find A better: noted.")
    assert pressed.followups[-1].flags.ephemeral
    await tried.cleo.click(question, label="A is better")
    assert tuple(await trials.tally(trial.model_a, trial.model_b)) == (2, 0)
    await tried.cleo.click(question, label="B is better")
    assert tuple(await trials.tally(trial.model_a, trial.model_b)) == (1, 1)


async def test_people_choose_after_a_restart_too(tried: Stage) -> None:
    _, question = await two_pieces(tried)
    await tried.restart()
    await tried.cleo.click(question, label="B is better")
    trial = await trial_of(tried)
    tally = await tried.client.storage.trials.tally(trial.model_b, trial.model_a)
    assert tuple(tally) == (1, 0)


async def test_what_was_composed_when_the_bot_died_is_posted_and_compared(
    tried: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pieces are kept in one transaction and the comparison in another: it may die between."""
    commissions: Any = type(tried.client.commissions)
    compare = commissions._compare

    async def dies(*_args: Any) -> None:
        raise RuntimeError("killed")

    async def unnoted(*_args: Any) -> None:
        return None

    monkeypatch.setattr(commissions, "_compare", dies)
    monkeypatch.setattr(commissions, "unposted", unnoted)
    await tried.compose()
    assert await tried.client.storage.trials.get(1) is None
    monkeypatch.setattr(commissions, "_compare", compare)
    await tried.restart()
    one, other = [message for message in tried.channel.history() if message.embeds]
    assert {one.embeds[0].footer.text, other.embeds[0].footer.text} == {
        "piece 1 · version A of two",
        "piece 2 · version B of two",
    }
    assert (await trial_of(tried)).piece_b == 2


async def test_two_pieces_count_as_one(tried: Stage) -> None:
    await tried.settings_of(per_day=2)
    await tried.compose()
    await tried.compose()
    assert await tried.client.storage.trials.get(2) is not None
    refused = await tried.ben.slash(tried.channel, "compose", prompt="jazz")
    assert "2 pieces in the last 24 hours" in refused.followups[-1].content


@pytest.mark.parametrize("gone", [0, 1])
async def test_of_a_deleted_piece_nothing_is_left_to_compare(tried: Stage, gone: int) -> None:
    messages = await two_pieces(tried)
    await tried.client.storage.pieces.delete(gone + 1)
    pressed = await tried.cleo.click(messages[1], label="A is better")
    assert pressed.followups[-1].content == DELETED


async def test_a_model_on_trial_that_no_worker_can_load_leaves_an_ordinary_piece(
    played: Stage, registry: Registry
) -> None:
    try_out(played, registry, model=GONE)
    message = await played.compose()
    assert message.content == f"For {played.ben.mention}"
    assert "quick" in message.embeds[0].footer.text
    assert await played.client.storage.trials.get(1) is None


async def payload_of(played: Stage, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    """What the studio is given for a wish."""
    given: list[Job] = []
    submit = played.client.studio.submit

    def noted(job: Job, **more: Any) -> Any:
        given.append(job)
        return submit(job, **more)

    monkeypatch.setattr(played.client.studio, "submit", noted)
    await played.compose(**options)
    return given[-1].payload


async def test_without_a_trial_one_model_answers(
    tried: Stage, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.set_trial(None, by="test", at=NOON)
    assert "models" not in await payload_of(tried, monkeypatch)


async def test_a_wish_with_a_seed_and_a_server_that_opted_out_are_answered_by_one(
    tried: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "models" in await payload_of(tried, monkeypatch)
    assert "models" not in await payload_of(tried, monkeypatch, seed=WAITS + 1)
    await tried.settings_of(blind=False)
    assert "models" not in await payload_of(tried, monkeypatch)


async def test_more_of_a_piece_is_made_by_one(tried: Stage) -> None:
    one, _ = await two_pieces(tried)
    await tried.ben.click(one, label="Again")
    await tried.done()
    again = tried.channel.last_message
    assert "a version of" in again.content
    assert not set(CHOICES) & set(labels(again))
    await tried.ben.click(one, label="Variations")
    await tried.done()
    assert await tried.client.storage.trials.get(2) is None


async def test_a_damaged_registry_stops_nobody(tried: Stage, registry: Registry) -> None:
    (registry.base / "card.json").write_text("{")
    assert (await tried.compose()).embeds
    assert await tried.client.storage.trials.get(1) is None


async def test_the_share_is_kept_on_average_and_the_order_is_even(registry: Registry) -> None:
    chance = random.Random(5)
    registry.set_trial(B, 0.25, by="test", at=NOON)
    drawn = [await two_models(registry, None, chance) for _ in range(400)]
    both = [models for models in drawn if models is not None]
    assert 70 < len(both) < 130
    assert 0.35 * len(both) < sum(models == [A, B] for models in both) < 0.65 * len(both)


async def test_a_server_that_is_served_the_model_on_trial_compares_nothing(
    registry: Registry,
) -> None:
    registry.set_trial(B, 1.0, by="test", at=NOON)
    promote(registry, B, server="7")
    assert await two_models(registry, 7, random.Random(1)) is None
    models = await two_models(registry, 8, random.Random(1))
    assert sorted(models or []) == [A, B]
