from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.assemble import House, open_house
from bot.chat import Chat
from bot.settings import Settings
from bot.storage.records import TERMINAL
from tests.bot.quick_worker import FAILS, MIDI, MP3, WAITS
from tests.bot.stage import QUICK, soon


class Terminal:
    """A chat, and what it has told."""

    def __init__(self, house: House, out: Path) -> None:
        self.told: list[str] = []
        self.shown: list[str] = []
        self.began = asyncio.Event()
        self.house = house
        self.chat = Chat(house, out, self.told.append, self.progress)

    def progress(self, text: str) -> None:
        self.shown.append(text)
        if "composing" in text:
            self.began.set()

    async def say(self, line: str) -> str:
        """Say a line; return what is told then."""
        before = len(self.told)
        assert await soon(self.chat.say(line))
        return "\n".join(self.told[before:])

    async def unfinished(self) -> int:
        return len(await self.house.storage.jobs.unfinished())


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    settings = Settings(data=tmp_path / "data", shutdown_s=0.0)
    making = tmp_path / "making"
    async with open_house(settings, os.environ, worker=QUICK, making=making) as house:
        yield Terminal(house, tmp_path / "out")
    assert not list(making.iterdir())


async def test_a_wish_is_composed_and_its_files_lie_where_it_says(
    terminal: Terminal, tmp_path: Path
) -> None:
    told = await terminal.say("jazz calm 90bpm")
    assert "piece 1, version 1" in told
    assert "90 BPM" in told
    for name, contents in {"piece-0.mid": MIDI, "piece-0.mp3": MP3}.items():
        assert str(tmp_path / "out" / name) in told
        assert (tmp_path / "out" / name).read_bytes() == contents
    assert await terminal.unfinished() == 0


async def test_the_conversation_goes_on_about_the_piece(terminal: Terminal) -> None:
    await terminal.say("jazz calm 90bpm")
    told = await terminal.say("slower")
    assert "piece 2, version 2" in told
    assert "instead of 90" in told
    assert "piece 1, version 1" in await terminal.say("undo")
    assert "piece 3, version 2" in await terminal.say("/again")
    assert "piece 2" in await terminal.say("/go 2")
    assert "stems.zip" in await terminal.say("/stems")
    told = await terminal.say("/variations")
    assert [f"piece {n}," in told for n in (4, 5, 6)] == [True, True, True]
    assert len((await terminal.say("/history")).splitlines()) >= 6


async def test_pieces_are_rated_and_explained(terminal: Terminal) -> None:
    assert "no piece yet" in await terminal.say("like")
    await terminal.say("jazz in D minor")
    assert "D minor" in await terminal.say("/explain")
    assert await terminal.say("🔥") == "Piece 1 is rated: fire."
    (vote,) = await terminal.house.storage.ratings.counted(1)
    assert (vote.person_id, vote.kind, vote.source) == (TERMINAL, "fire", "terminal")


@pytest.mark.parametrize("number", ["", "x", "-1", "7", "²", "9" * 30])
async def test_a_piece_that_is_not_there_is_said_so(terminal: Terminal, number: str) -> None:
    assert "no such piece" in await terminal.say(f"/go {number}")


async def test_ctrl_c_stops_what_is_composed_and_the_conversation_goes_on(
    terminal: Terminal,
) -> None:
    assert not terminal.chat.cancel()  # nothing to stop
    saying = asyncio.create_task(terminal.say(f"8 bars, seed {WAITS}"))
    await soon(terminal.began.wait())
    assert terminal.chat.cancel()
    assert "Cancelled." in await soon(saying)
    assert terminal.shown[-1] == ""  # the line of progress is wiped before it is said
    assert "piece 1" in await terminal.say("jazz")


async def test_what_fails_is_a_sentence(terminal: Terminal) -> None:
    assert "This cannot be composed." in await terminal.say(f"jazz, seed {FAILS}")
    assert await terminal.unfinished() == 0


async def test_a_folder_that_cannot_be_written_is_said_and_the_piece_is_kept(
    terminal: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("in the way")
    assert "cannot be written to" in await terminal.say("jazz")
    assert await terminal.house.storage.pieces.get(1) is not None
    assert await terminal.unfinished() == 0


async def test_quit_ends_and_help_helps(terminal: Terminal) -> None:
    assert "Say what you would like" in await terminal.say("/help")
    assert "Say what you would like" in await terminal.say("/nonsense")
    assert not await terminal.chat.say("/quit")


async def test_whatever_is_typed_the_conversation_survives(terminal: Terminal) -> None:
    rng = random.Random(4)
    letters = "aeslow /go\t9é🔥«»\"'[]%\\\x00"
    for _ in range(30):
        line = "/go " + "".join(rng.choices(letters, k=rng.randint(0, 20)))
        await terminal.say(line)
