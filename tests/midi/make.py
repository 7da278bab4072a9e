"""Makes the awkward MIDI files of this folder and their README, byte by byte.

    .venv/bin/python -m tests.midi.make

Every file is a function whose docstring is its reason. Nothing here comes from the corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent
Q = 96
"""Ticks to the quarter in most of these files."""

READABLE: dict[str, Callable[[], bytes]] = {}
REFUSED: dict[str, Callable[[], bytes]] = {}

_Maker = Callable[[], bytes]


def readable(make: _Maker) -> _Maker:
    """Say that this file has to be understood."""
    READABLE[f"{make.__name__}.mid"] = make
    return make


def refused(make: _Maker) -> _Maker:
    """Say that this file has to be refused with one sentence."""
    REFUSED[f"{make.__name__}.mid"] = make
    return make


def number(value: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the last without the high bit."""
    septets = [value & 0x7F]
    while value := value >> 7:
        septets.insert(0, value & 0x7F | 0x80)
    return bytes(septets)


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def head(form: int = 1, tracks: int = 1, division: int = Q) -> bytes:
    words = (form, tracks, division)
    return chunk(b"MThd", b"".join(word.to_bytes(2, "big") for word in words))


def event(wait: int, *body: int) -> bytes:
    return number(wait) + bytes(body)


def meta(wait: int, kind: int, body: bytes = b"") -> bytes:
    return number(wait) + bytes([0xFF, kind]) + number(len(body)) + body


def tempo(wait: int, bpm: float) -> bytes:
    return meta(wait, 0x51, round(60e6 / bpm).to_bytes(3, "big"))


def meter(wait: int, numerator: int, power: int) -> bytes:
    """The denominator is written as its power of two."""
    return meta(wait, 0x58, bytes([numerator, power, 24, 8]))


def note(wait: int, pitch: int, ticks: int, channel: int = 0, velocity: int = 80) -> bytes:
    on, off = 0x90 | channel, 0x80 | channel
    return event(wait, on, pitch, velocity) + event(ticks, off, pitch, 0)


def scale(count: int = 8, ticks: int = Q, channel: int = 0) -> bytes:
    return b"".join(note(0, 60 + i % 8, ticks, channel) for i in range(count))


def track(*events: bytes, closed: bool = True) -> bytes:
    return chunk(b"MTrk", b"".join(events) + (meta(0, 0x2F) if closed else b""))


def file(*tracks: bytes, form: int = 1, division: int = Q) -> bytes:
    return head(form, len(tracks), division) + b"".join(tracks)


@readable
def format_0() -> bytes:
    """Format 0: several channels in one track are several parts."""
    programs = event(0, 0xC0, 0) + event(0, 0xC1, 40)
    return file(track(programs, scale(4), scale(4, channel=1)), form=0)


@readable
def format_1() -> bytes:
    """Format 1: tempo and meter in a track of their own."""
    return file(track(tempo(0, 90), meter(0, 3, 2)), track(event(0, 0xC0, 24), scale(6)))


@readable
def format_2() -> bytes:
    """Format 2: independent patterns; they are laid over one another."""
    return file(track(scale(4)), track(event(0, 0xC0, 40), scale(4)), form=2)


@readable
def running_status() -> bytes:
    """Running status: the status byte stands once and holds for all notes."""
    first = event(0, 0x90, 60, 80) + event(Q, 60, 0)
    return file(track(first, *(event(0, 60 + i, 80) + event(Q, 60 + i, 0) for i in range(1, 8))))


@readable
def velocity_0_releases() -> bytes:
    """A note-on of velocity 0 is a note-off, not a silent note."""
    return file(track(*(event(0, 0x90, p, 80) + event(Q, 0x90, p, 0) for p in (60, 62, 64, 65))))


@readable
def overlapping_pitch() -> bytes:
    """One key pressed twice before it is released: first in, first out."""
    return file(
        track(
            event(0, 0x90, 60, 80), event(Q, 0x90, 60, 100),
            event(Q, 0x80, 60, 0), event(Q, 0x80, 60, 0),
        )
    )  # fmt: skip


@readable
def same_note_twice() -> bytes:
    """Two tracks play the very same notes: on the grid they are one."""
    return file(track(scale(4)), track(scale(4)))


@readable
def no_length() -> bytes:
    """Notes that end where they begin are heard as the shortest there is."""
    return file(track(*(note(Q, 60 + i, 0) for i in range(4))))


@readable
def no_end_of_track() -> bytes:
    """The end-of-track event is missing; the chunk's length says where it ends."""
    return file(track(scale(4), closed=False))


@readable
def never_released() -> bytes:
    """A note that is never released has no length and is left out; the others stay."""
    return file(track(event(0, 0x90, 40, 80), scale(4)))


@readable
def no_tempo_no_meter() -> bytes:
    """Neither tempo nor meter: 120 BPM and 4/4 are the format's defaults."""
    return file(track(scale(4)))


@readable
def late_meter() -> bytes:
    """The first time signature comes after music: the default 4/4 holds before it."""
    return file(track(meter(3 * Q, 3, 2)), track(scale(9)))


@readable
def meter_inside_bar() -> bytes:
    """A time signature in the middle of a bar."""
    return file(track(meter(0, 4, 2), meter(6 * Q, 3, 2)), track(scale(12)))


@readable
def strange_meters() -> bytes:
    """Meters that are not of the eight: 5/16, 21/8, 1/64 and 4 over 2 to the 40th."""
    meters = meter(0, 5, 4) + meter(5 * Q, 21, 3) + meter(Q, 1, 6) + meter(Q, 4, 40)
    return file(track(meters), track(scale(16)))


@readable
def rubato() -> bytes:
    """Two hundred tempo events in eight bars, as played by a person."""
    changes = b"".join(tempo(16 if i else 0, 100 + 20 * (i % 2)) for i in range(200))
    return file(track(changes), track(scale(32)))


@readable
def tempo_twice() -> bytes:
    """Two tempi at one tick: the later one is meant."""
    return file(track(tempo(0, 60), tempo(0, 150)), track(scale(4)))


@readable
def impossible_key() -> bytes:
    """A key signature with 161 for its mode, which mido refuses; the music is sound."""
    return file(track(meta(0, 0x59, bytes([255, 161])), scale(4)))


@readable
def japanese_title() -> bytes:
    """Text in Shift-JIS, which is neither Latin-1 nor UTF-8."""
    return file(track(meta(0, 0x03, "夜想曲".encode("shift-jis")), scale(4)))


@readable
def sysex_and_controllers() -> bytes:
    """System exclusive, controllers, pitch bend, pressure and an unknown meta event."""
    noise = (
        event(0, 0xF0, 5, 0x7E, 0x7F, 9, 1, 0xF7)
        + event(0, 0xB0, 64, 127) + event(0, 0xE0, 0, 64) + event(0, 0xD0, 60)
        + event(0, 0xA0, 60, 60) + meta(0, 0x60, b"?")
    )  # fmt: skip
    return file(track(noise, scale(4)))


@readable
def program_change_midway() -> bytes:
    """One track that changes its instrument: two parts."""
    return file(track(event(0, 0xC0, 0), scale(4), event(0, 0xC0, 40), scale(4)))


@readable
def one_program_two_tracks() -> bytes:
    """Both hands of a piano in two tracks: one part."""
    low = b"".join(note(0, 40, 2 * Q) for _ in range(2))
    return file(track(event(0, 0xC0, 0), scale(4)), track(event(0, 0xC0, 0), low))


@readable
def seventeen_programs() -> bytes:
    """More instruments than there are MIDI channels, drums among them."""
    parts = [
        track(event(0, 0xC0 | i % 9, 5 * i), scale(4, channel=i % 9)) for i in range(16)
    ]  # fmt: skip
    return file(*parts, track(scale(4, channel=9)))


@readable
def drums_alone() -> bytes:
    """Channel 10 is the drum kit, whatever program it is given."""
    return file(track(event(0, 0xC9, 40), *(note(0, 36 + i % 3, Q // 4, 9) for i in range(16))))


@readable
def triplets_and_sixteenths() -> bytes:
    """Both divisions of the beat in one bar; neither may be rounded."""
    triplets = b"".join(note(0, 60 + i, Q // 3) for i in range(6))
    return file(track(triplets, *(note(0, 72 - i, Q // 4) for i in range(8))))


@readable
def hundred_ticks() -> bytes:
    """100 ticks to the quarter: thirds and twelfths of a beat are no whole ticks."""
    return file(track(*(note(0, 60 + i, 33) for i in range(12))), division=100)


@readable
def one_tick() -> bytes:
    """One tick to the quarter, the coarsest there is."""
    return file(track(scale(8, 1)), division=1)


@readable
def finest_ticks() -> bytes:
    """32,767 ticks to the quarter, the finest there is."""
    return file(track(scale(4, 32767)), division=32767)


@readable
def long_silence() -> bytes:
    """Twenty silent bars before the first note and twenty in the middle."""
    return file(track(note(80 * Q, 60, Q), note(80 * Q, 62, Q), scale(16)))


@readable
def stuck_note() -> bytes:
    """A note that is held for forty bars while the others move on."""
    tune = b"".join(note(0, 60 + i % 8, Q) for i in range(160))
    return file(track(tune), track(note(0, 36, 160 * Q)))


@readable
def highest_and_lowest() -> bytes:
    """Pitches 0 and 127, velocities 1 and 127."""
    return file(track(note(0, 0, Q, velocity=1), note(0, 127, Q, velocity=127)))


@readable
def junk_behind() -> bytes:
    """Bytes behind the last track, as left by a careless editor."""
    return file(track(scale(4))) + b"\x00\x1ajunk"


@readable
def wrapped_in_riff() -> bytes:
    """Windows' RMID: a RIFF chunk around a MIDI file."""
    data = file(track(scale(4)))
    body = b"RMIDdata" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@readable
def spoilt_key_bytes() -> bytes:
    """An impossible key signature, and a text that looks like one to a search in the bytes."""
    return file(track(meta(0, 0x01, b"\xff\x59\x02\x09\x09"), meta(0, 0x59, b"\x09\x05"), scale(4)))


@refused
def empty() -> bytes:
    """No bytes at all."""
    return b""


@refused
def text() -> bytes:
    """A text file under a wrong name."""
    return b"MIDI, or so they said\n"


@refused
def sound() -> bytes:
    """A WAV file under a wrong name: also a RIFF, but no music in notes."""
    return b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)


@refused
def no_notes() -> bytes:
    """A tempo and nothing to play."""
    return file(track(tempo(0, 90)))


@refused
def no_tracks() -> bytes:
    """A header alone."""
    return head(tracks=0)


@refused
def cut_off() -> bytes:
    """A download that broke off inside the track."""
    return file(track(scale(16)))[:60]


@refused
def film_time() -> bytes:
    """Time in SMPTE frames, 25 a second and 40 ticks a frame, rather than in beats."""
    return file(track(scale(4)), division=0xE728)


@refused
def no_division() -> bytes:
    """Zero ticks to the quarter."""
    return file(track(scale(4)), division=0)


@refused
def broken_running_status() -> bytes:
    """A data byte where a status byte has to stand."""
    return file(track(event(0, 60, 80), scale(4)))


@refused
def high_data_byte() -> bytes:
    """A pitch above 127."""
    return file(track(event(0, 0x90, 200, 80), scale(4)))


@refused
def years_long() -> bytes:
    """Seventy bytes that last two years: a piano roll of them would take all memory."""
    return file(track(*(note(0x0FFFFFFF, 60 + i, Q) for i in range(4))), division=1)


@refused
def a_bar_a_tick() -> bytes:
    """Bars of one tick each, thirty million of them, where a person sees a short piece."""
    return file(track(meter(0, 1, 200)), track(note(0, 60, 0x01FFFFFF)), division=32767)


def read_me() -> str:
    """The table of reasons."""
    lines = ["# Awkward MIDI files", ""]
    lines += ["Made from nothing by `.venv/bin/python -m tests.midi.make`, which also writes this"]
    lines += ["page from the docstrings. To add one: a function there, then run it."]
    for title, files in (("Understood", READABLE), ("Refused, in one sentence", REFUSED)):
        lines += ["", f"## {title}", "", "| file | why it is here |", "| --- | --- |"]
        lines += [f"| {name} | {make.__doc__} |" for name, make in files.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write all files and the README."""
    for name, make in {**READABLE, **REFUSED}.items():
        (FOLDER / name).write_bytes(make())
    (FOLDER / "README.md").write_text(read_me(), encoding="utf-8")


if __name__ == "__main__":
    main()
