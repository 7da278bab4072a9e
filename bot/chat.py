"""``make chat``: the conversation of Discord in a terminal, with the same memory and engine.

The person is one to the database (number 0), so pieces, versions and ratings of earlier chats are
there again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.assemble import House, open_house, utc_now
from bot.cards import progress_text, ratings_line, sentence
from bot.commissions import Asker, Commission, Composed
from bot.house_rules import HouseRules
from bot.jobs import Cancelled, Failed, Made, Parked, Running, Waiting
from bot.logs import configure_logs
from bot.ratings import MEANINGS, RatingKind, kind_of
from bot.settings import ENV_FILE, read_settings
from bot.storage.records import TERMINAL, Piece
from bot.talk import NoPieceYetError, take_wish
from engine.errors import CadenzaError, OutputFolderError
from engine.request import Brief

HELP = """\
Say what you would like to hear (jazz calm 90bpm), then what shall be different (slower, darker,
add strings; undo). Rate the latest piece with like, dislike, love, fire, sleepy or the emoji.
/explain  key, chords and form    /history  your pieces     /go 12       talk about piece 12
/stems    instruments as files    /again    other notes     /variations  three more
/help     this                    /quit     or Ctrl-D       Ctrl-C       stops composing"""
_KINDS: dict[str, RatingKind] = {meaning.kind: meaning.kind for meaning in MEANINGS}

LONGEST_NUMBER = 18
"""Digits that a database surely takes."""

Tell = Callable[[str], None]


class Chat:
    """One conversation in a terminal."""

    def __init__(self, house: House, out: Path, tell: Tell, progress: Tell) -> None:
        self._house = house
        self._out = out
        self._tell = tell
        self._progress = progress
        self._asker = Asker(TERMINAL, TERMINAL, max_bytes=2**40)
        self._rules = HouseRules(per_day=10**9, blind=False)
        self._about: Piece | None = None
        """The piece that the next words are about, if it was chosen."""
        self._commission: Commission | None = None

    async def say(self, line: str) -> bool:
        """Do what a line says; False when the conversation is over."""
        line = line.strip()
        name, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "/explain": self._explain,
            "/history": self._history,
            "/go": self._go,
            "/stems": self._stems,
            "/again": lambda _rest: self._wish("again"),
            "/variations": self._variations,
        }
        if line in ("/quit", "/exit"):
            return False
        try:
            if name in commands:
                await commands[name](rest)
            elif line in ("/help", "help", "?") or line.startswith("/"):
                self._tell(HELP)
            elif kind := _KINDS.get(line.lower()) or kind_of(line):
                await self._rate(kind)
            elif line:
                await self._wish(line)
        except CadenzaError as error:
            self._tell(sentence(str(error)))
        return True

    def cancel(self) -> bool:
        """Stop what is being composed; whether there was something."""
        if self._commission is None:
            return False
        self._commission.ticket.cancel()
        return True

    async def _wish(self, text: str) -> None:
        outcome = await take_wish(
            self._house.commissions,
            self._asker,
            self._rules,
            text,
            about=self._about,
            now=utc_now(),
        )
        if isinstance(outcome, Piece):
            self._choose(outcome)
        else:
            await self._follow(outcome)

    async def _variations(self, _rest: str) -> None:
        piece = await self._piece()
        taken = await self._house.commissions.variations(self._asker, piece, self._rules)
        await self._follow(taken)

    async def _stems(self, _rest: str) -> None:
        piece = await self._piece()
        taken = await self._house.commissions.render(self._asker, piece, self._rules, stems=True)
        await self._follow(taken)

    async def _follow(self, commission: Commission) -> None:
        """Show how it comes along, and the files in the end."""
        self._commission = commission
        try:
            async for news in self._house.commissions.follow(commission):
                if isinstance(news, Waiting | Running):
                    self._progress(progress_text(news, commission.bars))
                    continue
                self._progress("")
                if isinstance(news, Composed):
                    await self._hand_over(commission, news)
                elif isinstance(news, Failed):
                    self._tell(sentence(news.sentence))
                elif isinstance(news, Cancelled | Parked):
                    self._tell("Cancelled.")
        finally:
            self._commission = None
        if commission.unknown:
            self._tell(f"Not understood: {', '.join(commission.unknown)}.")
        for remark in commission.remarks:
            self._tell(sentence(remark))

    async def _hand_over(self, commission: Commission, composed: Composed) -> None:
        try:
            for number, made in enumerate(composed.made):
                paths = await asyncio.to_thread(_copied, made, self._out)
                if composed.pieces:  # else these are files of a piece that is there
                    self._about = composed.pieces[number]
                    self._tell(_card(self._about))
                self._tell("\n".join(str(path) for path in paths))
        except OutputFolderError as error:
            await self._house.commissions.unposted(commission, sentence(str(error)))
            raise
        await self._house.commissions.posted(commission)

    async def _piece(self) -> Piece:
        """The piece that is talked about."""
        piece = self._about or await self._house.storage.pieces.latest_in_channel(
            TERMINAL, TERMINAL
        )
        if piece is None:
            raise NoPieceYetError("there is no piece yet; say what you would like to hear")
        return piece

    def _choose(self, piece: Piece) -> None:
        self._about = piece
        self._tell(f"We talk about this one now.\n{_card(piece)}")

    async def _go(self, number: str) -> None:
        is_number = number.isdecimal() and len(number) <= LONGEST_NUMBER
        piece = await self._house.storage.pieces.get(int(number)) if is_number else None
        if piece is None or piece.person_id != TERMINAL:
            raise NoPieceYetError("there is no such piece; /history shows their numbers")
        self._choose(piece)

    async def _explain(self, _rest: str) -> None:
        self._tell((await self._piece()).explanation)

    async def _history(self, _rest: str) -> None:
        storage = self._house.storage
        pieces = await storage.pieces.of_person(TERMINAL, limit=20)
        if not pieces:
            raise NoPieceYetError("there is no piece yet; say what you would like to hear")
        for piece in reversed(pieces):
            votes = ratings_line(await storage.ratings.summary(piece.id))
            self._tell(f"{_card(piece)}{f' · {votes}' if votes else ''}")

    async def _rate(self, kind: RatingKind) -> None:
        piece = await self._piece()
        await self._house.storage.ratings.give(piece.id, TERMINAL, kind, "terminal")
        self._tell(f"Piece {piece.id} is rated: {kind}.")


def _card(piece: Piece) -> str:
    brief = Brief.from_json(piece.brief)
    line = (
        f"piece {piece.id}, version {piece.version}: {piece.title}, {brief.tempo_bpm:g} BPM, "
        f"{brief.meter}, {brief.bars} bars, "
        f"{', '.join(name.replace('_', ' ') for name in brief.instruments)}; seed {piece.seed}"
    )
    return "\n".join([line, *(f"  {sentence(change)}" for change in piece.changes)])


def _copied(made: Made, out: Path) -> list[Path]:
    """Copy a piece's files to where the person finds them; return their paths there.

    Raises OutputFolderError where they cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy(path, out / path.name)) for path in made.files.values()]
    except OSError as error:
        raise OutputFolderError(
            f"the files cannot be written to {out} ({error.strerror}); choose another folder with "
            "--out"
        ) from error


async def talk(house: House, out: Path) -> None:
    """Read lines until the conversation is over."""
    interactive = sys.stdin.isatty()

    def progress(text: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    chat = Chat(house, out, print, progress)
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        if not chat.cancel():
            print("\nCtrl-D or /quit ends the conversation", file=sys.stderr)

    loop.add_signal_handler(signal.SIGINT, interrupt)
    if interactive:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - arrow keys and history, by being there
        print(HELP)
    going = True
    while going:
        line = await asyncio.to_thread(_read_line, "» " if interactive else "")
        going = line is not None and await chat.say(line)


def _read_line(prompt: str) -> str | None:
    """Return the next line; None at the end of the input."""
    try:
        return input(prompt)
    except EOFError:
        return None


async def run(options: argparse.Namespace) -> None:
    """Open the house, talk, close it."""
    settings = read_settings(os.environ, ENV_FILE, discord=False)
    configure_logs("warning", as_json=False)
    environ = {**os.environ, "CADENZA_LOG_LEVEL": "warning"}
    quiet = settings.model_copy(update={"log_level": "warning", "log_format": "text"})
    # Not the folder of a bot that runs at the same time: each empties its own.
    with tempfile.TemporaryDirectory(prefix="cadenza-") as making:
        async with open_house(quiet, environ, making=Path(making)) as house:
            await talk(house, options.out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Talk until the end of the input; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.chat", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out"), help="where files go")
    options = parser.parse_args(arguments)
    try:
        asyncio.run(run(options))
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
