"""A piece as Discord shows it: embed, files and words. Pure; nothing here sends anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import discord

from bot.blind import SIDE
from bot.jobs import News, Running, Waiting
from bot.ratings import MEANINGS, RatingKind
from bot.storage.records import Piece
from engine.request import Brief

WHICH = (
    "**Which one is better, A or B?** Both answer the same wish. All who listen may choose below, "
    "and nobody else sees it."
)
COLOUR = discord.Colour(0x5B8DEF)
FIELD_LENGTH = 1024
"""Discord refuses longer fields of an embed."""
CHANGES_LENGTH = 2000
"""Discord takes 4,096 letters, but 6,000 in all of an embed."""
TITLE_LENGTH = 256
AUDIO = ("mp3", "ogg", "wav")
_STAGES = {
    "start": "warming up",
    "generate": "composing",
    "render": "playing it",
    "encode": "mastering",
    "stems": "splitting the stems",
}
_BAR = 16
"""Squares of a progress bar: fits a phone's width."""


def piece_embed(
    piece: Piece,
    *,
    unknown: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> discord.Embed:
    """Return the embed of a piece; its picture is the attachment that ``piece_files`` names.

    ``unknown`` and ``remarks`` are what the listener should know about their own words.
    """
    brief = Brief.from_json(piece.brief)
    embed = discord.Embed(
        title=piece.title[:TITLE_LENGTH],
        colour=COLOUR,
        description=_cut(_sentences([*piece.changes, *_notes_of(piece)]), CHANGES_LENGTH),
    )
    embed.add_field(name="Key", value=brief.key)
    embed.add_field(name="Tempo", value=f"{brief.tempo_bpm:g} BPM")
    embed.add_field(name="Meter", value=brief.meter)
    embed.add_field(name="Length", value=f"{brief.bars} bars, {_clock(_seconds(piece, brief))}")
    embed.add_field(name="Instruments", value=_list(brief.instruments, 8), inline=True)
    embed.add_field(name="Seed", value=str(piece.seed))
    if unknown:
        embed.add_field(name="Not understood", value=_cut(_safe(", ".join(unknown))), inline=False)
    notes = [*remarks, *_sound_remarks(piece)]
    if notes:
        embed.add_field(name="Good to know", value=_cut(_sentences(notes)), inline=False)
    embed.set_footer(text=_footer(piece))
    if "png" in piece.files:
        embed.set_image(url=f"attachment://{piece.files['png'].name}")
    return embed


def _notes_of(piece: Piece) -> list[str]:
    """Say whether a version has the notes of its parent: people expect them, and may want undo."""
    if not piece.changes:
        return []
    if piece.details.get("exact"):
        return ["all other notes are kept"]
    said = any("composed anew" in change for change in piece.changes)
    return [] if said else ["the notes are new; undo brings the earlier ones back"]


def piece_words(piece: Piece, parent_url: str | None = None, *, asks: bool = False) -> str:
    """Return the line above the embed: who it is for, and of which piece it is a version.

    ``asks``: whether people shall say which of two pieces is better, this one or the one above.
    """
    parts = [f"For <@{piece.person_id}>"] if piece.person_id else []
    if piece.parent_id is not None:
        name = f"piece {piece.parent_id}"
        number = piece.details.get("variation")
        kind = f"variation {number}" if number else "a version"
        parts.append(f"{kind} of {f'[{name}]({parent_url})' if parent_url else name}")
    if side := piece.details.get(SIDE):
        parts.append(f"version {side}" if parts else f"Version {side}")
    line = ", ".join(parts)
    return f"{line}\n{WHICH}" if asks else line


def explanation_text(piece: Piece) -> str:
    """Return what is said of key, chords and form; its table in letters of one width."""
    lines, inside = [f"**{_safe(piece.title)}** (piece {piece.id})"], False
    for line in piece.explanation.splitlines():
        if (" | " in line) != inside:
            lines.append("```")
            inside = not inside
        lines.append(line)
    return "\n".join([*lines, *(["```"] if inside else [])])


def piece_files(paths: Mapping[str, Path]) -> list[discord.File]:
    """Return audio, MIDI and picture to attach, in the order in which they shall appear."""
    wanted = [kind for kind in (*AUDIO, "mid", "png") if kind in paths]
    return [discord.File(paths[kind], filename=paths[kind].name) for kind in wanted]


def progress_text(news: News, bars: int | None = None) -> str:
    """Return what a listener reads while they wait; ``bars`` are those of the piece, if known."""
    if isinstance(news, Waiting):
        ahead = news.place - 1
        return (
            "🎼 you are next"
            if ahead == 0
            else f"🎼 place {news.place} in the queue: {ahead} before you"
        )
    if isinstance(news, Running):
        share = max(0.0, min(1.0, news.share))
        filled = round(share * _BAR)
        line = f"🎼 {_STAGES.get(news.stage, news.stage)} `{'█' * filled}{'░' * (_BAR - filled)}`"
        if news.stage == "generate" and bars:
            return f"{line} bar {min(bars, round(share * bars))} of {bars}"
        return line
    return ""


def ratings_line(summary: Mapping[RatingKind, int]) -> str:
    """Return standing votes as "👍 3 · ❤ 1", in the order of the table; empty if there are none."""
    return " · ".join(f"{m.emoji} {summary[m.kind]}" for m in MEANINGS if summary.get(m.kind))


def list_line(piece: Piece, url: str | None, votes: str = "") -> str:
    """Return one line of ``/history`` or ``/top``."""
    brief = Brief.from_json(piece.brief)
    title = f"[{piece.title}]({url})" if url else piece.title
    version = f", version {piece.version}" if piece.version > 1 else ""
    when = f"<t:{int(piece.made_at.timestamp())}:R>"
    tail = f" · {votes}" if votes else ""
    return f"`{piece.id:>4}` {title}{version} · {brief.tempo_bpm:g} BPM · {when}{tail}"


def message_url(server_id: int | None, channel_id: int, message_id: int) -> str:
    """Return the link that jumps to a message."""
    place = "@me" if server_id is None else server_id
    return f"https://discord.com/channels/{place}/{channel_id}/{message_id}"


def chunks(text: str, most: int = 2000) -> Iterable[str]:
    """Yield a long text in parts of at most so many characters, parted at line ends or blanks."""
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), text.rfind(" ", 0, most))
        cut = cut if cut > 0 else most
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def sentence(text: str) -> str:
    """Return words as a sentence: with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[:1].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(sentence(_safe(part)) for part in parts)


def _safe(text: str) -> str:
    """Words that somebody typed, so that they neither format nor mention."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text))


def _cut(text: str, most: int = FIELD_LENGTH) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _list(names: Sequence[str], most: int) -> str:
    shown = [name.replace("_", " ") for name in names[:most]]
    more = len(names) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _seconds(piece: Piece, brief: Brief) -> float:
    sound: Mapping[str, Any] = piece.details.get("sound") or {}
    return float(sound.get("seconds") or brief.seconds)


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _sound_remarks(piece: Piece) -> list[str]:
    sound: Mapping[str, Any] = piece.details.get("sound") or {}
    return [str(remark) for remark in sound.get("remarks") or ()]


def _footer(piece: Piece) -> str:
    """Say number, version and model; of pieces that are compared nobody shall know the model."""
    if side := piece.details.get(SIDE):
        return f"piece {piece.id} · version {side} of two"
    return f"piece {piece.id} · version {piece.version} · {piece.details.get('model') or ''}"
