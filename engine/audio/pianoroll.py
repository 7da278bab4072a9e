"""A Score to look at: a piano roll with bars, chords, a legend and a lane for the drums."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from engine.audio.stage import FAMILIES, family_of
from engine.score.model import DRUMS, Bar, Note, Score
from engine.score.programs import program_name
from engine.score.theory import PITCH_NAMES, chord_name

WIDTH_PX = 1200
"""Twice what a chat shows on a phone, so lines stay sharp."""

_OVERSAMPLING = 2
"""Pillow draws shapes without antialiasing; drawn larger and scaled down they are smooth."""

_MARGIN, _LEFT, _RIGHT = 28, 64, 1172
_HEADER = 92
_LEGEND_ROW = 26
_BAR_NUMBERS, _CHORDS = 24, 18
_ROLL_HEIGHT = 400
_DRUM_ROW = 15

_GROUND, _PANEL, _BLACK_KEY = "#14161d", "#1b1e28", "#171a23"
_BEAT_LINE, _BAR_LINE, _C_LINE = "#232735", "#343a4d", "#2a2f3f"
_TEXT, _SOFT_TEXT, _CHORD_TEXT = "#f1f3f8", "#99a1b3", "#ffd58a"

_BLACK_KEYS = frozenset({1, 3, 6, 8, 10})

_DRUM_LANES: tuple[tuple[str, frozenset[int]], ...] = (
    ("cymbals", frozenset({49, 51, 52, 53, 55, 57, 59})),
    ("hi-hat", frozenset({42, 44, 46})),
    ("toms", frozenset({41, 43, 45, 47, 48, 50})),
    ("snare", frozenset({37, 38, 39, 40})),
    ("kick", frozenset({35, 36})),
    ("other", frozenset(range(128)) - frozenset(range(35, 54)) - frozenset({55, 57, 59})),
)
"""Name and General MIDI percussion keys, cymbals on top as a drummer writes them."""

_SPARE_COLOURS = tuple(FAMILIES[row].colour for row in (1, 9, 10, 5, 7, 6, 8, 12, 3, 0, 13, 14))
"""For a second instrument of a family; the vivid ones first."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where time and pitch fall on the picture, in pixels before scaling down."""

    score: Score
    low: int
    high: int
    top: int
    """Upper edge of the roll."""
    end_tick: int

    @property
    def bottom(self) -> int:
        return self.top + _px(_ROLL_HEIGHT)

    @property
    def row(self) -> float:
        return _px(_ROLL_HEIGHT) / (self.high - self.low + 1)

    def x(self, tick: int) -> float:
        return _px(_LEFT) + _px(_RIGHT - _LEFT) * tick / self.end_tick

    def y(self, pitch: int) -> float:
        """The upper edge of a pitch's row."""
        return self.top + (self.high - pitch) * self.row


def draw_pianoroll(score: Score, title: str, subtitle: str = "") -> bytes:
    """Return a PNG of the piece, WIDTH_PX wide; the same arguments give the same bytes.

    ``subtitle`` is the line under the title (tempo, key, ...). Without notes the grid of
    the bars is drawn alone.
    """
    melodic = [note for note in score.notes if note.program != DRUMS]
    drums = [note for note in score.notes if note.program == DRUMS]
    colours = _colours(score.programs)
    legend = _legend_rows(score.programs)
    lanes = _lanes(drums)

    pitches = [note.pitch for note in melodic] or [60]
    low, high = _pitch_span(min(pitches), max(pitches))
    ruler = _BAR_NUMBERS + (_CHORDS if score.chords else 0)
    top = _px(_HEADER + _LEGEND_ROW * len(legend) + ruler)
    layout = _Layout(score, low, high, top, max(score.bars_end, score.end, 1))
    drum_height = _px(_DRUM_ROW * len(lanes) + 12) if lanes else 0
    height = layout.bottom + drum_height + _px(_MARGIN)

    image = Image.new("RGB", (_px(WIDTH_PX), height), _GROUND)
    draw = ImageDraw.Draw(image)
    _draw_header(draw, title, subtitle, legend, colours)
    _draw_keys(draw, layout)
    drum_top = layout.bottom + _px(12)
    if lanes:
        _draw_lanes(draw, drum_top, lanes)
    _draw_bars(draw, layout, layout.bottom + drum_height)
    _draw_chords(draw, layout)
    # Long notes first, so that short ones on the same pitch stay visible.
    for note in sorted(melodic, key=lambda n: (-n.duration, n)):
        _draw_note(draw, layout, note, colours[note.program])
    _draw_hits(draw, layout, drum_top, lanes, drums)
    return _png(image)


def _draw_header(
    draw: ImageDraw.ImageDraw,
    title: str,
    subtitle: str,
    legend: Sequence[Sequence[int]],
    colours: dict[int, str],
) -> None:
    room = _px(_RIGHT - _MARGIN)
    draw.text((_px(_MARGIN), _px(22)), _fit(title, 28, room), _TEXT, _font(28))
    draw.text((_px(_MARGIN), _px(60)), _fit(subtitle, 16, room), _SOFT_TEXT, _font(16))
    for row, programs in enumerate(legend):
        x = float(_px(_MARGIN))
        y = _px(_HEADER + _LEGEND_ROW * row)
        for program in programs:
            box = (x, y + _px(4), x + _px(13), y + _px(17))
            draw.rounded_rectangle(box, _px(4), colours[program])
            draw.text((x + _px(20), y), program_name(program), _TEXT, _font(15))
            x += _legend_width(program)


def _draw_keys(draw: ImageDraw.ImageDraw, layout: _Layout) -> None:
    left, right = _px(_LEFT), _px(_RIGHT)
    draw.rectangle((left, layout.top, right, layout.bottom), _PANEL)
    for pitch in range(layout.low, layout.high + 1):
        y = layout.y(pitch)
        if pitch % 12 in _BLACK_KEYS:
            draw.rectangle((left, y, right, y + layout.row), _BLACK_KEY)
        if pitch % 12 == 0:
            below = y + layout.row
            draw.line((left, below, right, below), _C_LINE, _OVERSAMPLING)
            name = f"{PITCH_NAMES[0]}{pitch // 12 - 1}"  # middle C, 60, is C4
            at = (left - _px(10), y + layout.row / 2)
            draw.text(at, name, _SOFT_TEXT, _font(13), anchor="rm")


def _draw_bars(draw: ImageDraw.ImageDraw, layout: _Layout, bottom: int) -> None:
    bars = list(layout.score.iter_bars())
    width_px = _px(_RIGHT - _LEFT) / max(len(bars), 1)
    number_every = _round_step(_px(44) / width_px)
    line_every = _round_step(_px(10) / width_px)
    for bar in bars:
        if bar.number % line_every == 0:
            x = layout.x(bar.start)
            draw.line((x, layout.top, x, bottom), _BAR_LINE, _OVERSAMPLING)
        if width_px / bar.meter.numerator >= _px(7):
            for x in _beat_positions(layout, bar):
                draw.line((x, layout.top, x, bottom), _BEAT_LINE, 1)
        if bar.number % number_every == 0:
            at = (layout.x(bar.start), layout.top - _px(4))
            draw.text(at, str(bar.number + 1), _SOFT_TEXT, _font(12), anchor="ls")
    end = layout.x(layout.end_tick)
    draw.line((end, layout.top, end, bottom), _BAR_LINE, _OVERSAMPLING)


def _beat_positions(layout: _Layout, bar: Bar) -> Iterable[float]:
    beat_ticks = (bar.end - bar.start) / bar.meter.numerator
    for beat in range(1, bar.meter.numerator):
        yield layout.x(round(bar.start + beat * beat_ticks))


def _draw_chords(draw: ImageDraw.ImageDraw, layout: _Layout) -> None:
    """Write chord names above the bars, each where the one before leaves room."""
    free_from = 0.0
    before = ""
    for chord in layout.score.chords:
        name, x = chord_name(chord.root, chord.quality), layout.x(chord.tick)
        if x < free_from or name == before:
            continue
        before = name
        draw.text((x, layout.top - _px(20)), name, _CHORD_TEXT, _font(14), anchor="ls")
        free_from = x + _font(14).getlength(name) + _px(6)


def _draw_note(draw: ImageDraw.ImageDraw, layout: _Layout, note: Note, colour: str) -> None:
    x, y = layout.x(note.start), layout.y(note.pitch)
    # A hair of ground after each note keeps repeated ones apart.
    end = max(layout.x(note.start + note.duration) - _px(1), x + _px(2))
    height = min(layout.row, _px(16)) * 0.86
    y += (layout.row - height) / 2
    radius = min(height / 2.5, (end - x) / 2, _px(4))
    draw.rounded_rectangle((x, y, end, y + height), radius, _dimmed(colour, note.velocity))


def _draw_lanes(draw: ImageDraw.ImageDraw, top: int, lanes: Sequence[tuple[str, object]]) -> None:
    left, right = _px(_LEFT), _px(_RIGHT)
    draw.rectangle((left, top, right, top + _px(_DRUM_ROW * len(lanes))), _PANEL)
    for row, (name, _) in enumerate(lanes):
        y = top + _px(_DRUM_ROW * row)
        if row % 2:
            draw.rectangle((left, y, right, y + _px(_DRUM_ROW)), _BLACK_KEY)
        at = (left - _px(8), y + _px(_DRUM_ROW) / 2)
        draw.text(at, name, _SOFT_TEXT, _font(11), anchor="rm")


def _draw_hits(
    draw: ImageDraw.ImageDraw,
    layout: _Layout,
    top: int,
    lanes: Sequence[tuple[str, frozenset[int]]],
    drums: Iterable[Note],
) -> None:
    row_of = {key: row for row, (_, keys) in enumerate(lanes) for key in keys}
    colour = family_of(DRUMS).colour
    # A sixteenth wide at most, so that a fast hi-hat in a long piece is no solid bar.
    sixteenth = layout.x(layout.score.resolution // 4) - layout.x(0)
    width = min(max(0.75 * sixteenth, _px(0.5)), _px(3.5))
    for note in drums:
        x = layout.x(note.start)
        y = top + _px(_DRUM_ROW * row_of[note.pitch])
        box = (x, y + _px(3), x + width, y + _px(_DRUM_ROW - 3))
        draw.rounded_rectangle(box, width / 2.5, _dimmed(colour, note.velocity))


def _px(length: float) -> int:
    """Turn pixels of the finished picture into pixels of the larger one drawn."""
    return round(length * _OVERSAMPLING)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return Pillow's own font (Aileron), so that every machine draws the same picture."""
    font = ImageFont.load_default(size=_px(size))
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


def _fit(text: str, size: int, room: int) -> str:
    """Shorten a line that is wider than the room, with an ellipsis."""
    line = " ".join(text.split())
    if _font(size).getlength(line) <= room:
        return line
    while line and _font(size).getlength(line + "...") > room:
        line = line[:-1]
    return line.rstrip() + "..."


def _pitch_span(low: int, high: int) -> tuple[int, int]:
    """Widen a range to at least two octaves, with air above and below."""
    air = max(2, math.ceil((24 - (high - low + 1)) / 2))
    return max(0, low - air), min(127, high + air)


def _round_step(least: float) -> int:
    """Return the smallest power of two of bars, at least 1, that takes so much room."""
    return 1 << max(0, math.ceil(math.log2(max(least, 1))))


def _colours(programs: Sequence[int]) -> dict[int, str]:
    """Give each program its family's colour; its siblings get what no family present wears."""
    taken = {family_of(program).colour for program in programs}
    spare = iter([colour for colour in _SPARE_COLOURS if colour not in taken])
    colours: dict[int, str] = {}
    for program in programs:
        own = family_of(program).colour
        colours[program] = next(spare, own) if own in colours.values() else own
    return colours


def _dimmed(colour: str, velocity: int) -> tuple[int, int, int]:
    """Mix a colour with the ground: a soft note is darker."""
    share = 0.5 + 0.5 * min(velocity / 100, 1.0)
    inks, grounds = bytes.fromhex(colour[1:]), bytes.fromhex(_GROUND[1:])
    red, green, blue = (
        round(ink * share + ground * (1 - share)) for ink, ground in zip(inks, grounds, strict=True)
    )
    return red, green, blue


def _lanes(drums: Iterable[Note]) -> list[tuple[str, frozenset[int]]]:
    """Return the drum lanes that have something to show, in their order."""
    played = {note.pitch for note in drums}
    return [(name, keys) for name, keys in _DRUM_LANES if keys & played]


def _legend_width(program: int) -> float:
    return _font(15).getlength(program_name(program)) + _px(44)


def _legend_rows(programs: Sequence[int]) -> list[list[int]]:
    """Break the legend into rows that fit the width."""
    rows: list[list[int]] = []
    used = float("inf")
    for program in programs:
        width = _legend_width(program)
        if used + width > _px(_RIGHT - _MARGIN):
            rows.append([])
            used = 0.0
        rows[-1].append(program)
        used += width
    return rows


def _png(image: Image.Image) -> bytes:
    """Scale down and write with a palette: a picture of few colours is a third of the size."""
    size = (image.width // _OVERSAMPLING, image.height // _OVERSAMPLING)
    small = image.resize(size, Image.Resampling.BOX)
    palette = small.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    palette.save(out, "PNG", optimize=True)
    return out.getvalue()
