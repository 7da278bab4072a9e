"""Wishes about a piece that is there: which words change what."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import RequestError
from engine.request.lexicon.moods import MOODS
from engine.request.model import Brief
from engine.request.revise import understand
from engine.request.revision import Mute, Revision, SetTempo, Swap, Transpose
from tests.engine.request.test_properties import SENTENCES
from tests.engine.request.wishes import WISHES

JAZZ = Brief("jazz", "calm", 0.4, -0.7, 90.0, "D major", "4/4", 16, (0, 32, 128), seed=5)
ROCK = Brief(
    "rock", "energetic", 0.5, 0.9, 300.0, "E minor", "4/4", 256, (27, 29, 33, 128),
    density=7, seed=5,
)  # fmt: skip


def _lines() -> list[tuple[str, str, str]]:
    rows = []
    for line in WISHES.strip().splitlines():
        text, rest = line[:40].strip(), line[40:].strip()
        sign, _, said = rest.partition(" ")
        rows.append((text, sign, said))
    return rows


@pytest.mark.parametrize(("text", "sign", "said"), _lines(), ids=[row[0] for row in _lines()])
def test_a_wish_changes_what_the_table_says(text: str, sign: str, said: str) -> None:
    if sign == "!":
        with pytest.raises(RequestError) as refused:
            understand(text, JAZZ)
        assert said in str(refused.value)
        return
    revision = understand(text, JAZZ)
    how = {"parent": "<", "first": "|<", None: "*" if revision.fresh else "="}[revision.back]
    assert how == sign, revision
    for part in said.split(" | "):
        assert any(part in change for change in revision.changes), revision


def test_what_is_not_wished_stays() -> None:
    after = understand("slower, darker, add strings", JAZZ).brief
    assert after == replace(
        JAZZ,
        tempo_bpm=72.0,
        mood="nostalgic",
        valence=0.0,
        arousal=-0.65,
        programs=(0, 32, 48, 128),
    )


def test_one_wish_that_needs_notes_makes_all_of_it_new() -> None:
    revision = understand("slower, no drums, up a tone, and longer", JAZZ)
    assert revision.fresh
    assert revision.edits == ()
    assert revision.brief == replace(JAZZ, tempo_bpm=72.0, programs=(0, 32), key="E major", bars=24)


def test_edits_say_how_the_brief_is_reached() -> None:
    revision = understand("a harp instead of the piano, no drums, in A major, 100 bpm", JAZZ)
    assert revision.edits == (Swap(0, 46), Mute(128), Transpose(-5), SetTempo(100.0))
    assert revision.brief == replace(JAZZ, programs=(32, 46), key="A major", tempo_bpm=100.0)


@pytest.mark.parametrize("key", ["C", "F#", "G", "Ab", "A", "Bb"])
def test_a_key_of_the_same_mode_is_reached_by_the_nearest_way(key: str) -> None:
    (edit,) = understand(f"in {key} major", JAZZ).edits
    assert isinstance(edit, Transpose)
    assert -6 <= edit.semitones <= 5


def test_a_tonic_alone_keeps_the_mode() -> None:
    assert understand("in A", ROCK).edits == (Transpose(5),)
    assert understand("transpose to A", ROCK).brief.key == "A minor"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("faster", "300 BPM already, the fastest"),
        ("longer", "256 bars already, the most"),
        ("busier", "density is 7 already, the most"),
    ],
)
def test_a_wish_at_its_limit_says_so(text: str, reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        understand(text, ROCK)


def test_a_mood_at_the_edge_goes_no_further() -> None:
    with pytest.raises(RequestError, match="as angry as can be asked"):
        understand("angrier", replace(JAZZ, mood="angry", valence=-1.0, arousal=1.0))


def test_a_seventeenth_instrument_is_refused() -> None:
    full = replace(JAZZ, programs=(*range(0, 75, 5), 128))
    with pytest.raises(RequestError, match="16 different instruments, you asked for 17"):
        understand("add banjo", full)


def test_the_last_instrument_cannot_be_left_out() -> None:
    with pytest.raises(RequestError, match="piano is all that plays; say what shall play"):
        understand("no piano", replace(JAZZ, programs=(0,)))


def test_drums_have_no_key() -> None:
    with pytest.raises(RequestError, match="drums alone have no key"):
        understand("up a tone", replace(JAZZ, programs=(128,)))


def test_a_family_is_left_out_where_its_name_does_not_play() -> None:
    """Who says "no guitar" or "no strings" means whichever are there."""
    assert understand("no guitar", ROCK).brief.programs == (33, 128)
    quartet = replace(JAZZ, programs=(0, 40, 41, 42))
    assert understand("no strings", quartet).brief.programs == (0,)
    assert understand("no viola", quartet).brief.programs == (0, 40, 42)


def test_two_of_one_kind_are_swapped_for_two_sounds() -> None:
    assert understand("piano instead of guitar", ROCK).edits == (Swap(27, 0), Swap(29, 1))


def test_a_swap_for_one_who_plays_needs_another_sound_of_it_or_is_refused() -> None:
    piano_and_guitar = replace(JAZZ, programs=(0, 27))
    assert understand("guitar instead of piano", piano_and_guitar).edits == (Swap(0, 26),)
    with pytest.raises(RequestError, match="cello plays already and cannot take another part"):
        understand("cello instead of piano", replace(JAZZ, programs=(0, 42)))


def test_alone_an_instrument_gives_its_part_without_being_named() -> None:
    solo = replace(JAZZ, programs=(0, 128))
    for text in ("play it on violin", "violin instead", "switch to violin"):
        assert understand(text, solo).edits == (Swap(0, 40),)


def test_what_was_not_understood_is_named_and_not_stored() -> None:
    revision = understand("slower, more blarg, with Björn", JAZZ)
    assert revision.unknown == ("blarg", "Björn")
    assert "blarg" not in json.dumps(revision.to_json())


def test_a_remark_says_what_could_not_be_done() -> None:
    assert "no flute to leave out" in understand("slower, no flute", JAZZ).remarks[0]
    assert "loudness cannot be asked yet" in understand("slower and louder", JAZZ).remarks[0]
    assert understand("10 times faster", JAZZ).remarks == ("300 BPM is the fastest there is",)
    assert "ask for the rest" in understand("undo, and slower", JAZZ).remarks[0]
    assert "which octave" in understand("an octave higher, add strings", JAZZ).remarks[0]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(MOODS)), st.sampled_from(["happier", "brighter", "more energetic"]))
def test_up_and_down_the_plane_leads_the_way_it_says(mood: str, text: str) -> None:
    valence, arousal = MOODS[mood]
    before = replace(JAZZ, mood=mood, valence=valence, arousal=arousal)
    after = understand(text, before).brief
    assert (after.valence, after.arousal) != (valence, arousal)
    if text == "more energetic":
        assert after.arousal > arousal
    else:
        assert after.valence > valence


@pytest.mark.parametrize("degree", ["a bit ", "", "much "])
def test_slower_takes_faster_back(degree: str) -> None:
    brief = replace(JAZZ, tempo_bpm=120.0)
    there = understand(f"{degree}faster", brief).brief
    assert understand(f"{degree}slower", there).brief.tempo_bpm == 120.0


CHANGES = st.sampled_from([row[0] for row in _lines()])
JOINTS = st.sampled_from([" ", ", ", " and ", ". ", " but not ", " instead of ", " a bit ", " no "])


def _understood(text: str, brief: Brief) -> Revision | None:
    """Anything but a RequestError escapes and fails the test."""
    try:
        return understand(text, brief)
    except RequestError:
        return None


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=200), st.sampled_from([JAZZ, ROCK]))
def test_any_text_gives_a_revision_or_a_request_error(text: str, brief: Brief) -> None:
    revision = _understood(text, brief)
    if revision is not None:
        assert revision.changes


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.one_of(CHANGES, SENTENCES), JOINTS), min_size=1, max_size=4))
def test_wishes_in_a_heap_give_a_sound_revision(parts: list[tuple[str, str]]) -> None:
    text = "".join(part + joint for part, joint in parts)[:2000]
    revision = _understood(text, JAZZ)
    if revision is None:
        return
    assert Revision.from_json(json.loads(json.dumps(revision.to_json()))) == replace(
        revision, unknown=()
    )
    if not revision.fresh:
        assert replace(
            revision.brief,
            tempo_bpm=JAZZ.tempo_bpm, key=JAZZ.key, programs=JAZZ.programs,
        ) == JAZZ  # fmt: skip
        assert revision.brief.mode == JAZZ.mode


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brief", None),
        ("edits", [{"edit": "reverse"}]),
        ("edits", [{"edit": "tempo", "bpm": "fast"}]),
        ("edits", [{"edit": "tempo", "bpm": 9999}]),
        ("edits", [{"edit": "transpose", "semitones": 40}]),
        ("edits", [{"edit": "mute", "program": 128, "also": 1}]),
        ("edits", [{"edit": "swap", "old": 0, "new": 128}]),
        ("edits", [{"edit": ["tempo"]}]),
        ("back", "second"),
        ("back", ["parent"]),
        ("fresh", 1),
        ("fresh", True),
        ("changes", [1]),
        ("remarks", "none"),
    ],
)
def test_a_stored_revision_that_is_damaged_is_refused(field: str, value: object) -> None:
    stored = understand("slower", JAZZ).to_json()
    with pytest.raises(RequestError):
        Revision.from_json({**stored, field: value})
    del stored[field]
    with pytest.raises(RequestError, match=f"lacks '{field}'"):
        Revision.from_json(stored)


def test_two_hundred_words_take_a_moment_only() -> None:
    """The bot asks in its event loop; 20 ms on a free core, here with room for a busy one."""
    text = "slower and darker with a flute, blargh " * 28
    _understood(text, JAZZ)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        _understood(text, JAZZ)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.1
