"""What is usual in each genre: tempo, mode, tonics, meters, moods and line-ups.

Tempo quantiles, share of major keys, meters and the commonest instruments follow the
statistics of the training corpus (the share of pieces, tracks at the default 120 BPM left
out); where it is thin or its tempi are counted double (reggae, hip-hop) they are set by ear.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What a genre does when nobody asked for anything else."""

    tempo: tuple[int, int, int, int, int]
    """Quarter notes a minute at the 10th, 25th, 50th, 75th and 90th percentile."""
    major: float
    """The share of major keys at neutral valence."""
    tonics: str
    """Which family of TONIC_WEIGHTS: keys that lie well for guitar, horns or keyboard."""
    meters: dict[str, float]
    moods: dict[str, float]
    """Moods the genre is known for; any other has weight 0.2."""
    lineups: tuple[tuple[float, tuple[int, ...]], ...]
    """Weighted line-ups; each can carry melody, harmony and bass."""
    weight: float = 1.0
    """How likely the genre is when none was named."""
    signature: tuple[int, ...] = ()
    """What a band completed around other instruments still has."""


TONIC_WEIGHTS: dict[str, dict[str, tuple[int, ...]]] = {
    "guitar": {
        "major": (7, 0, 8, 0, 7, 4, 0, 9, 0, 8, 2, 2),
        "minor": (2, 2, 6, 0, 9, 2, 3, 3, 0, 8, 0, 5),
    },
    "horns": {
        "major": (7, 1, 3, 7, 1, 9, 0, 5, 4, 2, 8, 0),
        "minor": (7, 1, 7, 3, 3, 6, 1, 7, 0, 5, 4, 1),
    },
    "keyboard": {
        "major": (9, 2, 7, 5, 5, 7, 2, 8, 4, 5, 5, 2),
        "minor": (6, 3, 8, 3, 7, 5, 3, 6, 2, 8, 3, 5),
    },
}
"""Weights of the twelve tonics from C upwards."""

_FOUR = {"4/4": 1.0}

PROFILES: dict[str, Profile] = {
    "classical": Profile(
        (52, 70, 92, 116, 150),
        0.7,
        "keyboard",
        {"4/4": 5, "3/4": 3, "2/4": 1.5, "6/8": 1},
        {"romantic": 1, "calm": 1, "melancholic": 1, "sad": 1, "playful": 0.7, "hopeful": 0.7}
        | {"dreamy": 0.7, "tense": 0.5, "nostalgic": 0.7},
        (
            (4, (0,)),
            (2, (40, 41, 42)),
            (2, (0, 40, 42)),
            (1, (0, 73)),
            (1, (60, 68, 70, 71, 73)),
            (2, (42, 43, 48, 60, 68, 73)),
        ),
        1.3,
    ),
    "jazz": Profile(
        (82, 104, 139, 180, 220),
        0.69,
        "horns",
        {"4/4": 92, "3/4": 7, "5/4": 1},
        {"playful": 1, "romantic": 1, "calm": 1, "nostalgic": 1, "happy": 0.7, "melancholic": 0.7}
        | {"energetic": 0.4, "mysterious": 0.3},
        (
            (3, (0, 32, 66, 128)),
            (2, (0, 32, 128)),
            (2, (0, 32, 56, 65, 128)),
            (1, (11, 26, 32, 128)),
            (1, (26, 32, 65, 128)),
            (1, (0, 32, 56, 57, 66, 128)),
        ),
        1.2,
    ),
    "blues": Profile(
        (70, 88, 110, 126, 140),
        0.74,
        "guitar",
        {"4/4": 85, "12/8": 12, "6/8": 3},
        {"melancholic": 1, "sad": 0.7, "playful": 0.6, "nostalgic": 0.6, "angry": 0.2},
        (
            (3, (0, 27, 33, 128)),
            (2, (16, 27, 33, 128)),
            (2, (22, 25, 32, 128)),
            (1, (0, 27, 33, 66, 128)),
        ),
        0.6,
    ),
    "rock": Profile(
        (80, 92, 115, 138, 160),
        0.65,
        "guitar",
        {"4/4": 94, "6/8": 4, "3/4": 2},
        {"energetic": 1, "happy": 0.6, "angry": 0.6, "hopeful": 0.5, "tense": 0.4, "dark": 0.3},
        (
            (3, (27, 29, 33, 128)),
            (2, (25, 29, 33, 128)),
            (2, (18, 27, 29, 33, 128)),
            (1, (0, 27, 29, 33, 128)),
        ),
        1.0,
        (29,),
    ),
    "rocknroll": Profile(
        (84, 110, 138, 160, 175),
        0.9,
        "guitar",
        {"4/4": 96, "12/8": 4},
        {"happy": 1, "energetic": 1, "playful": 1, "nostalgic": 0.3},
        ((3, (0, 27, 32, 128)), (2, (0, 27, 32, 66, 128)), (2, (26, 27, 33, 128))),
        0.4,
        (27,),
    ),
    "metal": Profile(
        (80, 95, 120, 150, 180),
        0.34,
        "guitar",
        {"4/4": 90, "6/8": 5, "3/4": 3, "7/8": 2},
        {"angry": 1.5, "dark": 1, "tense": 1, "epic": 0.8, "energetic": 0.7},
        (
            (3, (29, 30, 33, 128)),
            (2, (27, 30, 33, 128)),
            (1, (30, 33, 48, 128)),
            (1, (30, 33, 52, 128)),
        ),
        0.7,
        (30,),
    ),
    "punk": Profile(
        (110, 140, 160, 182, 200),
        0.68,
        "guitar",
        _FOUR,
        {"energetic": 1, "angry": 1, "playful": 0.4, "happy": 0.3},
        ((3, (29, 30, 34, 128)), (2, (27, 30, 34, 128)), (1, (30, 34, 57, 128))),
        0.4,
        (30,),
    ),
    "progrock": Profile(
        (71, 88, 110, 134, 156),
        0.55,
        "guitar",
        {"4/4": 70, "7/8": 10, "5/4": 8, "6/8": 6, "3/4": 4, "9/8": 2},
        {"mysterious": 0.8, "epic": 0.6, "tense": 0.6, "dreamy": 0.4, "energetic": 0.4},
        (
            (2, (18, 27, 29, 33, 128)),
            (2, (18, 29, 33, 81, 128)),
            (1, (25, 33, 48, 73, 128)),
            (1, (0, 29, 33, 89, 128)),
        ),
        0.3,
    ),
    "pop": Profile(
        (68, 78, 100, 118, 132),
        0.66,
        "keyboard",
        {"4/4": 96, "3/4": 2, "6/8": 2},
        {"happy": 1, "romantic": 1, "hopeful": 1, "energetic": 0.5, "sad": 0.6, "nostalgic": 0.5},
        (
            (3, (0, 25, 33, 128)),
            (2, (0, 33, 48, 128)),
            (2, (4, 27, 33, 89, 128)),
            (1, (0, 38, 81, 89, 128)),
        ),
        1.2,
    ),
    "country": Profile(
        (76, 92, 112, 135, 160),
        0.93,
        "guitar",
        {"4/4": 90, "3/4": 7, "2/4": 3},
        {"happy": 1, "nostalgic": 1, "hopeful": 0.6, "playful": 0.6, "sad": 0.4, "romantic": 0.4},
        (
            (3, (25, 27, 33, 128)),
            (2, (25, 32, 110, 128)),
            (2, (0, 25, 27, 33, 128)),
            (1, (22, 25, 33, 128)),
        ),
        0.5,
        (25,),
    ),
    "folk": Profile(
        (82, 96, 112, 132, 160),
        0.82,
        "guitar",
        {"4/4": 55, "6/8": 25, "3/4": 12, "2/4": 8},
        {"nostalgic": 1, "playful": 0.8, "happy": 0.8, "calm": 0.7, "hopeful": 0.6, "sad": 0.3},
        (
            (3, (25, 32, 110)),
            (2, (25, 73)),
            (1, (21, 25, 32, 110)),
            (1, (24, 42, 78)),
            (1, (25, 32, 105, 110)),
        ),
        0.6,
    ),
    "soul": Profile(
        (74, 88, 102, 114, 126),
        0.62,
        "horns",
        {"4/4": 96, "6/8": 3, "12/8": 1},
        {"romantic": 1, "happy": 0.8, "energetic": 0.7, "playful": 0.5, "nostalgic": 0.4},
        (
            (3, (4, 27, 33, 128)),
            (2, (16, 27, 33, 61, 128)),
            (2, (4, 28, 33, 48, 128)),
            (1, (0, 27, 33, 56, 66, 128)),
        ),
        0.6,
    ),
    "hiphop": Profile(
        (76, 84, 92, 100, 140),
        0.27,
        "keyboard",
        _FOUR,
        {"energetic": 0.8, "dark": 0.8, "tense": 0.5, "angry": 0.4, "nostalgic": 0.4, "calm": 0.3},
        (
            (3, (4, 33, 48, 128)),
            (2, (0, 38, 89, 128)),
            (1, (11, 33, 48, 128)),
            (1, (0, 38, 45, 128)),
        ),
        0.6,
        (128,),
    ),
    "electronic": Profile(
        (96, 112, 125, 132, 142),
        0.42,
        "keyboard",
        _FOUR,
        {"energetic": 1.2, "dreamy": 0.5, "dark": 0.6, "tense": 0.5, "mysterious": 0.4},
        (
            (3, (38, 81, 89, 128)),
            (2, (38, 80, 90, 128)),
            (1, (0, 38, 50, 81, 128)),
            (1, (38, 81, 95, 98, 128)),
        ),
        0.9,
        (128,),
    ),
    "reggae": Profile(
        (66, 72, 80, 92, 130),
        0.65,
        "guitar",
        _FOUR,
        {"happy": 1, "calm": 0.8, "hopeful": 0.6, "playful": 0.5},
        (
            (3, (16, 28, 33, 128)),
            (2, (0, 16, 27, 33, 128)),
            (1, (16, 27, 33, 57, 66, 128)),
        ),
        0.4,
        (16,),
    ),
    "latin": Profile(
        (92, 108, 122, 140, 170),
        0.62,
        "horns",
        {"4/4": 92, "2/4": 4, "3/4": 2, "6/8": 2},
        {"happy": 1, "energetic": 0.8, "romantic": 0.9, "playful": 0.6, "nostalgic": 0.3},
        (
            (3, (0, 32, 56, 128)),
            (2, (24, 32, 73, 128)),
            (2, (0, 33, 56, 57, 128)),
            (1, (0, 24, 32, 61, 128)),
        ),
        0.6,
    ),
    "gospel": Profile(
        (62, 74, 90, 108, 126),
        0.87,
        "horns",
        {"4/4": 76, "3/4": 10, "6/8": 8, "12/8": 6},
        {"hopeful": 1.2, "happy": 0.6, "calm": 0.4, "epic": 0.2},
        ((3, (0, 16, 33, 52, 128)), (2, (0, 16, 33, 128)), (1, (16, 33, 52, 128))),
        0.3,
        (0,),
    ),
    "world": Profile(
        (77, 94, 112, 138, 160),
        0.6,
        "guitar",
        {"4/4": 65, "3/4": 13, "6/8": 12, "7/8": 5, "9/8": 5},
        {"mysterious": 0.7, "playful": 0.5, "happy": 0.5, "nostalgic": 0.5, "calm": 0.4},
        (
            (2, (24, 32, 75, 128)),
            (1, (20, 32, 104, 128)),
            (1, (43, 77, 107)),
            (2, (21, 32, 40, 71, 128)),
            (1, (12, 32, 108, 128)),
        ),
        0.4,
    ),
    "game": Profile(
        (90, 110, 132, 152, 175),
        0.48,
        "keyboard",
        {"4/4": 88, "3/4": 7, "6/8": 5},
        {"playful": 1, "epic": 0.8, "energetic": 0.8, "mysterious": 0.6, "tense": 0.6}
        | {"happy": 0.6, "dark": 0.4},
        (
            (3, (38, 80, 81, 128)),
            (2, (33, 48, 73, 81, 128)),
            (1, (0, 33, 48, 73, 128)),
            (1, (46, 48, 60, 73, 43)),
        ),
        0.7,
    ),
    "cinematic": Profile(
        (66, 78, 94, 116, 136),
        0.35,
        "keyboard",
        {"4/4": 84, "3/4": 10, "6/8": 6},
        {"epic": 1.5, "tense": 1, "dark": 1, "mysterious": 1, "sad": 0.7, "hopeful": 0.7}
        | {"melancholic": 0.6, "dreamy": 0.4},
        (
            (3, (43, 47, 48, 52, 60, 61)),
            (2, (42, 43, 48, 61, 128)),
            (2, (0, 42, 43, 48)),
            (1, (43, 46, 48, 68, 73)),
        ),
        0.9,
        (48,),
    ),
    "ambient": Profile(
        (56, 62, 68, 77, 85),
        0.53,
        "keyboard",
        {"4/4": 83, "3/4": 15, "6/8": 2},
        {"calm": 1.2, "dreamy": 1.2, "mysterious": 0.7, "melancholic": 0.4, "hopeful": 0.3},
        (
            (3, (0, 38, 89)),
            (2, (48, 88, 91, 98)),
            (1, (11, 39, 89)),
            (1, (46, 73, 89, 95)),
        ),
        0.6,
        (89,),
    ),
    "lofi": Profile(
        (68, 72, 79, 87, 91),
        0.44,
        "keyboard",
        _FOUR,
        {"calm": 1, "nostalgic": 1, "dreamy": 0.6, "melancholic": 0.7, "romantic": 0.2},
        (
            (3, (4, 33, 89, 128)),
            (2, (0, 32, 89, 128)),
            (2, (4, 26, 33, 128)),
            (1, (4, 11, 32, 128)),
        ),
        0.7,
        (4, 128),
    ),
}
"""Every canonical genre."""
