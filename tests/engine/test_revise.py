"""From a finished piece to its next version: files, notes and what the JSON tells."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.compose import Composer, Composition, compose, variations
from engine.errors import BadInputError, BadMidiError, CancelledError, RequestError
from engine.model.checkpoint import load_model, save_model
from engine.request.model import Brief, ComposeRequest
from engine.request.parse import parse
from engine.request.revise import understand
from engine.revise import Piece, files_of, parent_of, revise
from engine.score.midi import read_midi, read_midi_file
from engine.score.model import DRUMS
from engine.write import OPENINGS, Writer, candidate_seed
from tests.engine.model.toys import toy


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    folder = tmp_path_factory.mktemp("model")
    save_model(toy(), folder, name="toy", about={})
    model, card = load_model(folder)
    return Composer(Writer(model, candidates=2), card, synth=None)


@pytest.fixture(scope="module")
def first(composer: Composer, tmp_path_factory: pytest.TempPathFactory) -> Composition:
    text = "calm jazz in D major at 90 for piano, upright bass and drums, 4 bars"
    return compose(text, composer, tmp_path_factory.mktemp("piece"), seed=3, delivery=None)


@pytest.fixture(scope="module")
def parent(first: Composition) -> Piece:
    return Piece.read(first.files["json"])


def test_a_piece_is_read_from_what_compose_wrote(first: Composition, parent: Piece) -> None:
    assert parent.brief == first.brief
    assert parent.midi == first.files["mid"].read_bytes()
    assert parent.title == "Calm jazz in D major"
    assert parent.name == first.files["mid"].stem


def test_an_exact_version_keeps_the_notes_and_tells_its_parent(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    wish = "a bit slower, up a tone, no drums"
    version = revise(parent, wish, composer, tmp_path, seed=77, delivery=None)
    before, after = read_midi(parent.midi), read_midi_file(version.files["mid"])
    kept = [n for n in before.notes if n.program != DRUMS]
    assert [(n.start, n.duration, n.velocity, n.program) for n in after.notes] == [
        (n.start, n.duration, n.velocity, n.program) for n in kept
    ]
    assert {(b.pitch - a.pitch) % 12 for a, b in zip(kept, after.notes, strict=True)} == {2}
    assert after.tempos[0].bpm == pytest.approx(82, abs=0.001)
    told = json.loads(version.files["json"].read_text())
    assert told == version.details
    assert (told["parent"], told["exact"], told["seed"]) == (parent.name, True, 3)
    assert told["changes"] == [
        "82 BPM instead of 90", "E major instead of D major", "drums left out",
    ]  # fmt: skip
    assert told["title"] == "Calm jazz in E major"
    assert told["brief"]["programs"] == [0, 32]
    assert told["report"]["bars"] == 4
    assert (told["request"], told["tokens"], told["candidates"]) == (None, None, [])


def test_a_fresh_version_has_new_notes_for_the_changed_brief(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    version = revise(parent, "slower, add flute", composer, tmp_path, seed=77, delivery=None)
    assert version.brief == replace(
        parent.brief, tempo_bpm=72.0, programs=(0, 32, 73, 128), seed=77
    )
    assert read_midi_file(version.files["mid"]).programs == (0, 32, 73, 128)
    assert (version.details["parent"], version.details["exact"]) == (parent.name, False)
    assert len(version.details["candidates"]) == 2


def test_a_seed_that_is_named_counts(composer: Composer, parent: Piece, tmp_path: Path) -> None:
    version = revise(parent, "again with seed 8", composer, tmp_path, seed=77, delivery=None)
    assert version.brief == replace(parent.brief, seed=8)


def test_the_same_wish_gives_the_same_bytes_under_the_same_name(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    for wish in ("in F major", "longer"):
        one, other = (
            revise(parent, wish, composer, tmp_path / name, seed=5, delivery=None)
            for name in ("one", "other")
        )
        assert one.files["mid"].name == other.files["mid"].name
        for kind in ("mid", "png"):
            assert one.files[kind].read_bytes() == other.files[kind].read_bytes()


def test_there_and_back_again_takes_no_earlier_version_s_place(
    composer: Composer, parent: Piece, first: Composition, tmp_path: Path
) -> None:
    """The brief of "90 bpm" after "100 bpm" is the first one's; its files may not be."""
    folder = first.files["json"].parent
    up = revise(parent, "100 bpm", composer, folder, seed=1, delivery=None)
    down = revise(Piece.read(up.files["json"]), "90 bpm", composer, folder, seed=1, delivery=None)
    again = revise(
        Piece.read(down.files["json"]), "100 bpm", composer, folder, seed=1, delivery=None
    )
    assert (down.brief, again.brief) == (first.brief, up.brief)
    assert len({piece.files["json"] for piece in (first, up, down, again)}) == 4
    assert read_midi_file(down.files["mid"]).notes == read_midi(parent.midi).notes
    assert parent_of(down.files["json"]) == up.files["json"]
    assert parent_of(up.files["json"]) == first.files["json"]
    assert parent_of(first.files["json"]) is None
    assert set(files_of(up.files["json"])) == set(up.files.values())


def test_a_title_of_one_s_own_stays(composer: Composer, parent: Piece, tmp_path: Path) -> None:
    mine = replace(parent, title="For Ada")
    assert (
        revise(mine, "in F major", composer, tmp_path, seed=1, delivery=None).details["title"]
        == "For Ada"
    )


def test_a_stored_revision_does_what_its_text_did(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    revision = understand("harp instead of piano", parent.brief)
    texts = [
        revise(parent, wish, composer, tmp_path, seed=1, delivery=None).files["mid"].read_bytes()
        for wish in ("harp instead of piano", type(revision).from_json(revision.to_json()))
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("wish", ["undo", "the first one again"])
def test_an_earlier_version_is_not_made_anew(
    composer: Composer, parent: Piece, tmp_path: Path, wish: str
) -> None:
    with pytest.raises(RequestError, match="an earlier version is not made anew"):
        revise(parent, wish, composer, tmp_path, seed=1, delivery=None)
    assert list(tmp_path.iterdir()) == []


def test_damaged_notes_are_one_sentence_and_leave_nothing(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    with pytest.raises(BadMidiError, match=rf"{parent.name}.mid is not a MIDI file"):
        revise(replace(parent, midi=b"x"), "slower", composer, tmp_path, seed=1, delivery=None)
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_version_leaves_nothing(
    composer: Composer, parent: Piece, tmp_path: Path
) -> None:
    def stop(stage: str, share: float) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        revise(parent, "again", composer, tmp_path, seed=1, delivery=None, on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_piece_cannot_be_read(tmp_path: Path, first: Composition) -> None:
    file = tmp_path / "piece.json"
    with pytest.raises(BadInputError, match="cannot be read"):
        Piece.read(file)
    for text in ("{", "[]", '"x"', '{"title": "x"}', '{"title": "x", "brief": {}}', "\xff"):
        file.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadInputError, match="does not describe a composed piece"):
            Piece.read(file)
    file.write_bytes(first.files["json"].read_bytes())
    with pytest.raises(BadInputError, match="the notes of the piece must lie beside"):
        Piece.read(file)


@pytest.mark.parametrize("parent", ["../elsewhere", "", 3, None, ".."])
def test_a_parent_is_a_name_in_the_same_folder_only(
    tmp_path: Path, first: Composition, parent: object
) -> None:
    details = {**first.details, "parent": parent}
    (tmp_path / "piece.json").write_text(json.dumps(details))
    assert parent_of(tmp_path / "piece.json") is None


def test_a_request_of_the_bot_is_composed_as_its_text_would_be(
    composer: Composer, tmp_path: Path
) -> None:
    text = "calm jazz for piano, 2 bars"
    stored = ComposeRequest.from_json(json.loads(json.dumps(parse(text).to_json())))
    one = compose(text, composer, tmp_path / "text", seed=4, delivery=None)
    other = compose(stored, composer, tmp_path / "request", seed=4, delivery=None)
    assert one.files["mid"].read_bytes() == other.files["mid"].read_bytes()
    assert other.details["parent"] is None
    assert (other.details["changes"], other.details["exact"]) == ([], False)


def _brief(bars: int = 2) -> Brief:
    return Brief("jazz", "calm", 0.4, -0.7, 90.0, "D major", "4/4", bars, (0, 32), seed=5)


def test_variations_are_pieces_of_their_own(composer: Composer, tmp_path: Path) -> None:
    pieces = variations(_brief(), composer, tmp_path, count=3, seed=9, delivery=None)
    seeds = {piece.brief.seed for piece in pieces}
    assert len(seeds) == 3
    assert seeds <= {candidate_seed(9, number) for number in range(3 * OPENINGS)}
    assert all(replace(piece.brief, seed=5) == _brief() for piece in pieces)
    assert len({piece.files["mid"].read_bytes() for piece in pieces}) == 3
    for piece in pieces:
        assert json.loads(piece.files["json"].read_text()) == piece.details
        assert piece.details["seed"] == piece.brief.seed
        (candidate,) = piece.details["candidates"]
        assert candidate["seed"] == piece.brief.seed
    penalties = [piece.details["candidates"][0]["penalty"] for piece in pieces]
    assert penalties == sorted(penalties)


@pytest.mark.parametrize("count", [0, 9])
def test_eight_variations_at_once_are_the_most(
    composer: Composer, tmp_path: Path, count: int
) -> None:
    with pytest.raises(RequestError, match="variations must be between 1 and 8"):
        variations(_brief(), composer, tmp_path, count=count, seed=1, delivery=None)


def test_variations_stopped_half_way_leave_nothing(
    composer: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import compose as story

    published = story.publish

    def stop_at_the_second(*args: object, **options: object) -> Composition:
        monkeypatch.setattr(story, "publish", stop)
        return published(*args, **options)  # type: ignore[arg-type]

    def stop(*args: object, **options: object) -> Composition:
        raise CancelledError

    monkeypatch.setattr(story, "publish", stop_at_the_second)
    with pytest.raises(CancelledError):
        variations(_brief(), composer, tmp_path, count=2, seed=1, delivery=None)
    assert list(tmp_path.iterdir()) == []
