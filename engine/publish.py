"""The last part of every way: finished notes become files, and NAME.json tells how."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.audio.delivery import Delivery, deliver
from engine.audio.production import production_of
from engine.composer import Composer, OnProgress, silent
from engine.originality.index import CopiedRun, OriginalityIndex
from engine.output import Output
from engine.picture.palette import DARK, Theme
from engine.picture.pianoroll import draw_pianoroll
from engine.report import report
from engine.request.model import Brief, ComposeRequest
from engine.score.midi import write_midi
from engine.score.model import Score
from engine.write import Written


@dataclass(frozen=True, slots=True)
class Music:
    """The finished notes of a piece."""

    brief: Brief
    title: str
    score: Score
    """On the grid, with the chords that are heard in it."""
    played: Score
    """As it sounds and as the MIDI file has it."""
    copied: CopiedRun | None
    """The longest run that it has in common with the training corpus."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a piece comes from and how it came about."""

    prompt: str = ""
    """What was typed, for the tags of the audio file; "" where nothing was."""
    request: ComposeRequest | None = None
    """What was understood; None for a piece that a brief or a revision asked for."""
    candidates: tuple[Written, ...] = ()
    """All that were written, best first; none where notes were edited."""
    parent: str | None = None
    """The name of the parent's files; None for a first version."""
    changes: tuple[str, ...] = ()
    """What is different from the parent."""
    exact: bool = False
    """Whether every note that no change concerns is the parent's."""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """By the clock, in seconds: when the request came, was understood, and had its notes."""

    begun: float
    parsed: float
    generated: float


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished piece: what was asked, what was decided, the files, the figures."""

    request: ComposeRequest | None
    """None for a piece that a brief or a revision asked for."""
    brief: Brief
    score: Score
    """On the grid, with the chords that are heard in it."""
    files: dict[str, Path]
    details: dict[str, Any] = field(repr=False)
    """What ``NAME.json`` holds."""
    tokens: tuple[int, ...] = field(default=(), repr=False)
    """As the model wrote them; none where notes were edited."""


def publish(
    music: Music,
    origin: Origin,
    times: Times,
    output: Output,
    composer: Composer,
    *,
    delivery: Delivery | None,
    theme: Theme = DARK,
    on_progress: OnProgress = silent,
    clock: Callable[[], float] = time.perf_counter,
) -> Composition:
    """Return the piece with its MIDI, picture, sound and JSON written to ``output``.

    ``delivery`` None, or a composer without synthesizer, makes no sound.
    """
    brief, played = music.brief, music.played
    production = production_of(brief.genre, arousal=brief.arousal, seed=brief.seed)
    output.add("mid", write_midi(played, title=music.title, kit=production.midi_kit))
    output.add("png", draw_pianoroll(played, music.title, _facts(brief), theme))
    rendered = encoded = clock()
    sound = None
    if delivery is not None and composer.synth is not None:
        delivered = deliver(
            played,
            composer.synth,
            production,
            delivery=delivery,
            tags=_tags(music, origin.prompt, None if composer.unnamed else composer.card.name),
            on_progress=on_progress,
            clock=clock,
        )
        for kind, data in delivered.files().items():
            output.add(kind, data)
        sound = delivered.to_json()
        rendered, encoded = delivered.rendered_at_s, delivered.encoded_at_s
    details: dict[str, Any] = {
        "title": music.title,
        "parent": origin.parent,
        "changes": list(origin.changes),
        "exact": origin.exact,
        "remarks": list(origin.remarks),
        "request": origin.request.to_json() if origin.request else None,
        "brief": brief.to_json(),
        "seed": brief.seed,
        "model": composer.card.name,
        "files": output.names(),
        "timings_s": {
            "parse": round(times.parsed - times.begun, 4),
            "generate": round(times.generated - times.parsed, 3),
            "render": round(rendered - times.generated, 3),
            "encode": round(encoded - rendered, 3),
            "total": round(encoded - times.begun, 3),
        },
        "tokens": len(origin.candidates[0].tokens) if origin.candidates else None,
        "candidates": [_verdict(written) for written in origin.candidates],
        "sound": sound,
        "report": report(
            music.score, played, originality=_originality(music.copied, composer.writer.index)
        ),
    }
    output.add_json(details)
    tokens = tuple(origin.candidates[0].tokens) if origin.candidates else ()
    return Composition(origin.request, brief, music.score, output.files, details, tokens)


def _verdict(written: Written) -> dict[str, Any]:
    """Why a candidate stands where it does; all that weighs nothing is left out."""
    parts = written.parts or {}
    return {
        "seed": written.order.seed,
        "penalty": round(written.penalty, 3),
        "parts": {name: round(value, 3) for name, value in parts.items() if abs(value) > 0.0005},
    }


def _originality(copied: CopiedRun | None, index: OriginalityIndex | None) -> dict[str, Any] | None:
    """The longest run in common with the corpus, beside what two human pieces share."""
    if index is None:
        return None
    return {
        "copied_notes": copied.notes if copied else 0,
        "usual_notes": index.usual_notes,
        "bars": [copied.first_bar + 1, copied.last_bar + 1] if copied else None,
    }


def _facts(brief: Brief) -> str:
    """The line under the title of the picture."""
    return f"{brief.key} · {brief.meter} · {brief.tempo_bpm:g} BPM · seed {brief.seed}"


def _tags(music: Music, typed: str, model: str | None) -> dict[str, str]:
    """What the audio file says of itself; players show the first three."""
    prompt = " ".join(typed.split())
    seed = music.brief.seed
    by = "" if model is None else f", model {model}"
    return {
        "title": music.title,
        "artist": "Cadenza",
        "comment": f"{prompt or music.title} (seed {seed}{by})",
        "prompt": prompt,
        "seed": str(seed),
        **({} if model is None else {"model": model}),
    }
