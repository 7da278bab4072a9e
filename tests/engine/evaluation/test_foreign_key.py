import pytest
from music21.analysis import discrete
from music21.note import Note as Heard
from music21.stream import Stream

from engine.evaluation.foreign_key import FINDERS, RELATIONS, foreign_key, relation
from engine.score.model import DRUMS, Note, Score
from engine.score.theory import KEYS, SCALES, Key, key_named
from tests.engine.score.pieces import chord, hits, melody, piece, two_bars
from tests.engine.training.shards import scale_piece


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_scale_that_rests_on_its_triad_is_in_its_key(key: Key) -> None:
    scale = [60 + key.tonic + step for step in SCALES[key.mode]]
    triad = [48 + key.tonic + SCALES[key.mode][step] for step in (0, 2, 4)]
    score = piece([*melody(scale), *chord(96, triad, 48)], bars=3)
    assert foreign_key(score) == key


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("score", [scale_piece(2), two_bars()], ids=["scale", "two bars"])
def test_the_histogram_is_heard_as_its_notes_are_one_by_one(score: Score, finder: str) -> None:
    notes = Stream()
    for note in score.notes:
        if note.program != DRUMS:
            notes.insert(note.start / 12, Heard(note.pitch, quarterLength=note.duration / 12))
    whole = getattr(discrete, finder)().getSolution(notes)
    assert foreign_key(score, finder) == Key(whole.tonic.pitchClass, whole.mode)


def test_drums_have_no_key_and_change_none() -> None:
    drums = hits(range(0, 48, 2), key=61)
    assert foreign_key(piece(drums)) is None
    tune = melody([60, 64, 67, 60])
    assert foreign_key(piece([*tune, *drums])) == foreign_key(piece(tune)) == key_named("C major")


def test_long_notes_weigh_more_than_many() -> None:
    long = [Note(0, 0, pitch, 48, 84) for pitch in (62, 66, 69)]
    short = [Note(tick, 0, 60, 1, 84) for tick in range(0, 48, 4)]
    assert foreign_key(piece([*long, *short])) == key_named("D major")


@pytest.mark.parametrize(
    ("asked", "found", "name"),
    [
        ("C major", "C major", "same"),
        ("C major", "A minor", "relative"),
        ("A minor", "C major", "relative"),
        ("C major", "C minor", "parallel"),
        ("E minor", "E major", "parallel"),
        ("C major", "G major", "fifth"),
        ("C major", "F major", "fifth"),
        ("C major", "Eb major", "other"),
        ("C major", "E minor", "other"),
        ("C minor", "A major", "other"),
    ],
)
def test_confusions_have_the_names_of_theory(asked: str, found: str, name: str) -> None:
    assert relation(key_named(asked), key_named(found)) == name


def test_of_24_keys_one_is_the_same_one_relative_one_parallel_two_a_fifth_away() -> None:
    for asked in KEYS:
        names = [relation(asked, found) for found in KEYS]
        assert [names.count(name) for name in RELATIONS] == [1, 1, 1, 2, 19]
