import base64
import json
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pytest_asyncio
import structlog

from bot.jobs import Cancelled, Done, Failed, Job, Made, Running
from bot.studio import Limits, Studio
from bot.worker.__main__ import _log_news, open_composer, work
from bot.worker.lines import TELL_EVERY_S, Given, Progress
from bot.worker.make import make
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.composer import Composer
from engine.errors import (
    BadInputError,
    BadMidiError,
    CancelledError,
    MissingPartError,
)
from engine.model.checkpoint import load_model, save_model
from engine.request.model import Brief, ComposeRequest
from engine.request.revision import Revision, SetTempo
from engine.score.midi import read_midi_file
from engine.tokens.decode import decode
from engine.write import Writer
from tests.engine.model.toys import toy
from tests.engine.registry.candidates import NOON, A, B
from tests.engine.test_serving import World, trained

REQUEST = ComposeRequest(genre="jazz", bars=2, tempo_bpm=120.0)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(toy(), folder, name="toy", about={})
    return folder


@pytest.fixture(scope="module")
def composer(toys: Path) -> Composer:
    model, card = load_model(toys)
    return Composer(Writer(model, candidates=1), card, synth=None)


def job(number: int, kind: Any = "compose", **payload: Any) -> Job:
    return Job(number, kind, {"audio": "none", "seed": 3, **payload}, 1, None, "request")


def silent(stage: str, share: float) -> None:
    pass


def slower(made: Made) -> dict[str, Any]:
    """Return the payload of a revision that plays a piece at half its tempo."""
    brief = Brief.from_json(made.details["brief"])
    half = replace(brief, tempo_bpm=brief.tempo_bpm / 2)
    revision = Revision(half, edits=(SetTempo(half.tempo_bpm),), changes=("half as fast",))
    return {"revision": revision.to_json(), **stored(made)}


def stored(made: Made) -> dict[str, Any]:
    """Return what the bot keeps of a piece, as a payload."""
    midi = base64.b64encode(made.files["mid"].read_bytes()).decode()
    return {"brief": made.details["brief"], "title": made.details["title"], "midi": midi}


def test_a_request_becomes_a_piece_with_its_explanation(composer: Composer, tmp_path: Path) -> None:
    (made,) = make(job(1, request=REQUEST.to_json()), composer, tmp_path, silent)
    score = read_midi_file(made.files["mid"])
    assert (score.bars, score.tempos[0].bpm) == (2, pytest.approx(120))
    assert made.explanation.startswith("The piece has 2 bars")
    assert made.details["seed"] == 3
    assert all(file.parent == tmp_path and file.exists() for file in made.files.values())


def test_a_revision_keeps_the_notes_and_tells_the_changes(
    composer: Composer, tmp_path: Path
) -> None:
    (first,) = make(job(1, request=REQUEST.to_json()), composer, tmp_path / "1", silent)
    payload = {**slower(first), "name": "parent"}
    (second,) = make(job(2, "revise", **payload), composer, tmp_path / "2", silent)
    before, after = (read_midi_file(made.files["mid"]) for made in (first, second))
    assert after.notes == before.notes
    assert after.tempos[0].bpm == pytest.approx(60)
    assert second.details["changes"] == ["half as fast"]
    assert second.details["parent"] == "parent"


def test_variations_are_as_many_as_asked(composer: Composer, tmp_path: Path) -> None:
    (first,) = make(job(1, request=REQUEST.to_json()), composer, tmp_path / "1", silent)
    asked = job(2, "variations", brief=first.details["brief"], count=3)
    pieces = make(asked, composer, tmp_path / "2", silent)
    assert len({made.files["mid"].read_bytes() for made in pieces}) == 3
    assert all(made.explanation for made in pieces)


def test_what_cannot_be_asked_is_refused(composer: Composer, tmp_path: Path) -> None:
    (made,) = make(job(1, request=REQUEST.to_json()), composer, tmp_path, silent)
    payload = {**stored(made), "audio": "mp3"}
    with pytest.raises(BadInputError):
        make(job(2, "render", **{**payload, "audio": "flac"}), composer, tmp_path, silent)
    for midi, error in (("!", BadInputError), (None, BadInputError), ("TVRo", BadMidiError)):
        damaged = {**slower(made), "midi": midi}
        with pytest.raises(error):
            make(job(3, "revise", **damaged), composer, tmp_path, silent)


def test_the_tokens_of_a_written_piece_are_told_and_none_of_edited_notes(
    composer: Composer, tmp_path: Path
) -> None:
    (made,) = make(job(1, request=REQUEST.to_json()), composer, tmp_path, silent)
    tokens = np.frombuffer(base64.b64decode(made.tokens), dtype="<u2").tolist()
    assert len(tokens) == made.details["tokens"]
    assert decode(tokens).bars == 2
    (edited,) = make(job(2, "revise", **slower(made)), composer, tmp_path, silent)
    assert edited.tokens == ""
    brief = made.details["brief"]
    others = make(job(3, "variations", brief=brief, count=2), composer, tmp_path, silent)
    assert len({one.tokens for one in others}) == 2


@pytest.fixture
def served(tmp_path: Path) -> World:
    """Everyone is served A, server 7 is served B, over a toy base."""
    world = World(tmp_path)
    world.tune(A, trained(1))
    world.tune(B, trained(2), "7")
    return world


def written_by(made: tuple[Made, ...]) -> list[str]:
    return [piece.details["model"] for piece in made]


def test_a_job_is_written_by_what_its_server_is_served(served: World, tmp_path: Path) -> None:
    composer, out = served.composer(), tmp_path / "out"
    asked = job(1, request=REQUEST.to_json())
    assert written_by(make(replace(asked, server_id=7), composer, out, silent)) == [B]
    assert written_by(make(replace(asked, server_id=8), composer, out, silent)) == [A]
    assert written_by(make(asked, composer, out, silent)) == [A]
    named = job(1, request=REQUEST.to_json(), model="toy")
    assert written_by(make(replace(named, server_id=7), composer, out, silent)) == ["toy"]
    served.registry.rollback(server="7", by="test", at=NOON)
    assert written_by(make(replace(asked, server_id=7), composer, out, silent)) == [A]


@pytest.fixture
def sounding(served: World) -> Iterator[Composer]:
    with Synth(find_soundfont(os.environ)) as synth:
        yield replace(served.composer(), synth=synth)


def tags(made: Made) -> dict[str, str]:
    with av.open(str(made.files["mp3"])) as file:
        return dict(file.metadata)


def test_two_models_answer_one_wish_and_no_file_says_which(
    sounding: Composer, tmp_path: Path
) -> None:
    told: list[tuple[str, float]] = []
    asked = job(1, request=REQUEST.to_json(), models=[B, "toy"], audio="mp3")
    one, other = make(asked, sounding, tmp_path / "out", lambda *news: told.append(news))
    assert written_by((one, other)) == [B, "toy"]
    assert one.details["brief"] == other.details["brief"]
    assert one.tokens != other.tokens
    assert one.files["mp3"] != other.files["mp3"]
    for made in (one, other):
        for kind in ("mp3", "mid", "png"):
            data = made.files[kind].read_bytes()
            assert b"tuned-" not in data
            assert b"toy" not in data
        assert "model" not in tags(made)
    generated = [share for stage, share in told if stage == "generate"]
    assert generated == sorted(generated)


def test_where_a_rival_is_gone_the_piece_is_as_any_other(
    sounding: Composer, tmp_path: Path
) -> None:
    asked = job(1, request=REQUEST.to_json(), models=["tuned-gone", A], audio="mp3")
    (made,) = make(asked, sounding, tmp_path / "out", silent)
    assert written_by((made,)) == [A]
    assert tags(made)["comment"].endswith(f"model {A})")


def test_a_piece_that_is_played_again_names_who_wrote_it_or_nobody(
    sounding: Composer, tmp_path: Path
) -> None:
    (made,) = make(job(1, request=REQUEST.to_json()), sounding, tmp_path / "a", silent)
    for model in ("tuned-long-ago", None):
        asked = job(2, "render", **stored(made), audio="mp3", written_by=model)
        (again,) = make(asked, sounding, tmp_path / "b", silent)
        comment = tags(again)["comment"]
        assert comment.endswith(f"model {model})" if model else "(seed 3)")


def test_a_model_that_is_not_served_is_logged_once(served: World) -> None:
    composer = served.composer()
    (served.registry.folder / B / "adapter.safetensors").write_bytes(b"torn")
    with structlog.testing.capture_logs() as logs:
        known = _log_news(composer, [])
        assert _log_news(composer, known) == known
    (line,) = logs
    assert f"in place of {B}" in line["error"]


def worked(composer: Composer, tmp_path: Path, asked: Job, cancelled: bool = False) -> Any:
    progress = Progress(lambda _: None, lambda: cancelled, lambda: 0.0)
    return work(Given(asked, tmp_path / "job"), composer, progress)


def test_every_failure_of_a_job_is_a_word(composer: Composer, tmp_path: Path) -> None:
    none_left = {**REQUEST.to_json(), "bars": 1000}
    refused = worked(composer, tmp_path, job(1, request=none_left))
    assert refused == Failed("bars must be between 1 and 256, you asked for 1000", "bad_input")
    broken = worked(composer, tmp_path, Job(2, "compose", {"request": REQUEST.to_json()}, 1))
    assert isinstance(broken, Failed)
    assert broken.reason == "internal"
    assert "seed" not in broken.sentence
    (tmp_path / "job").write_text("a file where the folder should be")
    nowhere = worked(composer, tmp_path, job(3, request=REQUEST.to_json()))
    assert isinstance(nowhere, Failed)
    assert nowhere.reason == "internal"
    assert "--out" not in nowhere.sentence


def test_a_cancelled_job_leaves_nothing(composer: Composer, tmp_path: Path) -> None:
    asked = job(1, request=REQUEST.to_json())
    assert worked(composer, tmp_path, asked, cancelled=True) == Cancelled()
    assert not (tmp_path / "job").exists()


def test_progress_is_told_four_times_a_second_and_at_each_stage() -> None:
    now, told = [0.0], []
    progress = Progress(told.append, lambda: False, lambda: now[0])
    for step in range(200):
        now[0] = step / 100
        progress("generate" if step < 150 else "render", step / 100)
    assert [word.stage for word in told] == ["generate"] * 6 + ["render"] * 2
    assert len(told) <= 2 / TELL_EVERY_S + 2
    assert all(0 <= word.share <= 1 for word in told)


def test_progress_stops_the_work_when_asked() -> None:
    told: list[Running] = []
    with pytest.raises(CancelledError):
        Progress(told.append, lambda: True, lambda: 0.0)("generate", 0.5)
    assert told == []


@pytest.mark.parametrize("said", ["0", "17", "four", "-1", "1.5"])
def test_an_impossible_number_of_candidates_is_said_at_the_start(said: str) -> None:
    with pytest.raises(MissingPartError, match="CADENZA_CANDIDATES must be a whole number"):
        open_composer({"CADENZA_CANDIDATES": said}, sound=False)


def test_the_environment_says_model_and_candidates(toys: Path) -> None:
    environ = {"CADENZA_MODEL": str(toys), "CADENZA_CANDIDATES": "2"}
    composer = open_composer(environ, sound=False)
    assert (composer.card.name, composer.writer.candidates, composer.synth) == ("toy", 2, None)


# The process itself.


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """A studio with one worker, the shipped model and the usual soundfont."""
    room = Studio(
        tmp_path_factory.mktemp("studio"),
        workers=1,
        limits=Limits(),
        environ={**os.environ, "CADENZA_CANDIDATES": "1"},
    )
    await room.start()
    yield room
    await room.close(0.0)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_piece_is_composed_revised_and_played_again(studio: Studio) -> None:
    ticket = studio.submit(job(1, request=REQUEST.to_json(), audio="ogg"))
    stages = [news.stage async for news in ticket.news() if isinstance(news, Running)]
    assert list(dict.fromkeys(stages))[:2] == ["start", "generate"]
    end = await ticket.end()
    assert isinstance(end, Done)
    (first,) = end.made
    assert {"mid", "png", "json", "ogg"} == set(first.files)

    end = await studio.submit(job(2, "revise", **slower(first))).end()
    assert isinstance(end, Done)
    assert end.made[0].details["exact"]

    again = {**stored(first), "audio": "mp3", "stems": True, "max_bytes": 10 * 2**20}
    end = await studio.submit(job(3, "render", **again)).end()
    assert isinstance(end, Done)
    assert set(end.made[0].files) == {"mid", "png", "mp3", "stems.zip", "json"}
    assert all(0 < file.stat().st_size < 10 * 2**20 for file in end.made[0].files.values())


@pytest.mark.asyncio(loop_scope="module")
async def test_a_piece_in_the_making_is_stopped_and_the_worker_goes_on(studio: Studio) -> None:
    long = replace(REQUEST, bars=256)
    ticket = studio.submit(job(4, request=long.to_json()))
    async for news in ticket.news():
        if isinstance(news, Running) and news.stage == "generate":
            ticket.cancel()
    assert await ticket.end() == Cancelled()
    assert isinstance(await studio.submit(job(5, request=REQUEST.to_json())).end(), Done)
    assert studio.status().restarts == 0


PARENT = """
import asyncio, json, os, sys
from pathlib import Path
from bot.jobs import Job, Running
from bot.logs import configure_logs
from bot.studio import Limits, Studio

async def main():
    configure_logs("error")
    command = (sys.executable, "-m", "bot.worker", "--no-sound")
    room = Studio(Path(sys.argv[1]), workers=1, limits=Limits(), command=command)
    await room.start()
    async for news in room.submit(Job(1, "compose", json.loads(sys.argv[2]), 1)).news():
        if isinstance(news, Running) and news.stage == "generate":
            print(room._seats[0].worker.pid, flush=True)

asyncio.run(main())
"""


def test_a_worker_ends_in_the_middle_of_a_piece_when_the_bot_is_killed(
    toys: Path, tmp_path: Path
) -> None:
    payload = job(1, request=replace(REQUEST, bars=256).to_json()).payload
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), json.dumps(payload)],
        stdout=subprocess.PIPE,
        env={**os.environ, "CADENZA_MODEL": str(toys), "CADENZA_CANDIDATES": "1"},
    )
    with parent:
        assert parent.stdout is not None
        try:
            worker = os.pidfd_open(int(parent.stdout.readline()))
        finally:
            parent.kill()
        ended, _, _ = select.select([worker], [], [], 20)
        os.close(worker)
    assert ended, "the worker outlived the bot"
    assert not list(tmp_path.glob("job-1/*.json")), "it had finished; make the piece longer"


def test_a_worker_without_its_parts_says_what_is_missing_and_nothing_else() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "bot.worker"],
        stdin=subprocess.PIPE,  # open: a worker ends with its input
        stdout=subprocess.PIPE,
        env={**os.environ, "CADENZA_SOUNDFONT": "no-such-font"},
    )
    with worker:
        assert worker.stdout is not None
        said = worker.stdout.read()
        assert worker.wait() == 1
    assert said.count(b"\n") == 1
    assert "no soundfont 'no-such-font'" in json.loads(said)["missing"]
