from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.assemble import registry_of
from bot.learning.export import FILE
from bot.learning.promote import main
from bot.learning.serving import Serving
from bot.settings import Settings
from bot.storage.learning_records import NewTrial
from engine.registry.digests import Digests
from engine.registry.errors import RegistryError
from engine.registry.registry import Registry
from tests.bot.cogs.test_admin import words
from tests.bot.cogs.test_finetune import ended
from tests.bot.learning.house import TOKENS
from tests.bot.learning.scripted_tune import make
from tests.bot.stage import QUICK_PROMOTE, Stage

AT = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def owned(played: Stage) -> Stage:
    """Ann owns the bot; one model has passed the gate and one has not."""
    object.__setattr__(played.client.settings, "owners", frozenset({played.ann.id}))
    for name in ("good", "bad"):
        make(registry(played).folder / name, name, b"", passed=name == "good")
    return played


def registry(played: Stage) -> Registry:
    return played.client.learning.models.registry


async def asked(played: Stage, command: str, who: Any = None, **options: Any) -> Any:
    result = await (who or played.ann).slash(played.channel, command, **options)
    return result.response or result.followups[-1]


async def test_the_list_says_what_each_model_is_and_whom_it_serves(owned: Stage) -> None:
    registry(owned).promote("good", server=str(owned.guild.id), by="x", at=AT)
    registry(owned).set_trial("bad", 0.2, by="x", at=AT)
    said = (await asked(owned, "model list")).content.splitlines()
    base, bad, good = sorted(said, key=lambda line: ("good" in line, "bad" in line))
    assert base.split(" · ")[1] == "🎼 **serves everyone**"
    assert "❌ as it was scripted" in bad
    assert "🎧 blind test on 20%: no choices yet" in bad
    assert good.startswith("**good** · 🎼 **serves this server** · ")
    assert "✅ passed" in good
    assert "ranker" in good


async def test_what_passed_is_promoted_by_a_button_and_rolled_back(owned: Stage) -> None:
    shown = await asked(owned, "model promote", id="good")
    assert registry(owned).served().folder is None  # asked once more
    await owned.ann.click(shown, label="Promote")
    assert registry(owned).served().id == "good"
    told = await asked(owned, "model rollback")
    assert registry(owned).served().folder is None
    assert registry(owned).served().id in told.content
    assert "no way back" in (await asked(owned, "model rollback")).content


async def test_a_server_gets_its_own(owned: Stage) -> None:
    shown = await asked(owned, "model promote", id="good", server=True)
    await owned.ann.click(shown, label="Promote")
    assert registry(owned).served(str(owned.guild.id)).id == "good"
    assert registry(owned).served().folder is None


async def test_what_has_not_passed_wants_its_id_typed(owned: Stage) -> None:
    shown = await asked(owned, "model promote", id="bad")
    assert "❌ It has not passed the gate. As it was scripted" in shown.content
    window = await owned.ann.click(shown, label="Promote anyway…")
    refused = await owned.ann.submit_modal(window, {"word": "good"})
    assert "nothing was promoted" in words(refused)
    window = await owned.ann.click(shown, label="Promote anyway…")
    await owned.ann.submit_modal(window, {"word": "bad"})
    (step,) = registry(owned).history()
    assert (step.after, step.forced, step.by) == ("bad", True, "owner")


def on_disk(played: Stage) -> str:
    """All that stands in the files that say what is served."""
    return "".join(path.read_text() for path in sorted(registry(played).folder.glob("*.json")))


async def test_the_history_of_models_names_no_owner_by_number(owned: Stage) -> None:
    await owned.ann.click(await asked(owned, "model promote", id="good"), label="Promote")
    await asked(owned, "model trial", id="bad")
    await asked(owned, "model trial", id="off")
    await asked(owned, "model rollback")
    assert [step.by for step in registry(owned).history()] == ["owner"] * 4
    assert str(owned.ann.id) not in on_disk(owned)


async def test_deleting_oneself_takes_ones_number_out_of_an_older_history(owned: Stage) -> None:
    """It used to say who promoted; so it goes even if nothing else is kept of an owner.

    And even if somewhere a file of ratings cannot be changed, which here is none.
    """
    (owned.client.learning.runs.recipe.folder / "run-7" / FILE).mkdir(parents=True)
    registry(owned).promote("good", by=f"Discord user {owned.ann.id}", at=AT)
    registry(owned).promote("bad", by=f"Discord user {owned.ann.id}0", at=AT, forced=True)
    await owned.ann.click(await asked(owned, "mydata delete"), label="Remove everything")
    by = [step.by for step in registry(owned).history()]
    assert by == ["owner", f"Discord user {owned.ann.id}0"]
    assert f'{owned.ann.id}"' not in on_disk(owned)


async def test_files_of_models_are_never_read_on_the_event_loop(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of megabytes may have to be hashed, and nobody was answered meanwhile."""
    registry(owned).promote("good", by="x", at=AT)
    registry(owned).set_trial("bad", 0.2, by="x", at=AT)
    threads: dict[str, set[str]] = {}
    of, loop = Digests.of, threading.current_thread().name

    def watched(self: Digests, path: Path) -> str:
        threads.setdefault(said, set()).add(threading.current_thread().name)
        return of(self, path)

    monkeypatch.setattr(Digests, "of", watched)
    commands: list[tuple[str, dict[str, Any]]] = [
        ("model list", {}),
        ("model choices", {}),
        ("model promote", {"id": "good"}),
        ("model trial", {"id": "bad"}),
        ("model judge", {"id": "good"}),
    ]
    for said, options in commands:
        await asked(owned, said, **options)
    assert set(threads) == {said for said, _ in commands}
    assert not any(loop in names for names in threads.values())


@pytest.mark.parametrize("command", ["promote", "trial"])
async def test_an_unknown_id_is_answered_with_the_known_ones(owned: Stage, command: str) -> None:
    assert "good" in (await asked(owned, f"model {command}", id="goood")).content


async def test_a_damaged_model_is_not_served(owned: Stage) -> None:
    (registry(owned).folder / "good" / "ranker.json").write_text("{}")
    shown = await asked(owned, "model promote", id="good")
    told = await owned.ann.click(shown, label="Promote")
    assert "damaged" in told.followups[-1].content
    assert registry(owned).served().folder is None
    assert "cannot be served" in (await asked(owned, "model list")).content


async def test_a_blind_test_begins_and_ends(owned: Stage) -> None:
    await asked(owned, "model trial", id="bad", share=35)
    trial = registry(owned).trial
    assert trial is not None
    assert (trial.model, trial.share) == ("bad", 0.35)
    served = registry(owned).served().id
    assert "is what is served" in (await asked(owned, "model trial", id=served)).content
    await asked(owned, "model trial", id="off")
    assert registry(owned).trial is None


async def test_choices_are_shown_by_day_and_in_all(owned: Stage) -> None:
    assert "no model is on trial" in (await asked(owned, "model choices")).content.lower()
    registry(owned).set_trial("good", 0.2, by="x", at=AT)
    assert "nobody has chosen yet" in (await asked(owned, "model choices")).content
    await owned.compose()
    storage, base = owned.client.storage, registry(owned).served().id
    other = await owned.kept(owned.ben)
    trial = await storage.trials.add(NewTrial(1, 1, other.id, "good", base))
    for person in (owned.ann, owned.ben, owned.cleo):
        await storage.trials.choose(trial.id, person.id, "b" if person is owned.cleo else "a")
    said = (await asked(owned, "model choices")).content
    assert "████████░░░░" in said
    assert "2:1" in said
    assert "chosen in 2 of 3 (67%, 95 % interval 21% to 94%)" in said


async def test_the_gate_judges_again_by_what_listeners_chose(
    owned: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "REFUSE")
    storage, base = owned.client.storage, registry(owned).served().id
    piece, other = [await owned.kept(owned.ben, tokens=TOKENS) for _ in range(2)]
    await storage.ratings.give(piece.id, owned.cleo.id, "like", "button")
    await owned.ann.click(await asked(owned, "finetune start"), label="Start")
    refused = (await ended(owned)).embeds[0].title.split()[-1]
    assert "not made by" in (await asked(owned, "model judge", id="good")).content
    assert "0 blind choices" in (await asked(owned, "model judge", id=refused)).content
    await owned.compose()
    trial = await storage.trials.add(NewTrial(1, piece.id, other.id, refused, base))
    for person in range(1000, 1010):
        await storage.trials.choose(trial.id, person, "a")
    await asked(owned, "model judge", id=refused)
    report = await ended(owned)
    assert report.embeds[0].title.startswith("✅ Passed")
    first, second = await storage.runs.get(1), await storage.runs.get(2)
    assert first is not None
    assert second is not None
    # The same model under another name: it was made of the same ratings with the same seed.
    assert (first.ratings_sha256, first.seed) == (second.ratings_sha256, second.seed)
    await storage.people.delete(owned.cleo.id)
    await owned.client.learning.runs.forget()
    await asked(owned, "model judge", id=refused)
    assert "no longer all there" in (await ended(owned)).content


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("list", {}), ("promote", {"id": "good"}), ("rollback", {}), ("trial", {"id": "good"}),
        ("choices", {}),
    ],
)  # fmt: skip
async def test_models_are_the_owners_alone(
    owned: Stage, command: str, options: dict[str, str]
) -> None:
    refused = await asked(owned, f"model {command}", owned.cleo, **options)
    assert "owner of the bot" in refused.content
    assert registry(owned).history() == []


def test_a_model_that_cannot_be_loaded_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its files are whole, but there is no ranker in its ranker.json: only loading tells."""
    make(tmp_path / "hollow", "hollow", b"", passed=True)
    status = main(["hollow", "--models", str(tmp_path), "--by", "x"])
    assert status == 2
    assert "hollow cannot be loaded" in capsys.readouterr().err
    assert not (tmp_path / "registry.json").exists()


async def test_the_process_that_loads_says_why_not(tmp_path: Path) -> None:
    registry = registry_of(Settings(models=tmp_path), os.environ)
    make(tmp_path / "bad", "bad", b"", passed=False)
    serving = Serving(registry, os.environ, lambda: AT, QUICK_PROMOTE)
    with pytest.raises(RegistryError, match="has not passed the gate"):
        await serving.promote("bad", server=None, by=None)
    await serving.promote("bad", server=None, by=None, forced=True)
    assert registry.served().id == "bad"
    assert registry.history()[0].by == "automatic mode"
    broken = Serving(registry, os.environ, lambda: AT, (sys.executable, "-c", "1 / 0", "-"))
    with pytest.raises(RegistryError, match="the log says why"):
        await broken.promote("bad", server=None, by=None)
