from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from bot.learning.export import FILE
from bot.learning.folders import prune, try_lock
from bot.learning.process import TuneProcess
from bot.learning.steps import Candidate, Step, read_line
from bot.learning.supervisor import BROKE, DIED, STARVED
from bot.storage.errors import StateError
from bot.storage.learning_records import NewRun
from engine.ratings.records import read_ratings
from tests.bot.learning.house import BEN, at_the_end, at_work, begun, rated, supervisor
from tests.bot.stage import soon

NEW = NewRun(config={}, seed=7)


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
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
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
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
    assert (run.state, run.sentence) == ("failed", sentence)
    assert len(begun(tmp_path, run.id)) == (3 if mode == "DIE_ALWAYS" else 1)


async def test_one_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
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
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        pid = runs.pid
        assert pid is not None
        assert (await runs.cancel(run.id)).state == "cancelled"
        monkeypatch.setenv("TUNE", "PASS")
        second = await runs.ask(NEW)
        assert (await at_the_end(runs, storage, second.id)).state == "passed"
        assert not alive(pid)
        await runs.close()


async def test_a_run_whose_process_is_killed_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "DIE")
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NEW)
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
    assert (run.state, run.attempts) == ("passed", 2)
    first, second = begun(tmp_path, run.id)
    assert first == second  # the same ratings: it could go on where it was


async def test_a_bot_that_is_stopped_saves_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
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
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NEW)
        await at_work(runs, run.id)
        pid = runs.pid
        monkeypatch.setenv("TUNE", "PASS")
        await runs.forget(await storage.people.delete(BEN), BEN)
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
    assert (run.state, run.ratings, run.raters) == ("passed", 1, 1)
    first, second = begun(tmp_path, run.id)
    assert first != second == run.ratings_sha256
    assert read_ratings(tmp_path / "learning" / f"run-{run.id}" / FILE).count == 1
    assert not alive(pid)


async def test_a_server_that_is_deleted_takes_its_run_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE", "HANG")
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NewRun(config={}, seed=1, server_id=6))
        await at_work(runs, run.id)
        await runs.forget(await storage.servers.delete(6), None)

        async def nothing_left() -> None:
            async for _ in runs.news(run.id):
                pass

        await soon(nothing_left())
        assert await storage.runs.get(run.id) is None
        await soon(runs.close())


async def test_without_ratings_nothing_is_begun(tmp_path: Path) -> None:
    async with rated(tmp_path) as storage:
        runs = supervisor(storage, tmp_path)
        runs.start()
        run = await runs.ask(NewRun(config={}, seed=1, server_id=77))
        run = await at_the_end(runs, storage, run.id)
        await runs.close()
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
