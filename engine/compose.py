"""The way of one request, from words to files, on one page."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from engine.audio.delivery import Delivery
from engine.composer import Composer, OnProgress, silent
from engine.generate.order import order_of
from engine.output import Output, piece_name
from engine.picture.palette import DARK, Theme
from engine.polish import polish
from engine.publish import Composition, Music, Origin, Times, publish
from engine.request.model import Brief, ComposeRequest, check_whole
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.score.model import Score, Tempo
from engine.write import Writer, Written

__all__ = ["Composer", "Composition", "OnProgress", "compose", "finish", "variations", "write"]

MAX_VARIATIONS = 8
"""At once: so many fill a message, and a batch."""

_MP3 = Delivery()


def compose(
    asked: str | ComposeRequest,
    composer: Composer,
    out: Path,
    *,
    seed: int,
    prompt: str | None = None,
    delivery: Delivery | None = _MP3,
    theme: Theme = DARK,
    on_progress: OnProgress = silent,
    clock: Callable[[], float] = time.perf_counter,
) -> Composition:
    """Return the piece for a line of text or a request; its files lie in ``out``, all or none.

    ``seed`` decides what was left open and wins over one that was named; the same request, seed
    and model give the same MIDI bytes on one machine. ``prompt`` goes into the tags of the audio
    file, and is the text itself if there is one. Raises RequestError for a request that cannot be
    met, OutputFolderError where the files cannot be written.
    """
    begun = clock()
    request = replace(parse(asked) if isinstance(asked, str) else asked, seed=seed)
    typed = asked if isinstance(asked, str) else ""
    brief = resolve(request, seed=seed)
    with Output(out, _name(brief), replaces=True) as output:
        parsed = clock()
        ranked = write(brief, composer.writer, on_progress)
        music = finish(ranked[0], brief)
        return publish(
            music,
            Origin(
                prompt=typed if prompt is None else prompt,
                request=request,
                candidates=tuple(ranked),
                remarks=request.remarks,
            ),
            Times(begun, parsed, clock()),
            output,
            composer,
            delivery=delivery,
            theme=theme,
            on_progress=on_progress,
            clock=clock,
        )


def variations(
    brief: Brief,
    composer: Composer,
    out: Path,
    *,
    count: int,
    seed: int,
    delivery: Delivery | None = _MP3,
    theme: Theme = DARK,
    on_progress: OnProgress = silent,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Composition]:
    """Return ``count`` pieces for one brief, best first: the best candidates of one batch.

    Each has its candidate's seed in brief and name. The files of all lie in ``out``, or none.
    Raises RequestError unless ``count`` is 1 to 8.
    """
    begun = clock()
    check_whole("variations", count, 1, MAX_VARIATIONS)
    wide = replace(composer.writer, candidates=max(count, composer.writer.candidates))
    parsed = clock()
    ranked = write(replace(brief, seed=seed), wide, on_progress)[:count]
    times = Times(begun, parsed, clock())
    pieces: list[Composition] = []
    with ExitStack() as outputs:
        for written in ranked:
            music = finish(written, replace(brief, seed=written.order.seed))
            pieces.append(
                publish(
                    music,
                    Origin(candidates=(written,)),
                    times,
                    outputs.enter_context(Output(out, _name(music.brief), replaces=True)),
                    composer,
                    delivery=delivery,
                    theme=theme,
                    on_progress=_part_of(on_progress, len(pieces), count),
                    clock=clock,
                )
            )
    return pieces


def _part_of(on_progress: OnProgress, done: int, count: int) -> OnProgress:
    """Tell the progress of one piece among several."""
    return lambda stage, share: on_progress(stage, (done + share) / count)


def write(brief: Brief, writer: Writer, on_progress: OnProgress) -> list[Written]:
    """Return the candidates for a brief, best first."""
    (ranked,) = writer.ranked(
        [order_of(brief)],
        lambda done, total: on_progress("generate", done / total),
    )
    return ranked


def finish(written: Written, brief: Brief, title: str | None = None) -> Music:
    """Return a candidate as it will be played; the brief's own title if no other is given."""
    score = _at_tempo(written.score, brief)
    played = polish(score, seed=brief.seed)
    return Music(brief, title or brief.title, score, played, written.copied)


def _at_tempo(score: Score, brief: Brief) -> Score:
    """The tokens say the tempo to a step of 3 %; the brief says it exactly."""
    return replace(score, tempos=(Tempo(0, brief.tempo_bpm),))


def _name(brief: Brief) -> str:
    return piece_name(f"{brief.title}-{brief.seed}", brief.to_json())
