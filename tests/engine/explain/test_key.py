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
    for up in (1, 2, 3, 5):
        song = joined(band(VERSE + VERSE), band(VERSE + VERSE, up=up))
        keys = analyse(song).keys
        assert [one.key for one in keys] == [Key(0, "major"), Key(up, "major")]
        assert keys[1].first_bar == 17
        assert (keys[0].first_bar, keys[-1].last_bar) == (1, 32)
        assert keys[0].last_bar + 1 == keys[1].first_bar


def test_a_bridge_and_a_few_bars_elsewhere_do_not_change_the_key() -> None:
    assert len(analyse(band(VERSE + BRIDGE + VERSE)).keys) == 1
    aside = joined(band(VERSE), band(VERSE[: SHORTEST_BARS // 2], up=3), band(VERSE))
    assert len(analyse(aside).keys) == 1


def test_stretches_lose_no_bar() -> None:
    song = joined(*(band(VERSE, up=up) for up in (0, 2, 2, 5, 5, 0)))
    keys = analyse(song).keys
    measured = measure(song)
    assert len(measured.density) == keys[-1].last_bar
    assert all(a.last_bar + 1 == b.first_bar for a, b in pairwise(keys))
    assert all(a.key != b.key for a, b in pairwise(keys))
    assert len(chords_by_half(song)) == 2 * song.bars
