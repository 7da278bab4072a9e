"""Blind trials: two models answer one wish, and people say which piece they like better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.errors import GoneError
from bot.storage.learning_records import Choice, DayTally, NewTrial, Side, Tally, Trial
from bot.storage.models import ChoiceRow, JobRow, TrialRow
from bot.storage.people import lock, meet
from bot.storage.records import Clock
from bot.storage.rows import record


class Trials:
    """Trials with all that was chosen. They go with their pieces, choices with their people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, trial: NewTrial) -> Trial:
        """The trial is kept; a job told twice keeps and returns the first.

        Raises GoneError for a job or a piece that was deleted.
        """
        async with self._database.writing() as session:
            # The person first, as everywhere: a deletion of all that is theirs does so, too.
            asked_by = select(JobRow.person_id).where(JobRow.id == trial.job_id)
            person = await lock(session, await session.scalar(asked_by))
            if person is None:
                raise GoneError(f"Job {trial.job_id} has been deleted.")
            values = {**asdict(trial), "person_id": person.id, "made_at": self._clock()}
            await self._database.insert(session, TrialRow, values)
            row = select(TrialRow).where(TrialRow.job_id == trial.job_id)
            return record(Trial, (await session.scalars(row)).one())

    async def get(self, trial_id: int) -> Trial | None:
        """The trial; None if it is not, or no longer, there."""
        async with self._database.reading() as session:
            row = await session.get(TrialRow, trial_id)
            return None if row is None else record(Trial, row)

    async def of_piece(self, piece_id: int) -> Trial | None:
        """The trial that this piece stands in; None for one that was not compared."""
        here = (TrialRow.piece_a == piece_id) | (TrialRow.piece_b == piece_id)
        newest = select(TrialRow).where(here).order_by(TrialRow.id.desc()).limit(1)
        async with self._database.reading() as session:
            row = await session.scalar(newest)
            return None if row is None else record(Trial, row)

    async def choose(self, trial_id: int, person_id: int, choice: Side) -> Choice:
        """The person likes this piece better, whatever they chose before.

        Raises GoneError for a trial that was deleted.
        """
        now = self._clock()
        values = {"trial_id": trial_id, "person_id": person_id, "choice": choice, "at": now}
        async with self._database.writing() as session:
            await meet(self._database, session, person_id, now)
            await self._database.insert(session, ChoiceRow, values, update=("choice", "at"))
            row = await session.get_one(ChoiceRow, (trial_id, person_id))
            return record(Choice, row)

    async def tally(self, model: str, against: str, since: datetime | None = None) -> Tally:
        """How often people, who asked or listened, chose one model and the other.

        Of each person and trial the latest choice counts; ``since``: made then or later.
        """
        return _tally([won for _, won in await self._choices(model, against, since)])

    async def tally_by_day(self, model: str, against: str) -> list[DayTally]:
        """The same for each day (UTC) on which somebody chose, the earliest first."""
        days: dict[date, list[bool]] = defaultdict(list)
        for at, won in await self._choices(model, against, None):
            days[at.date()].append(won)
        return [DayTally(day, *_tally(won)) for day, won in days.items()]

    async def _choices(
        self, model: str, against: str, since: datetime | None
    ) -> list[tuple[datetime, bool]]:
        """When people chose between the two, in that order, and whether they chose ``model``."""
        either = TrialRow.model_a.in_((model, against)) & TrialRow.model_b.in_((model, against))
        rows = (
            select(ChoiceRow.at, ChoiceRow.choice, TrialRow.model_a)
            .join(TrialRow, TrialRow.id == ChoiceRow.trial_id)
            .where(either)
            .order_by(ChoiceRow.at)
        )
        if since is not None:
            rows = rows.where(ChoiceRow.at >= since)
        async with self._database.reading() as session:
            found = await session.execute(rows)
            return [(at, (choice == "a") == (first == model)) for at, choice, first in found]


def _tally(won: Collection[bool]) -> Tally:
    return Tally(sum(won), len(won) - sum(won))
