from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.explain.analysis import analyse
from engine.explain.chords import chords_by_half
from engine.explain.key import read_key
from engine.explain.modulation import SHORTEST_BARS
from engine.score.measures import measure
from engine.score.model import Score
from engine.score.theory import Key
from tests.engine.explain.songs import BRIDGE, VERSE, band, cadence, joined
from tests.engine.score.pieces import chord, piece


def key_of(score: Score) -> Key | None:
    reading = analyse(score).key
    return reading and reading.key


def test_a_plain_song_is_clearly_in_its_key_wherever_it_is_moved() -> None:
    for up in range(12):
        reading = analyse(band(VERSE, up=up - 6)).key
        assert reading is not None
        assert reading.key == Key((up - 6) % 12, "major")
        assert reading.certainty == "clear"


def test_the_tonic_is_where_the_music_begins_and_ends() -> None:
    """C major and A minor have the same chords; only where they rest tells them apart."""
    home_c = cadence("C", "Am", "Dm", "G", "C", "F", "G", "C")
    home_a = cadence("Am", "C", "Dm", "Em", "Am", "F", "Em", "Am")
    assert key_of(band(home_c)) == Key(0, "major")
    assert key_of(band(home_a)) == Key(9, "minor")


def test_where_the_music_dwells_counts_though_it_begins_and_ends_elsewhere() -> None:
    dwelling = cadence("F", "C", "C", "G", "C", "C", "Am", "C", "C", "F")
    assert key_of(band(dwelling)) == Key(0, "major")


def test_two_chords_that_may_be_home_leave_the_key_open() -> None:
    vamp = analyse(band(cadence(*("C", "F") * 4))).key
    assert vamp is not None
    assert vamp.certainty != "clear"


def test_all_twelve_tones_alike_are_no_clear_key() -> None:
    cluster = analyse(piece(chord(0, range(60, 72), 48))).key
    assert cluster is not None
    assert cluster.certainty == "none"


def test_silence_has_no_key() -> None:
    assert read_key(np.zeros(12), []) is None
    assert read_key(np.ones(12), [None, None]) is None


def test_a_key_is_its_name_whatever_the_length_of_the_piece() -> None:
    once, thrice = band(VERSE), joined(band(VERSE), band(VERSE), band(VERSE))
    assert key_of(once) == key_of(thrice)


def test_a_song_that_moves_up_is_told_from_where_on() -> None:
    for up in range(1, 12):
        song = joined(band(VERSE + VERSE), band(VERSE + VERSE, up=up))
        keys = analyse(song).keys
        assert [one.key for one in keys] == [Key(0, "major"), Key(up, "major")]
        # The keys a fifth away share all chords of the first bars; no ear can tell at once.
        assert abs(keys[1].first_bar - 17) <= (3 if up in (5, 7) else 0)
        assert (keys[0].first_bar, keys[-1].last_bar) == (1, 32)
        assert keys[0].last_bar + 1 == keys[1].first_bar


def test_a_bridge_and_a_few_bars_elsewhere_do_not_change_the_key() -> None:
    assert len(analyse(band(VERSE + BRIDGE + VERSE)).keys) == 1
    for bars in range(1, SHORTEST_BARS):
        aside = joined(band(VERSE), band(VERSE[:bars], up=6), band(VERSE))
        assert len(analyse(aside).keys) == 1


def test_stretches_lose_no_bar() -> None:
    song = joined(*(band(VERSE, up=up) for up in (0, 2, 2, 5, 5, 0)))
    keys = analyse(song).keys
    measured = measure(song)
    assert len(measured.density) == keys[-1].last_bar
    assert all(a.last_bar + 1 == b.first_bar for a, b in pairwise(keys))
    assert all(a.key != b.key for a, b in pairwise(keys))
    assert len(chords_by_half(song)) == 2 * song.bars
