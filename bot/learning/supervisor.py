"""Fine-tunes: each a process of low priority, one at a time, through every restart.

What runs is a row in the database and a folder; whatever ends the process or the bot, the run goes
on from there. The process holds the folder's lock together with the bot, so two never run.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.learning.export import export_ratings, scrub
from bot.learning.folders import RunFolder, folder_of, prune, try_lock
from bot.learning.process import Ended, TuneProcess
from bot.learning.steps import Candidate, Step
from bot.storage.errors import GoneError, StateError, StorageError
from bot.storage.learning_records import Counted, NewRun, Run, RunEnd
from bot.storage.records import Forgotten
from bot.storage.storage import Storage
from engine.errors import CadenzaError
from engine.ratings.records import Ratings, RatingsError, read_ratings
from engine.registry.entry import CARD

TUNE = (sys.executable, "-m", "engine", "tune")
MOST_DEATHS = 3
"""A run whose process, or bot, was killed so often is given up."""
UNFINISHED = ("queued", "running")
LOOK_AGAIN_S = 2.0
"""How often a lock that another process holds, or a database that fails, is tried again."""
NOTHING = (
    "Nobody has rated anything in this scope yet; let people react to pieces with 👍 👎 ❤️ 🔥 😴, "
    "then start again."
)
DIED = (
    "The fine-tune was killed three times, so I gave it up; see that the machine has memory left "
    "and start it again with `/finetune start`."
)
STARVED = (
    "The fine-tune needs more memory than it may have; set CADENZA_LEARNING_MIB higher, restart "
    "the bot and start it again."
)
OTHERS = (
    "Its ratings are no longer all there, so the same model cannot be made again; start a new "
    "fine-tune with `/finetune start`."
)
BROKE = "The fine-tune broke off with an error that is in the log; start it again after reading it."

Wait = Callable[[Awaitable[Any], str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where and how runs run."""

    folder: Path
    """Of the runs; nobody else's."""
    models: Path
    """Where candidates go."""
    environ: Mapping[str, str]
    """Of the process, less the bot's secrets; read anew at each start."""
    memory_mib: int = 4096
    """What it may allocate; 0 for any amount."""
    grace_s: float = 20.0
    """So long it may take to save when it is asked to stop."""
    tune: Sequence[str] = TUNE


class _Watch:
    """What is shown of a run."""

    def __init__(self) -> None:
        self.step: Step | None = None
        self.over = False
        self.turn = 0


class Supervisor:
    """Sees fine-tunes through; ``start`` it, ``close`` it."""

    def __init__(self, storage: Storage, recipe: Recipe) -> None:
        self.recipe = recipe
        self._storage = storage
        self._log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")
        self._wake = asyncio.Event()
        self._told = asyncio.Condition()
        self._watches: dict[int, _Watch] = {}
        self._process: TuneProcess | None = None
        self._run_id: int | None = None
        self._changed = self._closing = False
        self._lock: int | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take up what an earlier life left, and then whatever is asked for; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._serve())

    @property
    def pid(self) -> int | None:
        """The number of the process that learns; None while none does."""
        return None if self._process is None else self._process.pid

    @property
    def closing(self) -> bool:
        """Whether what runs has been asked to save and end."""
        return self._closing

    async def ask(self, new: NewRun) -> Run:
        """Return the run, which begins at once. Raises StateError while another is unfinished."""
        run = await self._storage.runs.add(new)
        self._log.info("finetune asked", run=run.id, server=run.server_id, person=run.started_by)
        self._wake.set()
        return run

    async def cancel(self, run_id: int) -> Run:
        """Return the run, cancelled. Raises StateError for one that has ended, GoneError."""
        run = await self._storage.runs.finish(run_id, "cancelled")
        self._log.info("finetune cancelled", run=run_id)
        await self._over(run_id)
        if self._run_id == run_id:
            self._stop()
        return run

    def step(self, run_id: int) -> Step | None:
        """Return how far a run is; None where nothing is known of it yet."""
        watch = self._watches.get(run_id)
        return None if watch is None else watch.step

    async def news(self, run_id: int, wait: Wait | None = None) -> AsyncIterator[Step]:
        """Yield how far a run is, the newest alone, until it has ended or the bot closes.

        ``wait`` awaits what may take long, as in bot.commissions.
        """
        wait = wait or _plain_wait
        watch = self._watches.setdefault(run_id, _Watch())
        run = await self._storage.runs.get(run_id)
        if run is None or run.state not in UNFINISHED:
            self._watches.pop(run_id, None)
            return
        seen = 0
        while not watch.over and not self._closing:
            if watch.turn != seen and watch.step is not None:
                seen = watch.turn
                yield watch.step
            else:
                await wait(self._next(watch, seen), "a fine-tune runs")

    async def _next(self, watch: _Watch, seen: int) -> None:
        async with self._told:
            await self._told.wait_for(lambda: watch.turn != seen or watch.over or self._closing)

    async def forget(self, gone: Forgotten, person_id: int | None) -> None:
        """Take deleted people and pieces out of all exports; a run that knew them begins anew.

        Raises ExportError where somebody is still named in a file, StorageError.
        """
        mine = None if self._run_id is None else folder_of(self.recipe.folder, self._run_id)
        try:
            changed = await scrub(self.recipe.folder, person_id, gone.pieces, self._storage)
            if mine is not None and mine.ratings in changed:
                self._log.info("finetune begins anew", run=self._run_id, reason="ratings deleted")
                self._changed = True
                self._stop()
        finally:
            run_id = self._run_id
            if run_id is not None and await self._storage.runs.get(run_id) is None:
                await self._over(run_id)
                self._stop()

    async def close(self) -> None:
        """Let the process save and end; the run goes on at the next start."""
        self._closing = True
        async with self._told:
            self._told.notify_all()
        self._wake.set()
        self._stop()
        if self._task is not None:
            task, self._task = self._task, None
            await task
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _stop(self) -> None:
        if self._process is not None:
            self._process.stop(self.recipe.grace_s)

    # The task that sees runs through

    async def _serve(self) -> None:
        while not self._closing and not await self._locked():
            await self._pause()
        while not self._closing:
            self._wake.clear()
            try:
                run = await self._storage.runs.unfinished()
                if run is None:
                    await self._wake.wait()
                else:
                    await self._see_to(run)
            except StorageError as error:
                self._log.error("finetune not kept", error=str(error))
                await self._pause()

    async def _locked(self) -> bool:
        try:
            self._lock = await asyncio.to_thread(try_lock, self.recipe.folder)
        except OSError as error:
            self._log.error("no folder to learn in", error=str(error))
        return self._lock is not None

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._wake.wait()

    async def _see_to(self, run: Run) -> None:
        """One attempt: the run has ended then, or waits for the next one."""
        folder = folder_of(self.recipe.folder, run.id)
        self._run_id, self._changed = run.id, False
        try:
            await self._attempt(run, folder)
        except (GoneError, StateError):  # deleted or cancelled meanwhile
            pass
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - one run's defect must not end all learning
            self._log.error("finetune failed", run=run.id, exc_info=error)
            with contextlib.suppress(GoneError, StateError):
                await self._finish(run, "failed", sentence=BROKE)
        finally:
            self._run_id = self._process = None
        left = await self._storage.runs.unfinished()
        going = None if left is None else left.id
        if run.id != going:
            await asyncio.to_thread(folder.clear)
            await self._over(run.id)
        await asyncio.to_thread(prune, self.recipe.folder, going)

    async def _attempt(self, run: Run, folder: RunFolder) -> None:
        if run.state == "running":  # the bot was killed
            await self._storage.runs.requeue(run.id)
            await asyncio.to_thread(folder.count_death)
        if await asyncio.to_thread(folder.deaths) >= MOST_DEATHS:
            await self._finish(run, "failed", sentence=DIED)
            return
        try:
            sha256, counted = await self._ratings_of(run, folder)
        except StorageError:
            raise
        except CadenzaError as error:
            await self._finish(run, "failed", sentence=str(error))
            return
        if not counted.ratings:
            await self._finish(run, "failed", sentence=NOTHING)
            return
        run = await self._storage.runs.start(run.id, ratings_sha256=sha256, counted=counted)
        self._log.info("finetune starts", run=run.id, attempt=run.attempts, **counted._asdict())
        candidate, ended = await self._tune(run, folder)
        await self._judge(run, folder, candidate, ended)

    async def _ratings_of(self, run: Run, folder: RunFolder) -> tuple[str, Counted]:
        """Return the hash and size of the run's file, which is written if it is not there."""
        try:
            ratings = await asyncio.to_thread(read_ratings, folder.ratings)
        except RatingsError:  # not there yet, or cut short
            if again := run.config.get("again"):
                return await self._same_ratings(again, folder)
            await asyncio.to_thread(folder.path.mkdir, parents=True, exist_ok=True)
            exported = await export_ratings(
                self._storage, folder.ratings, server_id=run.server_id, since=run.since
            )
            counted = Counted(exported.ratings, exported.pieces, exported.raters)
            return exported.sha256, counted
        return ratings.sha256, _counted(ratings)

    async def _same_ratings(
        self, again: Mapping[str, Any], folder: RunFolder
    ) -> tuple[str, Counted]:
        """Return the same for a model that is judged again, and so made of what it was made of."""
        earlier = folder_of(self.recipe.folder, again["run"])
        await asyncio.to_thread(folder.take_ratings, earlier)
        try:
            ratings = await asyncio.to_thread(read_ratings, folder.ratings)
        except RatingsError as error:
            raise RatingsError(OTHERS) from error
        if ratings.sha256 != again["sha256"]:
            raise RatingsError(OTHERS)
        return ratings.sha256, _counted(ratings)

    async def _tune(self, run: Run, folder: RunFolder) -> tuple[Candidate | None, Ended]:
        """Return what the process made, and how it ended."""
        command = [*self.recipe.tune, "--ratings", str(folder.ratings), "--run", str(folder.work)]
        command += ["--models", str(self.recipe.models), "--name", model_id(run)]
        command += ["--seed", str(run.seed), "--threads", "1", "--json"]
        command += [] if run.server_id is None else ["--server", str(run.server_id)]
        if again := run.config.get("again"):
            wins, losses = await self._storage.trials.tally(again["model"], again["against"])
            command += ["--trials", str(folder.write_trials(wins, losses))]
        self._process = process = await TuneProcess.start(
            command,
            self.recipe.environ,
            memory_mib=self.recipe.memory_mib,
            keep_open=() if self._lock is None else (self._lock,),
        )
        # Whoever wanted it stopped while it was being started found no process to stop.
        if self._closing or self._changed or await self._is_over(run.id):
            self._stop()
        candidate = None
        async for said in process.says():
            if isinstance(said, Candidate):
                candidate = said
            else:
                await self._tell(run.id, said)
        return candidate, await process.ended()

    async def _judge(
        self, run: Run, folder: RunFolder, candidate: Candidate | None, ended: Ended
    ) -> None:
        """The run has ended, or waits to be begun again."""
        runs = self._storage.runs
        if self._changed:
            await runs.requeue(run.id)
        elif ended.code == 0 and candidate is not None:
            card = await asyncio.to_thread(_card, self.recipe.models / candidate.id)
            end: RunEnd = "passed" if candidate.passed else "refused"
            verdict = card.get("verdict")
            self._log.info("finetune done", run=run.id, state=end, model=candidate.id)
            await runs.finish(
                run.id, end, candidate=candidate.id, verdict=verdict, sentence=candidate.reason
            )
        elif self._closing:
            await runs.requeue(run.id)
        elif ended.starved:
            await self._finish(run, "failed", sentence=STARVED)
        elif ended.killed:
            self._log.warning("finetune killed", run=run.id, code=ended.code, said=ended.sentence)
            await asyncio.to_thread(folder.count_death)
            await runs.requeue(run.id)
        else:
            self._log.error("finetune failed", run=run.id, code=ended.code, said=ended.tail)
            plain = "Traceback" not in ended.tail and ended.sentence
            await self._finish(run, "failed", sentence=plain or BROKE)

    async def _finish(self, run: Run, end: RunEnd, *, sentence: str) -> None:
        self._log.info("finetune ended", run=run.id, state=end, reason=sentence)
        await self._storage.runs.finish(run.id, end, sentence=sentence)

    async def _is_over(self, run_id: int) -> bool:
        run = await self._storage.runs.get(run_id)
        return run is None or run.state not in UNFINISHED

    async def _tell(self, run_id: int, step: Step) -> None:
        async with self._told:
            watch = self._watches.setdefault(run_id, _Watch())
            watch.step = step
            watch.turn += 1
            self._told.notify_all()

    async def _over(self, run_id: int) -> None:
        async with self._told:
            watch = self._watches.pop(run_id, None)
            if watch is not None:
                watch.over = True
            self._told.notify_all()


async def _plain_wait(awaitable: Awaitable[Any], _reason: str) -> Any:
    return await awaitable


def model_id(run: Run) -> str:
    """Return what the run's model is called: the same in every attempt on the same ratings."""
    known = f"{run.id} {run.asked_at.isoformat()} {run.ratings_sha256}"
    told = hashlib.sha256(known.encode()).hexdigest()
    return f"tuned-{run.asked_at:%Y%m%d}-{told[:4]}"


def _counted(ratings: Ratings) -> Counted:
    return Counted(ratings.count, len(ratings.pieces), len(ratings.raters))


def _card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / CARD).read_bytes())
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
