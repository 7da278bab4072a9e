"""Fine-tunes: each a process of low priority, one at a time, through every restart.

What runs is a row in the database and a folder; whatever ends the process or the bot, the run goes
on from there. The process holds the folder's lock together with the bot, so two never run. Only a
run that was judged leaves a candidate.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.learning.export import ExportError, export_ratings, scrub
from bot.learning.folders import RunFolder, discard, folder_of, prune, try_lock
from bot.learning.process import Ended, TuneProcess
from bot.learning.steps import Candidate, News, Step, Wait
from bot.storage.errors import GoneError, StateError, StorageError
from bot.storage.learning_records import Counted, NewRun, Run, RunEnd
from bot.storage.storage import Storage
from engine.errors import CadenzaError
from engine.ratings.records import RatingsError
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


class Supervisor:
    """Sees fine-tunes through; ``start`` it, ``close`` it."""

    def __init__(self, storage: Storage, recipe: Recipe) -> None:
        self.recipe = recipe
        self._storage = storage
        self._log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")
        self._wake = asyncio.Event()
        self._news = News()
        self._process: TuneProcess | None = None
        self._run: Run | None = None
        """The one that the task sees to, as it was started last."""
        self._ratings = asyncio.Lock()
        """Whoever reads, writes or scrubs what is learned from holds it, and a run at its end."""
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
        """Return the run, cancelled; once its process has ended, it has left no candidate.

        Raises StateError for one that has ended, GoneError.
        """
        run = await self._storage.runs.finish(run_id, "cancelled")
        self._log.info("finetune cancelled", run=run_id)
        await self._news.over(run_id)
        if self._sees_to(run_id):
            self._stop()
        else:
            await self._discard(run)
        return run

    def step(self, run_id: int) -> Step | None:
        """Return how far a run is; None where nothing is known of it yet."""
        return self._news.step(run_id)

    async def news(self, run_id: int, wait: Wait | None = None) -> AsyncIterator[Step]:
        """Yield how far a run is, the newest alone, until it has ended or the bot closes.

        ``wait`` awaits what may take long, as in bot.commissions.
        """
        watch = self._news.watch(run_id)  # before it is asked: an end that comes then is heard
        if await self._is_over(run_id):
            await self._news.over(run_id)
        async for step in self._news.of(watch, wait):
            yield step

    async def forget(self) -> None:
        """Take what was deleted out of all exports; a run that knew it begins anew.

        What would start or end meanwhile waits, so that no run learns from, and none has ended
        with, what is being deleted. Raises ExportError where somebody is still named in a file,
        StorageError.
        """
        try:
            async with self._ratings:
                await self._scrub()
        finally:
            await self._end_if_deleted()

    async def _scrub(self) -> None:
        try:
            changed = await scrub(self.recipe.folder, self._storage)
        except ExportError:  # others were changed, and nobody says which
            self._begin_anew()
            raise
        if self._run is not None and self._folder(self._run.id).ratings in changed:
            self._begin_anew()

    def _begin_anew(self) -> None:
        if self._run is not None:
            self._log.info("finetune begins anew", run=self._run.id, reason="ratings deleted")
            self._changed = True
            self._stop()

    async def _end_if_deleted(self) -> None:
        """A run whose server was deleted is over."""
        run = self._run
        if run is None or await self._storage.runs.get(run.id) is not None:
            return
        await self._news.over(run.id)
        if self._sees_to(run.id):
            self._stop()

    async def close(self) -> None:
        """Let the process save and end; the run goes on at the next start."""
        self._closing = True
        await self._news.close()
        self._wake.set()
        self._stop()
        if self._task is not None:
            task, self._task = self._task, None
            await task
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _sees_to(self, run_id: int) -> bool:
        return self._run is not None and self._run.id == run_id

    def _folder(self, run_id: int) -> RunFolder:
        return folder_of(self.recipe.folder, run_id)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.stop(self.recipe.grace_s)

    # The task that sees runs through

    async def _serve(self) -> None:
        while not self._closing and not await self._locked():
            await self._pause()
        while not self._closing and not await self._scrubbed():
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

    async def _scrubbed(self) -> bool:
        """Return whether the exports were looked through; a file that resists is logged.

        Where the bot was killed between database and files, these have what was deleted.
        """
        try:
            await self.forget()
        except ExportError as error:
            self._log.error("not taken out of learning", error=str(error))
        except StorageError as error:
            self._log.error("exports not looked through", error=str(error))
            return False
        return True

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._wake.wait()
        self._wake.clear()

    async def _see_to(self, run: Run) -> None:
        """One attempt: the run has ended then, or waits for the next one."""
        self._run = run
        try:
            await self._attempt(run, self._folder(run.id))
        except (GoneError, StateError):  # deleted or cancelled meanwhile
            pass
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - one run's defect must not end all learning
            self._log.error("finetune failed", run=run.id, exc_info=error)
            with contextlib.suppress(GoneError, StateError):
                await self._fail(run, BROKE)
        finally:
            run, self._run, self._process = self._run, None, None
        left = await self._storage.runs.unfinished()
        going = None if left is None else left.id
        if run.id != going:
            await self._clear(run)
            await self._news.over(run.id)
        await asyncio.to_thread(prune, self.recipe.folder, going)

    async def _clear(self, run: Run) -> None:
        """What a run saved that has ended is gone, and so is a candidate that was not judged."""
        await asyncio.to_thread(self._folder(run.id).clear)
        ended = await self._storage.runs.get(run.id)
        if ended is None or ended.candidate is None:
            await self._discard(run)

    async def _discard(self, run: Run) -> None:
        """What an attempt made of these ratings is no candidate."""
        folder = self.recipe.models / model_id(run)
        try:
            if await asyncio.to_thread(discard, folder):
                self._log.info("candidate removed", run=run.id, model=folder.name)
        except OSError as error:
            self._log.error(
                "candidate not removed", run=run.id, folder=str(folder), error=str(error)
            )

    async def _attempt(self, run: Run, folder: RunFolder) -> None:
        if run.state == "running":  # the bot was killed
            await self._storage.runs.requeue(run.id)
            await asyncio.to_thread(folder.count_death)
        if await asyncio.to_thread(folder.deaths) >= MOST_DEATHS:
            await self._fail(run, DIED)
            return
        try:
            async with self._ratings:
                self._changed = False
                sha256, counted = await self._ratings_of(run, folder)
        except StorageError:
            raise
        except CadenzaError as error:
            await self._fail(run, str(error))
            return
        if not counted.ratings:
            await self._fail(run, NOTHING)
            return
        if run.ratings_sha256 not in (None, sha256):  # what it had made, knows somebody deleted
            await self._discard(run)
        run = await self._storage.runs.start(run.id, ratings_sha256=sha256, counted=counted)
        self._run = run
        self._log.info("finetune starts", run=run.id, attempt=run.attempts, **counted._asdict())
        candidate, ended = await self._tune(run, folder)
        async with self._ratings:
            await self._judge(run, folder, candidate, ended)

    async def _ratings_of(self, run: Run, folder: RunFolder) -> tuple[str, Counted]:
        """Return the hash and size of the run's file, which is written if it is not there.

        RatingsError for a model that is made again where it has not the ratings that it had.
        """
        again: Mapping[str, Any] | None = run.config.get("again")
        ratings = await asyncio.to_thread(folder.read)
        if ratings is None and again is not None:
            await asyncio.to_thread(folder.take_ratings, self._folder(again["run"]))
            ratings = await asyncio.to_thread(folder.read)
        if again is not None and (ratings is None or ratings.sha256 != again["sha256"]):
            raise RatingsError(OTHERS)
        if ratings is not None:
            return ratings.sha256, Counted(ratings.count, len(ratings.pieces), len(ratings.raters))
        await asyncio.to_thread(folder.path.mkdir, parents=True, exist_ok=True)
        exported = await export_ratings(
            self._storage, folder.ratings, server_id=run.server_id, since=run.since
        )
        return exported.sha256, Counted(exported.ratings, exported.pieces, exported.raters)

    async def _tune(self, run: Run, folder: RunFolder) -> tuple[Candidate | None, Ended]:
        """Return what the process made, and how it ended."""
        command = [*self.recipe.tune, "--ratings", str(folder.ratings), "--run", str(folder.work)]
        command += ["--models", str(self.recipe.models), "--name", model_id(run)]
        command += ["--seed", str(run.seed), "--threads", "1", "--json"]
        command += [] if run.server_id is None else ["--server", str(run.server_id)]
        if again := run.config.get("again"):
            wins, losses = await self._storage.trials.tally(again["model"], again["against"])
            command += ["--trials", str(folder.write_trials(wins, losses))]
        # An attempt that was killed when it was done but to tell has left one of the same name.
        await self._discard(run)
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
                await self._news.tell(run.id, said)
        return candidate, await process.ended()

    async def _judge(
        self, run: Run, folder: RunFolder, candidate: Candidate | None, ended: Ended
    ) -> None:
        """The run has ended, or waits to be begun again."""
        runs = self._storage.runs
        if self._changed:
            await self._discard(run)
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
            await self._fail(run, STARVED)
        elif ended.killed:
            self._log.warning("finetune killed", run=run.id, code=ended.code, said=ended.sentence)
            await asyncio.to_thread(folder.count_death)
            await runs.requeue(run.id)
        else:
            self._log.error("finetune failed", run=run.id, code=ended.code, said=ended.tail)
            plain = "Traceback" not in ended.tail and ended.sentence
            await self._fail(run, plain or BROKE)

    async def _fail(self, run: Run, sentence: str) -> None:
        self._log.info("finetune ended", run=run.id, state="failed", reason=sentence)
        await self._storage.runs.finish(run.id, "failed", sentence=sentence)

    async def _is_over(self, run_id: int) -> bool:
        run = await self._storage.runs.get(run_id)
        return run is None or run.state not in UNFINISHED


def model_id(run: Run) -> str:
    """Return what the run's model is called: the same in every attempt on the same ratings.

    Eight digits keep any other model's name apart: what is called so may be removed.
    """
    known = f"{run.id} {run.asked_at.isoformat()} {run.ratings_sha256}"
    told = hashlib.sha256(known.encode()).hexdigest()
    return f"tuned-{run.asked_at:%Y%m%d}-{told[:8]}"


def _card(folder: Path) -> dict[str, Any]:
    try:
        card = json.loads((folder / CARD).read_bytes())
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
