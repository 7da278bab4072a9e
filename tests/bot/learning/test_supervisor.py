from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.learning import supervisor as supervising
from bot.learning.export import FILE, ExportError, scrub
from bot.learning.folders import prune, try_lock
from bot.learning.process import TuneProcess
from bot.learning.steps import Candidate, Step, read_line
from bot.learning.supervisor import BROKE, DIED, OTHERS, STARVED, Supervisor, model_id
from bot.storage.errors import StateError
from bot.storage.learning_records import Counted, NewRun, Run
from bot.storage.storage import Storage
from engine.ratings.records import read_ratings
from tests.bot.learning.house import BEN, at_the_end, at_work, begun, learning, rated, supervisor
from tests.bot.learning.scripted_tune import make
from tests.bot.stage import soon

NEW = NewRun(config={}, seed=7)


class WatchedLock(asyncio.Lock):
    """A lock that says when somebody has to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for = asyncio.Event()

    async def acquire(self) -> Any:
        if self.locked():
            self.waited_for.set()
        return await super().acquire()


def candidates(folder: Path) -> list[str]:
    """The models that the registry would list; nothing else is left beside them."""
    models = folder / "models"
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


async def deleted(runs: Supervisor, storage: Storage) -> None:
    """Ben is in nothing any more."""
    await storage.people.delete(BEN)
    await runs.forget()


async def forget_while(
    runs: Supervisor,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[], Awaitable[Any]],
) -> None:
    """Ben is deleted; before any file is touched something happens, as far as it is let."""
    lock = runs._ratings = WatchedLock()

    async def scrub_then(*given: Any) -> list[Path]:
        going = [asyncio.ensure_future(happens()), asyncio.ensure_future(lock.waited_for.wait())]
        await soon(asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED))
        for task in going:
            task.cancel()
        return await scrub(*given)

    monkeypatch.setattr(supervising, "scrub", scrub_then)
    await soon(deleted(runs, storage))
    monkeypatch.setattr(supervising, "scrub", scrub)


def again(run: Run) -> NewRun:
    """The same model is made again, to be judged by blind choices."""
    of = {"run": run.id, "model": run.candidate, "against": "x", "sha256": run.ratings_sha256}
    return NewRun(config={"again": of}, seed=run.seed)


def alive(pid: int | None) -> bool:
    """Whether a process runs; one that has ended may wait for its parent to take notice."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


@pytest.mark.parametrize(("mode", "state"), [("PASS", "passed"), ("REFUSE", "refused")])
async def test_a_run_leaves_a_candidate_with_its_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, state: str
) -> None:
    monkeypatch.setenv("TUNE", mode)
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.ratings, run.pieces, run.raters) == (state, 2, 1, 2)
    assert run.candidate is not None
    card = json.loads((tmp_path / "models" / run.candidate / "card.json").read_bytes())
    assert run.verdict == card["verdict"]
    assert card["ratings"]["sha256"] == run.ratings_sha256


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("FAIL", "there are too few ratings to learn from; let people rate more"),
        ("BREAK", BROKE),
        ("STARVE", STARVED),
        ("DIE_ALWAYS", DIED),
    ],
)
async def test_a_failed_run_says_in_a_sentence_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, sentence: str
) -> None:
    monkeypatch.setenv("TUNE", mode)
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.sentence) == ("failed", sentence)
    assert len(begun(tmp_path, run.id)) == (3 if mode == "DIE_ALWAYS" else 1)


async def test_one_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (_, runs):
        run = await runs.ask(NEW)
        with pytest.raises(StateError, match="under way already"):
            await runs.ask(NEW)
        await at_work(runs, run.id)
        # Another bot on the same folder waits for this one.
        assert try_lock(tmp_path / "learning") is None
        await runs.close()
        lock = try_lock(tmp_path / "learning")
        assert lock is not None
        os.close(lock)


async def test_a_cancelled_run_ends_at_once_and_its_process_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        pid = runs.pid
        assert pid is not None
        assert (await runs.cancel(run.id)).state == "cancelled"
        monkeypatch.setenv("TUNE", "PASS")
        second = await runs.ask(NEW)
        assert (await at_the_end(runs, storage, second.id)).state == "passed"
        assert not alive(pid)


async def test_a_cancelled_run_leaves_no_candidate_even_if_it_was_done_that_very_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "LATE")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        await runs.cancel(run.id)
        monkeypatch.setenv("TUNE", "PASS")
        second = await runs.ask(NEW)
        second = await at_the_end(runs, storage, second.id)
    assert candidates(tmp_path) == [second.candidate]


async def test_a_run_that_is_cancelled_while_nothing_runs_leaves_no_candidate(
    tmp_path: Path,
) -> None:
    """An earlier life was killed between the candidate and the word of it."""
    async with rated(tmp_path) as storage:
        run = await storage.runs.add(NEW)
        run = await storage.runs.start(
            run.id, ratings_sha256="ab" * 32, counted=Counted(ratings=2, pieces=1, raters=2)
        )
        make(tmp_path / "models" / model_id(run), model_id(run), b"", passed=True)
        await supervisor(storage, tmp_path).cancel(run.id)
    assert candidates(tmp_path) == []


@pytest.mark.parametrize("mode", ["DIE", "DIE_LATE"])
async def test_a_run_whose_process_is_killed_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("TUNE", mode)
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.attempts) == ("passed", 2)
    first, second = begun(tmp_path, run.id)
    assert first == second  # the same ratings: it could go on where it was


async def test_a_bot_that_is_stopped_saves_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        for _ in range(4):  # as often as anybody likes: being stopped is no death
            await at_work(runs, run.id)
            await soon(runs.close())
            parked = await storage.runs.get(run.id)
            assert parked is not None
            assert parked.state == "queued"
            runs = supervisor(storage, tmp_path)
            runs.start()
        await at_work(runs, run.id)
        await runs.close()
        monkeypatch.setenv("TUNE", "PASS")
        runs = supervisor(storage, tmp_path)
        runs.start()
        assert (await at_the_end(runs, storage, run.id)).state == "passed"
        await runs.close()


async def test_a_bot_that_was_killed_takes_its_process_along_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with rated(tmp_path) as storage:
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bot.learning.killed_while_learning", str(tmp_path),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert bot.stdout is not None
        try:
            pid = int(await soon(bot.stdout.readline()))
            assert alive(pid)
        finally:
            bot.kill()
            await bot.wait()
        left = await storage.runs.unfinished()
        assert left is not None
        assert left.state == "running"
        monkeypatch.setenv("TUNE", "PASS")
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await at_the_end(runs, storage, left.id)
        await runs.close()
    assert (run.state, run.attempts) == ("passed", 2)
    assert not alive(pid)  # it held the lock with the bot, and is gone


async def test_whoever_is_deleted_is_taken_out_and_the_run_begins_anew_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        pid = runs.pid
        monkeypatch.setenv("TUNE", "PASS")
        await deleted(runs, storage)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.ratings, run.raters) == ("passed", 1, 1)
    first, second = begun(tmp_path, run.id)
    assert first != second == run.ratings_sha256
    assert read_ratings(tmp_path / "learning" / f"run-{run.id}" / FILE).count == 1
    assert not alive(pid)


async def test_a_run_that_starts_while_somebody_is_deleted_learns_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used to read its file, which was there from before, while that was being rewritten.

    Whose file it was had been asked before, when no run was under way: so nobody told it.
    """
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        await runs.close()
        runs = supervisor(storage, tmp_path)

        async def starts() -> None:
            runs.start()
            await at_work(runs, run.id)

        await forget_while(runs, storage, monkeypatch, starts)
        await at_work(runs, run.id)
        going = await storage.runs.get(run.id)
        await runs.close()
    assert going is not None
    assert (going.ratings, going.raters) == (1, 1)
    left = read_ratings(tmp_path / "learning" / f"run-{run.id}" / FILE)
    assert left.count == 1
    assert begun(tmp_path, run.id)[-1] == going.ratings_sha256 == left.sha256


async def test_where_the_bot_was_killed_after_the_database_the_files_are_scrubbed_at_the_start(
    tmp_path: Path,
) -> None:
    async with learning(tmp_path) as (storage, runs):
        run = await at_the_end(runs, storage, (await runs.ask(NEW)).id)
        await runs.close()
        file = runs._folder(run.id).ratings
        assert len(read_ratings(file).raters) == 2
        await storage.people.delete(BEN)
        runs = supervisor(storage, tmp_path)
        runs.start()
        await at_the_end(runs, storage, (await runs.ask(NEW)).id)
        await runs.close()
    assert len(read_ratings(file).raters) == 1


async def test_a_candidate_that_knew_somebody_deleted_while_the_bot_was_killed_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        going = await storage.runs.get(run.id)
        await runs.close()
        assert going is not None
        ratings = runs._folder(run.id).ratings.read_bytes()
        # As if it had come before the kill.
        make(tmp_path / "models" / model_id(going), model_id(going), ratings, passed=True)
        await storage.people.delete(BEN)
        monkeypatch.setenv("TUNE", "PASS")
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
    assert candidates(tmp_path) == [run.candidate] != [model_id(going)]


async def test_a_model_is_not_made_again_of_ratings_that_are_being_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with learning(tmp_path) as (storage, runs):
        first = await runs.ask(NEW)
        first = await at_the_end(runs, storage, first.id)
        asked: list[Run] = []

        async def judges_again() -> None:
            asked.append(await runs.ask(again(first)))
            await at_the_end(runs, storage, asked[0].id)

        await forget_while(runs, storage, monkeypatch, judges_again)
        second = await at_the_end(runs, storage, asked[0].id)
    assert (second.state, second.sentence) == ("failed", OTHERS)
    assert candidates(tmp_path) == [first.candidate]


async def test_a_model_is_not_made_again_without_those_who_were_deleted_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run used to begin anew on what was left, and another model was judged by the choices."""
    async with learning(tmp_path) as (storage, runs):
        first = await runs.ask(NEW)
        first = await at_the_end(runs, storage, first.id)
        monkeypatch.setenv("TUNE", "HANG")
        second = await runs.ask(again(first))
        await at_work(runs, second.id)
        monkeypatch.setenv("TUNE", "PASS")
        await deleted(runs, storage)
        second = await at_the_end(runs, storage, second.id)
    assert (second.state, second.sentence) == ("failed", OTHERS)


async def test_a_run_that_ends_while_somebody_is_deleted_begins_anew_and_leaves_one_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "LATE")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        monkeypatch.setenv("TUNE", "PASS")

        async def ends() -> None:
            assert runs.pid is not None
            os.kill(runs.pid, signal.SIGTERM)
            await at_the_end(runs, storage, run.id)

        await forget_while(runs, storage, monkeypatch, ends)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.raters, run.attempts) == ("passed", 1, 2)
    assert candidates(tmp_path) == [run.candidate]


async def test_a_run_that_is_done_when_it_is_told_to_begin_anew_leaves_one_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had made of deleted ratings stood in the registry beside what it made without."""
    monkeypatch.setenv("TUNE", "LATE")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        monkeypatch.setenv("TUNE", "PASS")
        await deleted(runs, storage)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.raters) == ("passed", 1)
    assert candidates(tmp_path) == [run.candidate]


async def test_a_run_begins_anew_also_where_another_file_cannot_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        (tmp_path / "learning" / "run-77" / FILE).mkdir(parents=True)  # not even a file
        monkeypatch.setenv("TUNE", "PASS")
        with pytest.raises(ExportError, match="run-77"):
            await deleted(runs, storage)
        run = await at_the_end(runs, storage, run.id)
    assert (run.state, run.raters) == ("passed", 1)


@pytest.mark.parametrize("mode", ["HANG", "LATE"])
async def test_a_server_that_is_deleted_takes_its_run_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("TUNE", mode)
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NewRun(config={}, seed=1, server_id=6))
        await at_work(runs, run.id)
        await storage.servers.delete(6)
        await runs.forget()

        async def nothing_left() -> None:
            async for _ in runs.news(run.id):
                pass

        await soon(nothing_left())
        assert await storage.runs.get(run.id) is None
    assert candidates(tmp_path) == []


async def test_without_ratings_nothing_is_begun(tmp_path: Path) -> None:
    async with learning(tmp_path) as (storage, runs):
        run = await runs.ask(NewRun(config={}, seed=1, server_id=77))
        run = await at_the_end(runs, storage, run.id)
    assert run.state == "failed"
    assert "rated anything" in str(run.sentence)
    assert run.attempts == 0


async def test_the_process_has_the_lowest_priority_no_secrets_and_one_thread(
    tmp_path: Path,
) -> None:
    told = "import os, json; print(json.dumps({'stage': json.dumps([os.nice(0), sorted("
    told += "n for n in os.environ if 'TOKEN' in n or 'DATABASE' in n), "
    told += "os.environ['OMP_NUM_THREADS']]), 'share': 0}))"
    environ = {**os.environ, "DISCORD_TOKEN": "x", "CADENZA_DATABASE_URL": "x"}
    process = await TuneProcess.start([sys.executable, "-c", told], environ, memory_mib=0)
    (said,) = [said async for said in process.says()]
    assert isinstance(said, Step)
    assert json.loads(said.stage) == [19, [], "1"]
    assert (await process.ended()).code == 0


@pytest.mark.parametrize(("memory_mib", "fits"), [(200, False), (0, True)])
async def test_more_memory_than_allowed_is_not_given(memory_mib: int, fits: bool) -> None:
    greedy = [sys.executable, "-c", "len(bytearray(300 * 2**20))"]
    process = await TuneProcess.start(greedy, os.environ, memory_mib=memory_mib)
    ended = await soon(process.ended())
    assert (ended.code == 0, ended.starved) == (fits, not fits)


async def test_a_process_that_will_not_stop_is_killed_after_the_grace() -> None:
    stubborn = "import json, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    stubborn += "print(json.dumps({'stage': 'deaf', 'share': 0}), flush=True); signal.pause()"
    process = await TuneProcess.start([sys.executable, "-c", stubborn], os.environ, memory_mib=0)
    async for _ in process.says():
        process.stop(0.0)
    ended = await soon(process.ended())
    assert ended.code == -signal.SIGKILL
    assert ended.killed


def test_only_the_last_folders_and_the_one_that_goes_on_are_kept(tmp_path: Path) -> None:
    for number in range(1, 12):
        (tmp_path / f"run-{number}").mkdir()
    (tmp_path / "run-of-mine").mkdir()
    prune(tmp_path, going=2, kept=3)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"run-2", "run-9", "run-10", "run-11", "run-of-mine"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"stage": "tune", "share": 0.5, "epoch": 2, "kl": NaN}', Step("tune", 0.5, epoch=2)),
        (b'{"stage": "tune", "share": 7, "loss": "x"}', Step("tune", 1.0)),
        (b'{"candidate": "a", "passed": true, "reason": "r"}', Candidate("a", True, "r")),
        (b"progress 7", None),
        (b"[]", None),
        (b'{"share": 1}', None),
    ],
)
def test_lines_are_read_with_what_is_known_in_them(
    line: bytes, said: Step | Candidate | None
) -> None:
    assert read_line(line) == said
