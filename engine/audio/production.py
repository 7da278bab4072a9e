"""How a genre is produced: which drum kit, which room, how loud the rhythm section is.

One row a genre. A piece without a genre (a MIDI file from elsewhere) gets ``STUDIO``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

# Drum kits of General MIDI 2, as programs of the drum channel.
STANDARD, ROOM, POWER, ELECTRONIC, TR_808, JAZZ, BRUSH, ORCHESTRA = 0, 8, 16, 24, 25, 32, 40, 48

KIT_NAMES = {
    STANDARD: "standard kit",
    ROOM: "room kit",
    POWER: "power kit",
    ELECTRONIC: "electronic kit",
    TR_808: "808 kit",
    JAZZ: "jazz kit",
    BRUSH: "brushes",
    ORCHESTRA: "orchestral percussion",
}


class Space(NamedTuple):
    """A room to play in, in the units of FluidSynth's reverberation."""

    room_size: float
    """0 to 1: how long it rings."""
    damping: float
    """0 to 1: how dark it rings."""
    width: float
    """0 to 1: how far it reaches to both sides."""


# Behind each what it measures: the room against a flute at a send of 64, and its reverberation
# time (to -60 dB).
BOOTH = Space(0.25, 0.55, 0.8)  # -17 dB, 1.0 s
CLUB = Space(0.35, 0.45, 0.8)  # -16 dB, 1.2 s
ATTIC = Space(0.45, 0.80, 0.8)  # -16 dB, 1.3 s, dark
PLATE = Space(0.55, 0.35, 0.9)  # -14 dB, 1.8 s
HALL = Space(0.72, 0.40, 1.0)  # -12 dB, 2.9 s
CATHEDRAL = Space(0.86, 0.35, 1.0)  # -10 dB, 4.8 s


@dataclass(frozen=True, slots=True)
class Production:
    """All that is decided about the sound of a piece before a note is played."""

    kit: int = STANDARD
    """Program of the drum channel."""
    space: Space = PLATE
    sends: float = 1.0
    """Factor on every instrument's way into the room."""
    chorus: float = 1.0
    """Factor on every instrument's way into the chorus."""
    drums_db: float = 0.0
    """The drums against their usual level."""
    bass_db: float = 0.0
    """The bass against its usual level."""
    treble_hz: float | None = None
    """Above this the sound is rolled off, as on a worn tape; None leaves it open."""
    pedal: bool = True
    """Whether pianists hold their chords with the pedal where it does not blur."""
    behind_ms: float = 0.0
    """By how much the tune lies behind the beat on average."""
    humanised: bool = True
    """Whether onsets stray from the beat; not where the score was played by somebody."""
    seed: int = 0
    """Of the players' small deviations."""

    @property
    def midi_kit(self) -> int:
        """The kit to name in a MIDI file.

        Its drums lie on the keys of the standard kit, where the orchestral one has timpani.
        """
        return STANDARD if self.kit == ORCHESTRA else self.kit


STUDIO = Production()

PRODUCTIONS: dict[str, Production] = {
    "classical": Production(ORCHESTRA, HALL, 1.1, 0.0, drums_db=-3),
    "jazz": Production(JAZZ, CLUB, 1.0, 0.0, drums_db=-3, pedal=False, behind_ms=10),
    "blues": Production(ROOM, CLUB, 0.9, 0.4, drums_db=-1, pedal=False),
    "rock": Production(POWER, PLATE, 0.8, 0.6, drums_db=1),
    "rocknroll": Production(ROOM, CLUB, 0.9, 0.3, pedal=False),
    "metal": Production(POWER, BOOTH, 0.7, 0.3, drums_db=1, bass_db=1, pedal=False),
    "punk": Production(POWER, BOOTH, 0.6, 0.3, drums_db=1, pedal=False),
    "progrock": Production(POWER, PLATE, 1.0, 1.0),
    "pop": Production(STANDARD, PLATE, 0.9, 1.0),
    "country": Production(STANDARD, CLUB, 0.8, 0.3, drums_db=-1, pedal=False),
    "folk": Production(STANDARD, CLUB, 0.9, 0.2, drums_db=-2, pedal=False),
    "soul": Production(ROOM, PLATE, 0.8, 0.8, bass_db=1),
    "hiphop": Production(TR_808, BOOTH, 0.7, 0.5, drums_db=2, bass_db=2),
    "electronic": Production(TR_808, PLATE, 1.0, 1.3, drums_db=2, bass_db=1, pedal=False),
    "reggae": Production(ROOM, PLATE, 0.9, 0.5, bass_db=3, pedal=False),
    "latin": Production(STANDARD, CLUB, 0.9, 0.4, pedal=False),
    "gospel": Production(ROOM, HALL, 0.8, 0.6),
    "world": Production(STANDARD, HALL, 0.9, 0.3),
    "game": Production(ELECTRONIC, PLATE, 0.8, 0.8, pedal=False),
    "cinematic": Production(ORCHESTRA, CATHEDRAL, 1.0, 0.4),
    "ambient": Production(BRUSH, CATHEDRAL, 1.3, 1.3, drums_db=-4),
    "lofi": Production(ROOM, ATTIC, 0.9, 1.2, bass_db=1, treble_hz=5500.0),
}
"""Genre of the vocabulary to its production. Levels follow what the genre's records are known
for (a reggae bass, jazz drums behind the soloist); set by hand, not by a survey."""

_BRUSHED = ("jazz", "country", "folk", "latin")


def production_of(genre: str | None, *, arousal: float = 0.0, seed: int = 0) -> Production:
    """Return how a genre of the vocabulary is produced; STUDIO for None and unknown names.

    ``arousal``: -1 calm to 1 excited; calm jazz, country, folk and latin are played with
    brushes. ``seed``: of the players' deviations.
    """
    production = PRODUCTIONS.get(genre or "", STUDIO)
    if arousal < 0 and genre in _BRUSHED:
        production = replace(production, kit=BRUSH)
    return replace(production, seed=seed)
