"""When each key goes down and up, in blocks of time; what a synthesizer needs to know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.score.model import Score


class Sound(NamedTuple):
    """One key going down at a block and up at a later one."""

    on_block: int
    off_block: int
    program: int
    pitch: int
    velocity: int


def schedule(score: Score, blocks_per_s: float) -> list[Sound]:
    """Return what to strike and to release, sorted by start; O(notes + tempos).

    A key sounds once at a time in a program: struck again it ends what sounded before, and
    struck twice in one block it is one sound, the louder and the longer of the two.
    """
    # Between tempo changes time runs linearly, so the changes and the end are all one needs.
    ticks = sorted({tempo.tick for tempo in score.tempos} | {0, score.end})
    seconds = [score.seconds_at(tick) for tick in ticks]
    starts = np.array([note.start for note in score.notes])  # (notes,)
    ends = starts + np.array([note.duration for note in score.notes])  # (notes,)
    on_blocks = np.rint(np.interp(starts, ticks, seconds) * blocks_per_s).astype(int).tolist()
    off_blocks = np.rint(np.interp(ends, ticks, seconds) * blocks_per_s).astype(int).tolist()

    sounds: list[Sound] = []
    latest: dict[tuple[int, int], int] = {}
    for note, on_block, note_off_block in zip(score.notes, on_blocks, off_blocks, strict=True):
        off_block = max(note_off_block, on_block + 1)
        key = (note.program, note.pitch)
        index = latest.get(key)
        if index is not None and sounds[index].on_block == on_block:
            before = sounds[index]
            sounds[index] = before._replace(
                off_block=max(before.off_block, off_block),
                velocity=max(before.velocity, note.velocity),
            )
            continue
        if index is not None and sounds[index].off_block > on_block:
            sounds[index] = sounds[index]._replace(off_block=on_block)
        latest[key] = len(sounds)
        sounds.append(Sound(on_block, off_block, note.program, note.pitch, note.velocity))
    return sounds
