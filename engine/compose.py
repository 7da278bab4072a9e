"""The way of one request, from words to files, on one page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.audio.delivery import Delivery, deliver
from engine.audio.production import production_of
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.generate.order import order_of
from engine.model.checkpoint import Card
from engine.originality.index import OriginalityIndex
from engine.output import Output, piece_name
from engine.picture.palette import DARK, Theme
from engine.picture.pianoroll import draw_pianoroll
from engine.polish import polish
from engine.report import report
from engine.request.model import Brief, ComposeRequest
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.score.midi import write_midi
from engine.score.model import Score, Tempo
from engine.write import CANDIDATES, Writer, Written, open_writer

OnProgress = Callable[[str, float], None]
"""Called with the stage (generate, render, encode, stems) and its share done, 0 to 1; may raise
CancelledError."""


_MP3 = Delivery()


def _silent(stage: str, share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Composer:
    """What writes and what plays: kept alive by a worker between requests."""

    writer: Writer
    card: Card
    synth: Synth | None
    """None composes without sound."""

    @staticmethod
    def open(
        environ: Mapping[str, str],
        *,
        model: Path | None = None,
        soundfont: str | None = None,
        sound: bool = True,
        candidates: int = CANDIDATES,
        device: str = "cpu",
    ) -> Composer:
        """Load model, index and, for sound, the soundfont; raises MissingPartError.

        ``candidates``: so many are written for each piece, the best is taken.
        """
        synth = Synth(find_soundfont(environ, soundfont)) if sound else None
        writer, card = open_writer(environ, model=model, candidates=candidates, device=device)
        return Composer(writer, card, synth)


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished piece: what was asked, what was decided, the files, the figures."""

    request: ComposeRequest
    brief: Brief
    score: Score
    """As the model wrote it, on the grid, with the chords that are heard in it."""
    files: dict[str, Path]
    details: dict[str, Any]
    """What ``NAME.json`` holds."""


def compose(
    text: str,
    composer: Composer,
    out: Path,
    *,
    seed: int,
    delivery: Delivery | None = _MP3,
    theme: Theme = DARK,
    on_progress: OnProgress = _silent,
    clock: Callable[[], float] = time.perf_counter,
) -> Composition:
    """Return the piece for a line of text; its files then lie in ``out``, all of them or none.

    ``seed`` decides what the text leaves open and wins over one that the text names; the same
    text, seed and model give the same MIDI bytes on one machine. Raises RequestError for a
    request that cannot be met, OutputFolderError where the files cannot be written.
    """
    begun = clock()
    request = replace(parse(text), seed=seed)
    brief = resolve(request, seed=seed)
    name = piece_name(f"{brief.title}-{brief.seed}", brief.to_json())
    with Output(out, name, replaces=True) as output:
        parsed = clock()
        ranked = _write(brief, composer.writer, on_progress)
        best = ranked[0]
        score = _at_tempo(best.score, brief)
        generated = clock()
        played = polish(score, seed=brief.seed)
        production = production_of(brief.genre, arousal=brief.arousal, seed=brief.seed)
        output.add("mid", write_midi(played, title=brief.title, kit=production.midi_kit))
        output.add("png", draw_pianoroll(played, brief.title, _facts(brief), theme))
        rendered = encoded = clock()
        sound = None
        if delivery is not None and composer.synth is not None:
            delivered = deliver(
                played,
                composer.synth,
                production,
                delivery=delivery,
                tags=_tags(brief, text, composer.card),
                on_progress=on_progress,
                clock=clock,
            )
            for kind, data in delivered.files().items():
                output.add(kind, data)
            sound = delivered.to_json()
            rendered, encoded = delivered.rendered_at_s, delivered.encoded_at_s
        details: dict[str, Any] = {
            "title": brief.title,
            "request": request.to_json(),
            "brief": brief.to_json(),
            "seed": brief.seed,
            "model": composer.card.name,
            "files": output.names(),
            "timings_s": {
                "parse": round(parsed - begun, 4),
                "generate": round(generated - parsed, 3),
                "render": round(rendered - generated, 3),
                "encode": round(encoded - rendered, 3),
                "total": round(encoded - begun, 3),
            },
            "tokens": len(best.tokens),
            "candidates": [_verdict(written) for written in ranked],
            "sound": sound,
            "report": report(
                score, played, originality=_originality(ranked[0], composer.writer.index)
            ),
        }
        output.add_json(details)
    return Composition(request, brief, score, output.files, details)


def _write(brief: Brief, writer: Writer, on_progress: OnProgress) -> list[Written]:
    """Return the candidates, best first."""
    (ranked,) = writer.ranked(
        [order_of(brief)],
        lambda done, total: on_progress("generate", done / total),
    )
    return ranked


def _at_tempo(score: Score, brief: Brief) -> Score:
    """The tokens say the tempo to a step of 3 %; the brief says it exactly."""
    return replace(score, tempos=(Tempo(0, brief.tempo_bpm),))


def _verdict(written: Written) -> dict[str, Any]:
    """Why a candidate stands where it does; all that weighs nothing is left out."""
    parts = written.parts or {}
    return {
        "seed": written.order.seed,
        "penalty": round(written.penalty, 3),
        "parts": {name: round(value, 3) for name, value in parts.items() if value > 0.0005},
    }


def _originality(written: Written, index: OriginalityIndex | None) -> dict[str, Any] | None:
    """The longest run in common with the corpus, beside what two human pieces share."""
    if index is None:
        return None
    copied = written.copied
    return {
        "copied_notes": written.copied_notes,
        "usual_notes": index.usual_notes,
        "bars": [copied.first_bar + 1, copied.last_bar + 1] if copied else None,
    }


def _facts(brief: Brief) -> str:
    """The line under the title of the picture."""
    return f"{brief.key} · {brief.meter} · {brief.tempo_bpm:g} BPM · seed {brief.seed}"


def _tags(brief: Brief, text: str, card: Card) -> dict[str, str]:
    """What the audio file says of itself; players show the first three."""
    prompt = " ".join(text.split())
    return {
        "title": brief.title,
        "artist": "Cadenza",
        "comment": f"{prompt or brief.title} (seed {brief.seed}, model {card.name})",
        "prompt": prompt,
        "seed": str(brief.seed),
        "model": card.name,
    }
