"""The report of a fine-tune: its verdict, every check, remarks, plots and two pieces to hear."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import discord

from bot.learning.words import MOST_LETTERS, checks_words, count_words, remarks_words, scope_words
from bot.storage.learning_records import Run

GREEN, AMBER = 0x2E9E5B, 0xD9822B
FILES = ("report.png", "before.mp3", "after.mp3")
"""What a candidate's folder holds for people."""
_FIELD = 1024
"""Letters of an embed's field."""


def report_embed(run: Run, card: dict[str, Any], words: Sequence[str], shown: Sequence[str]) -> Any:
    """Return the verdict and all that it stands on. ``words``: what listeners like.

    ``shown``: the names of the files that go with it.
    """
    verdict = run.verdict or card.get("verdict", {})
    passed = run.state == "passed"
    kind = "ranker" if card.get("kind") == "ranker" else "model"
    embed = discord.Embed(
        title=f"{'✅ Passed' if passed else '❌ Not passed'}: {run.candidate}"[:256],
        description=_clipped(
            f"{_capital(run.sentence or verdict.get('reason') or '')}\n\n{checks_words(verdict)}",
            MOST_LETTERS,
        ),
        colour=GREEN if passed else AMBER,
    )
    learned = (
        f"{count_words(run.ratings or 0, 'rating')} of {count_words(run.pieces or 0, 'piece')} "
        f"by {count_words(run.raters or 0, 'listener')}; "
        f"a new {kind} for {scope_words(run.server_id)}"
    )
    embed.add_field(name="Learned from", value=learned, inline=False)
    if words:
        embed.add_field(name="Listeners like", value=_clipped(", ".join(words)), inline=False)
    if remarks := card.get("ratings", {}).get("remarks", ()):
        value = _clipped(remarks_words(remarks))
        embed.add_field(name="About the ratings", value=value, inline=False)
    if {"before.mp3", "after.mp3"} <= set(shown):
        embed.add_field(
            name="Hear it",
            value="before.mp3 and after.mp3: the same request before and after.",
            inline=False,
        )
    if "report.png" in shown:
        embed.set_image(url="attachment://report.png")
    embed.set_footer(text=f"fine-tune {run.id}")
    return embed


def read_report(folder: Path, most_bytes: int) -> tuple[dict[str, Any], list[str], list[Path]]:
    """Return a candidate's card, what listeners like in words, and its files for people.

    Files above ``most_bytes`` are left out, all together too; what is not there is left out.
    """
    card = _json(folder / "card.json")
    words = [str(word) for word in _json(folder / "ranker.json").get("words", ())]
    files, room = [], most_bytes
    for name in FILES:
        path = folder / name
        if path.is_file() and path.stat().st_size <= room:
            files.append(path)
            room -= path.stat().st_size
    return card, words, files


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clipped(text: str, most: int = _FIELD) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
