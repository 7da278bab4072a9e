"""MIDI bytes to Score and back. The only importer of miditoolkit.

What miditoolkit 1.0.1 does not say aloud: it adds 120 BPM and 4/4 to a file that has none,
its ``max_tick`` is set only on reading, and it lets mido raise whatever a damaged file causes.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import miditoolkit
from mido.midifiles.meta import KeySignatureError

from engine.errors import BadMidiError
from engine.score.model import DRUMS, Meter, Note, Score, Tempo
from engine.score.programs import program_name

_MAX_BYTES = 16 * 2**20
# A time in a MIDI file is as large as one likes, so a few bytes can ask for years; symphonies
# have 8,000 quarters.
_MAX_QUARTERS = 20_000
_MAX_BARS = 100_000
_KEY_SIGNATURE = re.compile(rb"\xff\x59\x02..", re.DOTALL)
_C_MAJOR = b"\xff\x59\x02\x00\x00"

_Value = TypeVar("_Value")


def read_midi(data: bytes, *, name: str = "the file") -> Score:
    """Return the notes, tempi and meters of a MIDI file, at its own resolution.

    ``name`` stands in the error's sentence. Raises BadMidiError for bytes that are not MIDI,
    for a file without notes and for one that lasts for hours. Tracks of one program become one
    part; chords are empty; the bars cover the last note.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = data[20:]
    if not data.startswith(b"MThd"):
        raise BadMidiError(f"{name} is not a MIDI file; give a Standard MIDI File (.mid)")
    if len(data) > _MAX_BYTES:
        raise BadMidiError(f"{name} is larger than {_MAX_BYTES >> 20} MiB; give a shorter piece")
    try:
        midi = _open(data)
    except Exception as error:
        # mido raises whatever it stumbles over: EOFError, IndexError, KeySignatureError ...
        breaks_off = isinstance(error, EOFError)
        reason = "it breaks off" if breaks_off else str(error) or type(error).__name__
        raise BadMidiError(f"{name} is a damaged MIDI file ({reason}); export it again") from error
    resolution = int(midi.ticks_per_beat)
    if resolution <= 0:
        raise BadMidiError(f"{name} counts time in SMPTE frames; export it with bars and beats")
    notes = sorted(
        Note(
            int(note.start),
            DRUMS if instrument.is_drum else int(instrument.program),
            note.pitch,
            max(1, int(note.end - note.start)),
            note.velocity,
        )
        for instrument in midi.instruments
        for note in instrument.notes
        if note.velocity > 0
    )
    if not notes:
        raise BadMidiError(f"{name} holds no notes; give a file with music in it")
    tempos = [(int(t.time), float(t.tempo)) for t in midi.tempo_changes if t.tempo > 0]
    meters = [
        (int(m.time), (int(m.numerator), int(m.denominator)))
        for m in midi.time_signature_changes
        if m.numerator > 0
    ]
    meter_events = tuple(Meter(tick, *meter) for tick, meter in _changes(meters, (4, 4)))
    end = max(n.start + n.duration for n in notes)
    bars = _bars_to(end, meter_events, resolution)
    if end > _MAX_QUARTERS * resolution or bars > _MAX_BARS:
        raise BadMidiError(f"{name} lasts for hours, mostly silence; give a shorter piece")
    return Score(
        resolution=resolution,
        bars=bars,
        notes=tuple(notes),
        tempos=tuple(Tempo(tick, bpm) for tick, bpm in _changes(tempos, 120.0)),
        meters=meter_events,
    )


def _open(data: bytes) -> miditoolkit.MidiFile:
    """Return the parsed file; an impossible key signature, which mido refuses, is neutralised."""
    try:
        return miditoolkit.MidiFile(file=io.BytesIO(data))
    except KeySignatureError:
        return miditoolkit.MidiFile(file=io.BytesIO(_KEY_SIGNATURE.sub(_C_MAJOR, data)))


def _changes(events: list[tuple[int, _Value]], default: _Value) -> list[tuple[int, _Value]]:
    """Return the events that change something; the last at a tick wins, the default comes first."""
    latest = {0: default, **dict(sorted(events, key=lambda event: event[0]))}
    kept = list(latest.items())
    return kept[:1] + [b for a, b in pairwise(kept) if a[1] != b[1]]


def _bars_to(end: int, meters: tuple[Meter, ...], resolution: int) -> int:
    bars = 0
    for index, (tick, numerator, denominator) in enumerate(meters):
        until = meters[index + 1].tick if index + 1 < len(meters) else end
        length = max(1, numerator * 4 * resolution // denominator)
        bars += -(-max(0, min(until, end) - tick) // length)
    return max(1, bars)


def write_midi(score: Score, *, title: str = "", kit: int = 0) -> bytes:
    """Return a Standard MIDI File, one track an instrument, the same bytes for the same score.

    ``kit``: the program of the drum channel, a kit of General MIDI 2; 0 is the standard one.
    """
    midi = miditoolkit.MidiFile(ticks_per_beat=score.resolution)
    midi.tempo_changes = [miditoolkit.TempoChange(t.bpm, t.tick) for t in score.tempos]
    midi.time_signature_changes = [
        miditoolkit.TimeSignature(m.numerator, m.denominator, m.tick) for m in score.meters
    ]
    parts: dict[int, list[miditoolkit.Note]] = defaultdict(list)
    for start, program, pitch, duration, velocity in score.notes:
        parts[program].append(miditoolkit.Note(velocity, pitch, start, start + duration))
    for program in sorted(parts):
        drums = program == DRUMS
        track = miditoolkit.Instrument(
            program=kit if drums else program,
            is_drum=drums,
            name=program_name(program),
        )
        track.notes = parts[program]
        midi.instruments.append(track)
    if title:
        midi.markers = [miditoolkit.Marker(title, 0)]
    buffer = io.BytesIO()
    midi.dump(file=buffer, charset="utf-8")
    return buffer.getvalue()


def read_midi_file(path: Path) -> Score:
    """Return ``read_midi`` of a file; BadMidiError also when it cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadMidiError(f"{path} cannot be read: {error.strerror}") from error
    return read_midi(data, name=str(path))
