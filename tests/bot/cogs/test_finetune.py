from __future__ import annotations

import json
import os
import signal
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.assemble import utc_now
from bot.storage.learning_records import Counted, NewRun
from engine.registry.registry import Registry
from tests.bot.cogs.test_admin import words
from tests.bot.learning.house import TOKENS
from tests.bot.stage import Stage, soon

LOOK_S = 61.0
"""In which automatic mode looks once at least."""


@pytest.fixture
async def owned(played: Stage) -> Stage:
    """Ann owns the bot; a piece of ben's is rated by cleo and by himself."""
    object.__setattr__(played.client.settings, "owners", frozenset({played.ann.id}))
    piece = await played.kept(played.ben, tokens=TOKENS)
    for person in (played.ben, played.cleo):
        await played.client.storage.ratings.give(piece.id, person.id, "like", "button")
    return played


def cog(played: Stage) -> Any:
    return played.client.get_cog("FinetuneCog")


def registry(played: Stage) -> Registry:
    return played.client.learning.models.registry


async def asked(played: Stage, command: str, who: Any = None, **options: Any) -> Any:
    result = await (who or played.ann).slash(played.channel, command, **options)
    return result.response or result.followups[-1]


async def begun(played: Stage, **options: Any) -> Any:
    """Let ann start a fine-tune; return the message that shows it."""
    plan = await asked(played, "finetune start", **options)
    await played.ann.click(plan, label="Start")
    return played.channel.last_message


async def ended(played: Stage) -> Any:
    """The message of the run, once it is its report."""
    await soon(cog(played).messages.idle())
    await played.env.settle()
    return played.channel.last_message


def labels(message: Any) -> list[str]:
    return [button.label for row in message.components for button in row.children]


async def working(played: Stage, run_id: int = 1) -> None:
    """Return when the run's process tunes, and the message shows it."""

    async def wait() -> None:
        async for step in played.client.learning.runs.news(run_id):
            if step.stage == "tune":
                return

    await soon(wait())


async def test_the_plan_says_what_is_used_and_costs_and_changes_nothing(owned: Stage) -> None:
    plan = await asked(owned, "finetune start")
    assert "2 ratings on 1 piece by 2 listeners" in plan.content  # no run was before
    assert "only the **ranker**" in plan.content
    assert "minutes" in plan.content
    await owned.ann.click(plan, label="Not now")
    assert await owned.client.storage.runs.unfinished() is None
    assert owned.channel.history() == []


async def test_from_start_to_report_to_promotion_and_back(owned: Stage) -> None:
    await begun(owned)
    report = await ended(owned)
    (embed,) = report.embeds
    assert embed.title.startswith("✅ Passed: tuned-")
    assert "before 93.2, now 93.0 (wanted ≥ 91.2)" in embed.description
    told = " ".join(str(field.value) for field in embed.fields)
    assert "calmer, higher" in told
    assert "three listeners vote as one" in told
    names = {attachment.filename for attachment in report.attachments}
    assert names == {"report.png", "before.mp3", "after.mp3"}
    assert labels(report) == ["Promote", "Blind test (20 %)", "Leave it"]
    run = await owned.client.storage.runs.get(1)
    assert run is not None
    assert run.message_id == report.id  # the progress has become the report
    await owned.ann.click(report, label="Promote")
    assert registry(owned).served().id == run.candidate
    (step,) = registry(owned).history()
    assert (step.by, step.forced) == ("owner", False)
    after = owned.channel.last_message
    assert labels(after) == ["Roll back"]
    await owned.ann.click(after, label="Roll back")
    assert registry(owned).served().folder is None


async def test_a_refused_model_is_promoted_only_by_typing_its_id_and_that_is_recorded(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "REFUSE")
    await begun(owned)
    report = await ended(owned)
    assert report.embeds[0].title.startswith("❌ Not passed")
    assert "❌ **pairs told right**" in report.embeds[0].description
    assert labels(report) == ["Promote anyway…", "Blind test (20 %)", "Leave it"]
    window = await owned.ann.click(report, label="Promote anyway…")
    told = await owned.ann.submit_modal(window, {"word": "yes"})
    assert "nothing was promoted" in words(told)
    assert registry(owned).history() == []
    run = await owned.client.storage.runs.get(1)
    assert run is not None
    window = await owned.ann.click(report, label="Promote anyway…")
    await owned.ann.submit_modal(window, {"word": str(run.candidate)})
    assert registry(owned).served().id == run.candidate
    assert registry(owned).history()[0].forced


async def test_a_server_can_learn_for_itself_alone(owned: Stage) -> None:
    await begun(owned, server=True)
    await owned.ann.click(await ended(owned), label="Promote")
    run = await owned.client.storage.runs.get(1)
    assert run is not None
    assert run.server_id == owned.guild.id
    assert registry(owned).served(str(owned.guild.id)).id == run.candidate
    assert registry(owned).served().folder is None


async def test_the_blind_test_button_tries_the_model_on_a_fifth(owned: Stage) -> None:
    await begun(owned)
    await owned.ann.click(await ended(owned), label="Blind test (20 %)")
    trial = registry(owned).trial
    assert trial is not None
    assert trial.share == 0.2


async def test_the_progress_shows_figures_and_its_button_cancels(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    message = await begun(owned)
    await working(owned)
    await owned.env.settle()
    shown = owned.channel.last_message.content
    assert "reading the ratings" in shown or "epoch 1" in shown
    status = await asked(owned, "finetune status")
    assert (
        "epoch 1, without group 3 of 6 · tells 62% of its pairs right · "
        "loss 0.610 · margin +0.30 · KL 0.010"
    ) in status.content
    refused = await owned.ben.click(message, label="Cancel")
    assert "owner of the bot" in words(refused)
    await owned.ann.click(message, label="Cancel")
    assert "was cancelled" in (await ended(owned)).content
    assert labels(owned.channel.last_message) == []


async def test_a_second_start_and_a_cancel_of_nothing_are_refused(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    plan = await asked(owned, "finetune start")
    await begun(owned)
    assert "under way already" in (await asked(owned, "finetune start")).content
    late = await owned.ann.click(plan, label="Start")  # offered before the first one began
    assert "under way already" in late.followups[-1].content
    await asked(owned, "finetune cancel")
    await ended(owned)
    assert "no fine-tune is under way" in (await asked(owned, "finetune cancel")).content.lower()


@pytest.mark.parametrize("command", ["start", "status", "cancel"])
async def test_learning_is_for_the_owner_alone(owned: Stage, command: str) -> None:
    refused = await asked(owned, f"finetune {command}", owned.cleo)
    assert "owner of the bot" in refused.content


async def test_without_ratings_and_with_times_that_are_none_one_reads_what_to_do(
    owned: Stage,
) -> None:
    assert "2026-11-01" in (await asked(owned, "finetune start", since="long ago")).content
    assert "in the past" in (await asked(owned, "finetune start", since="2999-01-01")).content
    told = await asked(owned, "finetune start", since=f"{utc_now() - timedelta(1):%Y-%m-%d}")
    assert "since" in told.content
    await owned.client.storage.people.delete(owned.ben.id)
    assert "has rated" in (await asked(owned, "finetune start")).content


async def test_new_ratings_are_counted_from_the_last_run_that_learned(owned: Stage) -> None:
    """A model that was only made again, to be judged, used to use all new ratings up."""
    storage = owned.client.storage

    async def counted() -> tuple[str, str]:
        plan = (await asked(owned, "finetune start")).content.split("(")[1].split(")")[0]
        automatic = await asked(owned, "finetune automatic", every=20)
        return plan, automatic.content.split("(")[1].split(")")[0]

    learned = await storage.runs.add(NewRun(config={}, seed=1))
    await storage.runs.start(learned.id, ratings_sha256="ab" * 32, counted=Counted(2, 1, 2))
    await storage.runs.finish(learned.id, "refused", candidate="bad")
    await storage.ratings.give(1, owned.ann.id, "love", "button")
    assert await counted() == ("1 new since the last run", "1 so far")
    again = await storage.runs.add(NewRun(config={"again": {"run": learned.id}}, seed=1))
    await storage.runs.start(again.id, ratings_sha256="ab" * 32, counted=Counted(2, 1, 2))
    await storage.runs.finish(again.id, "passed", candidate="good")
    assert await counted() == ("1 new since the last run", "1 so far")
    failed = await storage.runs.add(NewRun(config={}, seed=1))
    await storage.runs.finish(failed.id, "failed", sentence="There is no room.")
    # Nothing was learned, but automatic mode must not begin the same again every minute.
    assert await counted() == ("1 new since the last run", "0 so far")


async def test_buttons_of_before_say_what_became_of_their_run(owned: Stage) -> None:
    """Once they were called cadenza-run:cancel:7; such messages still stand in channels."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Cancel", custom_id="cadenza-run:cancel:7"))
    message = await owned.client.place(owned.channel.id, None).send("progress", view=view)
    view.stop()
    pressed = await owned.ann.click(message, label="Cancel")
    assert "has been deleted" in words(pressed)


async def test_a_failed_run_says_why(owned: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNE", "FAIL")
    await begun(owned)
    assert "there are too few ratings" in (await ended(owned)).content


async def test_a_restarted_bot_shows_the_run_on_and_reports_it(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    message = await begun(owned)
    await working(owned)
    await owned.restart()
    monkeypatch.setenv("TUNE", "PASS")
    pid = owned.client.learning.runs.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)  # and the process dies, too
    report = await ended(owned)
    assert report.id == message.id
    assert report.embeds[0].title.startswith("✅ Passed")


async def test_what_ended_while_nobody_could_be_told_is_told_after_the_restart(
    owned: Stage,
) -> None:
    runs = owned.client.learning.runs
    run = await runs.ask(NewRun(config={}, seed=1, channel_id=owned.channel.id))
    await cog(owned).messages._note(run.id, untold=True)

    async def end() -> None:
        async for _ in runs.news(run.id):
            pass

    await soon(end())
    assert owned.channel.history() == []
    await owned.restart()
    report = await ended(owned)
    assert report.embeds[0].title.startswith("✅ Passed")
    await owned.restart()
    assert len(owned.channel.history()) == 1  # once


async def test_automatic_mode_starts_after_so_many_ratings_and_serves_what_passes(
    owned: Stage,
) -> None:
    assert "20 ratings or more" in (await asked(owned, "finetune automatic", every=2)).content
    told = await asked(owned, "finetune automatic", every=20)
    assert "after every 20 new ratings (2 so far)" in told.content
    storage = owned.client.storage
    await owned.env.advance_time(LOOK_S)
    assert await storage.runs.latest(None) is None
    for person in range(1000, 1018):
        await storage.ratings.give(1, person, "love", "button")
    await owned.env.advance_time(LOOK_S)
    report = await ended(owned)
    assert "is served from now on" in report.content
    assert labels(report) == ["Roll back"]
    assert registry(owned).history()[0].by == "automatic mode"
    await owned.env.advance_time(LOOK_S)
    assert len(await storage.runs.of_scope(None)) == 1  # the ten are used up
    await asked(owned, "finetune automatic", every=0)
    assert "is off" in (await asked(owned, "finetune status")).content


async def test_what_automatic_mode_makes_is_not_served_where_the_gate_refuses(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "REFUSE")
    await owned.client.storage.settings.put(
        0, "learn_every", {"every": 2, "channel": owned.channel.id}
    )
    await owned.env.advance_time(LOOK_S)
    report = await ended(owned)
    assert "did not pass" in report.content
    assert registry(owned).history() == []


async def test_deleting_oneself_takes_ones_ratings_out_of_what_is_being_learned(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    await begun(owned)
    await working(owned)
    monkeypatch.setenv("TUNE", "PASS")
    result = await owned.cleo.slash(owned.channel, "mydata delete")
    await owned.cleo.click(result.response or result.followups[-1], label="Remove everything")
    report = await ended(owned)
    learned = next(f.value for f in report.embeds[0].fields if f.name == "Learned from")
    assert learned.startswith("1 rating of 1 piece by 1 listener;")
    (file,) = owned.client.learning.runs.recipe.folder.glob("run-*/ratings.jsonl")
    assert len(json.loads(file.read_text())["ratings"]) == 1
