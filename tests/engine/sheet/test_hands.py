"""Which hand plays what."""

from __future__ import annotations

from engine.score.model import Note
from engine.sheet.hands import two_hands


def notes(*chords: tuple[int, ...]) -> list[Note]:
    return [Note(12 * at, 0, pitch, 12, 80) for at, chord in enumerate(chords) for pitch in chord]


def test_bass_and_chords_part_at_the_gap() -> None:
    right, left = two_hands(notes((36, 64, 67, 72), (43, 65, 69, 74)))
    assert {note.pitch for note in left} == {36, 43}
    assert {note.pitch for note in right} == {64, 67, 72, 65, 69, 74}


def test_no_hand_reaches_further_than_it_can_where_the_other_is_free() -> None:
    right, left = two_hands(notes((48, 55, 64, 72)))
    for hand in (right, left):
        pitches = [note.pitch for note in hand]
        assert max(pitches) - min(pitches) <= 14


def test_a_melody_that_dips_below_middle_c_stays_in_one_hand() -> None:
    right, left = two_hands(notes((64,), (62,), (60,), (59,), (60,), (62,), (64,)))
    assert (len(right), len(left)) == (7, 0)


def test_every_note_goes_to_one_hand() -> None:
    played = notes(*((pitch, pitch + 7, pitch + 16) for pitch in range(0, 111, 3)))
    right, left = two_hands(played)
    assert sorted(right + left) == sorted(played)
