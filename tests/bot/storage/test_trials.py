import asyncio
from datetime import date, timedelta

import pytest

from bot.storage.errors import GoneError
from bot.storage.learning_records import NewTrial, Side
from bot.storage.storage import Storage
from tests.bot.storage.kept import ANNA, BEN, CLARA, Clock, new_job, new_piece, tried

pytestmark = pytest.mark.asyncio

BASE, TUNED = "small-4", "tuned-1"


async def test_a_trial_is_found_by_either_of_its_pieces(storage: Storage):
    trial = await tried(storage)
    await tried(storage)
    assert (trial.person_id, trial.model_a, trial.model_b) == (ANNA, BASE, TUNED)
    assert await storage.trials.get(trial.id) == trial
    assert await storage.trials.of_piece(trial.piece_a) == trial
    assert await storage.trials.of_piece(trial.piece_b) == trial
    other = await storage.pieces.add(new_piece())
    assert await storage.trials.of_piece(other.id) is None
    assert await storage.trials.get(404) is None


async def test_a_job_makes_one_trial_however_often_it_is_told(storage: Storage):
    trial = await tried(storage)
    again = NewTrial(trial.job_id, trial.piece_b, trial.piece_a, TUNED, BASE)
    told = await asyncio.gather(*(storage.trials.add(again) for _ in range(5)))
    assert told == [trial] * 5


@pytest.mark.parametrize("same", [(1, 1, BASE, TUNED), (1, 2, BASE, BASE)])
async def test_a_trial_compares_two(same: tuple[int, int, str, str]):
    with pytest.raises(ValueError, match="compares two pieces by two models"):
        NewTrial(7, *same)


async def test_of_a_job_or_a_piece_that_is_gone_there_is_no_trial(storage: Storage):
    with pytest.raises(GoneError, match="Job 404 has been deleted"):
        await storage.trials.add(NewTrial(404, 1, 2, BASE, TUNED))
    job = await storage.jobs.add(new_job())
    piece = await storage.pieces.add(new_piece())
    with pytest.raises(GoneError):
        await storage.trials.add(NewTrial(job.id, piece.id, piece.id + 1, BASE, TUNED))


async def test_each_has_one_choice_and_may_change_it(storage: Storage):
    trial = await tried(storage)
    sides: tuple[Side, ...] = ("a", "b", "b")
    first, second, third = [await storage.trials.choose(trial.id, BEN, side) for side in sides]
    assert [first.choice, second.choice, third.choice] == ["a", "b", "b"]
    assert first.at < second.at < third.at
    assert await storage.trials.tally(TUNED, BASE) == (1, 0)
    assert len((await storage.people.export(BEN))["choices"]) == 1


async def test_choices_made_at_once_are_one(storage: Storage):
    trial = await tried(storage)
    sides: tuple[Side, ...] = ("a", "b") * 8
    await asyncio.gather(*(storage.trials.choose(trial.id, BEN, side) for side in sides))
    assert sum(await storage.trials.tally(TUNED, BASE)) == 1


async def test_models_are_told_apart_wherever_they_stood(storage: Storage):
    one = await tried(storage, models=(BASE, TUNED))
    two = await tried(storage, models=(TUNED, BASE))
    await tried(storage, models=(TUNED, BASE))
    other = await tried(storage, models=("tuned-2", BASE))
    for trial in (one, two, other):
        for person in (ANNA, BEN, CLARA):
            await storage.trials.choose(trial.id, person, "a" if person == CLARA else "b")
    assert await storage.trials.tally(TUNED, BASE) == (3, 3)
    assert await storage.trials.tally("tuned-2", BASE) == (1, 2)
    assert await storage.trials.tally(BASE, "tuned-2") == (2, 1)
    assert await storage.trials.tally(TUNED, "tuned-2") == (0, 0)


async def test_a_tally_may_begin_later_and_be_told_by_days(storage: Storage, clock: Clock):
    trials = [await tried(storage) for _ in range(3)]
    for day, trial in enumerate(trials):
        await storage.trials.choose(trial.id, BEN, "b" if day else "a")
        await storage.trials.choose(trial.id, CLARA, "b")
        clock.now += timedelta(days=1)
    begun = clock.now - timedelta(days=2, hours=1)
    assert await storage.trials.tally(TUNED, BASE) == (5, 1)
    assert await storage.trials.tally(TUNED, BASE, since=begun) == (4, 0)
    assert await storage.trials.tally(TUNED, BASE, since=clock.now) == (0, 0)
    assert await storage.trials.tally_by_day(TUNED, BASE) == [
        (date(2026, 3, 1), 1, 1),
        (date(2026, 3, 2), 2, 0),
        (date(2026, 3, 3), 2, 0),
    ]
    assert await storage.trials.tally_by_day(TUNED, "tuned-2") == []


async def test_a_trial_goes_with_either_piece_and_a_choice_with_its_person(storage: Storage):
    one, two, three = [await tried(storage) for _ in range(3)]
    for trial in (one, two, three):
        await storage.trials.choose(trial.id, BEN, "a")
        await storage.trials.choose(trial.id, CLARA, "b")
    gone = await storage.pieces.delete(one.piece_a)
    assert (gone.counts["trials"], gone.counts["choices"]) == (1, 2)
    await storage.pieces.delete(two.piece_b)
    assert await storage.trials.get(one.id) is None
    assert await storage.trials.of_piece(two.piece_a) is None
    await storage.people.delete(BEN)
    assert await storage.trials.tally(TUNED, BASE) == (1, 0)
    with pytest.raises(GoneError):
        await storage.trials.choose(one.id, CLARA, "a")
