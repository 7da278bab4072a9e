import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import mido
import numpy as np
import pytest

from engine.audio.codec import read_audio
from engine.audio.delivery import Delivery
from engine.audio.loudness import measure_loudness
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.compose import Composer, compose
from engine.errors import CancelledError, OutputFolderError, RequestError
from engine.generate.order import controls_of
from engine.model.checkpoint import load_model, save_model
from engine.originality.index import OriginalityIndex
from engine.picture.palette import THEMES
from engine.request.model import Brief
from engine.request.parse import parse
from engine.request.resolve import resolve
from engine.score.midi import read_midi_file
from engine.score.mood import Mood, heard_as
from engine.tokens.control import Controls
from engine.write import OPENINGS, Writer, candidate_seed
from tests.engine.model.toys import toy


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    folder = tmp_path_factory.mktemp("model")
    save_model(toy(), folder, name="toy", about={})
    model, card = load_model(folder)
    return Composer(Writer(model, candidates=1), card, synth=None)


PROMPTS = (
    "",
    "jazz calm 90bpm",
    "a sad waltz in D minor for piano and strings",
    "fast punk in 7/8, 4 bars",
    "solo cello, 8 bars, very slow",
    "reggae with organ and no drums, 140 bpm, 5 bars",
    "drums only, 2 bars of 12/8",
    "epic orchestra in F# minor, 5/4, 3 bars",
)


@pytest.mark.parametrize("text", PROMPTS)
def test_the_file_says_what_the_brief_says(text: str, composer: Composer, tmp_path: Path) -> None:
    piece = compose(text, composer, tmp_path, seed=3, delivery=None)
    written = read_midi_file(piece.files["mid"])
    assert written.tempos[0].bpm == pytest.approx(piece.brief.tempo_bpm, abs=0.001)
    assert [m.name for m in written.meters] == [piece.brief.meter]
    assert written.bars == piece.brief.bars
    assert written.programs == piece.brief.programs
    assert written.end <= written.bars_end


def test_the_same_text_and_seed_give_the_same_bytes(composer: Composer, tmp_path: Path) -> None:
    one, other = (
        compose("calm jazz, 4 bars", composer, tmp_path / name, seed=9, delivery=None)
        for name in ("one", "other")
    )
    for kind in ("mid", "png"):
        assert one.files[kind].read_bytes() == other.files[kind].read_bytes()
    third = compose("calm jazz, 4 bars", composer, tmp_path, seed=10, delivery=None)
    assert third.files["mid"].read_bytes() != one.files["mid"].read_bytes()


def test_the_json_tells_the_whole_story(composer: Composer, tmp_path: Path) -> None:
    piece = compose("calm jazz, 4 bars, flubber", composer, tmp_path, seed=9, delivery=None)
    told = json.loads(piece.files["json"].read_text())
    assert told == piece.details
    assert told["request"]["unknown"] == ["flubber"]
    assert Brief.from_json(told["brief"]) == piece.brief
    assert told["seed"] == 9
    assert set(told["timings_s"]) == {"parse", "generate", "render", "encode", "total"}
    assert {kind: Path(path) for kind, path in told["files"].items()} == piece.files
    assert all(path.exists() for path in piece.files.values())
    assert told["report"]["bars"] == 4


@pytest.fixture(scope="module")
def sounding(composer: Composer) -> Iterator[Composer]:
    with Synth(find_soundfont(os.environ)) as synth:
        yield Composer(composer.writer, composer.card, synth)


def test_with_sound_a_mastered_file_of_the_right_length_lies_beside(
    sounding: Composer, tmp_path: Path
) -> None:
    text = "  piano,  2 bars at 120 "
    piece = compose(text, sounding, tmp_path, seed=1, delivery=Delivery("wav"))
    data = piece.files["wav"].read_bytes()
    pcm, rate = read_audio(data)
    assert 3.5 < len(pcm) / rate < 4 + 5
    sound = piece.details["sound"]
    assert sound["seconds"] == pytest.approx(len(pcm) / rate, abs=0.01)
    assert sound["lufs"] == pytest.approx(measure_loudness(pcm).lufs, abs=0.1)
    assert sound["bytes"] == len(data)
    assert [channel["role"] for channel in sound["mix"]] == ["melody"]
    with av.open(io.BytesIO(data)) as file:
        assert file.metadata["title"] == piece.brief.title
        assert file.metadata["comment"] == "piano, 2 bars at 120 (seed 1, model toy)"


def test_stems_and_a_limit_are_delivered_and_the_limit_is_said(
    sounding: Composer, tmp_path: Path
) -> None:
    delivery = Delivery("ogg", stems=True, max_bytes=60_000)
    text = "piano, double bass and flute, 2 bars"
    piece = compose(text, sounding, tmp_path, seed=1, delivery=delivery)
    with zipfile.ZipFile(piece.files["stems.zip"]) as archive:
        assert len(archive.namelist()) == len(piece.brief.programs)
    for kind in ("ogg", "stems.zip"):
        assert piece.files[kind].stat().st_size <= 60_000
    remarks = piece.details["sound"]["remarks"]
    assert any(remark.startswith("to fit into 58.6 KiB the stems are ogg") for remark in remarks)


def test_progress_tells_every_stage_and_any_can_be_stopped(
    sounding: Composer, tmp_path: Path
) -> None:
    stages: list[str] = []

    def listen(stage: str, share: float) -> None:
        assert 0 <= share <= 1
        stages.append(stage)
        if stage == "stems" and share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        compose(
            "piano and flute, 2 bars",
            sounding,
            tmp_path / "out",
            seed=1,
            delivery=Delivery("ogg", stems=True),
            on_progress=listen,
        )
    assert list(dict.fromkeys(stages)) == ["generate", "render", "encode", "stems"]
    assert list((tmp_path / "out").iterdir()) == []


def test_the_midi_names_the_kit_of_the_genre(composer: Composer, tmp_path: Path) -> None:
    """Read with another reader, because ours has one program for all drums."""
    piece = compose("hiphop drums only, 2 bars", composer, tmp_path, seed=1, delivery=None)
    messages = [m for track in mido.MidiFile(piece.files["mid"]).tracks for m in track]
    assert {(m.channel, m.program) for m in messages if m.type == "program_change"} == {(9, 25)}


def test_a_light_picture_is_another_picture(composer: Composer, tmp_path: Path) -> None:
    dark, light = (
        compose("jazz, 1 bar", composer, tmp_path / theme.name, seed=1, delivery=None, theme=theme)
        for theme in THEMES.values()
    )
    assert dark.files["png"].read_bytes() != light.files["png"].read_bytes()


def test_a_cancelled_piece_leaves_nothing(composer: Composer, tmp_path: Path) -> None:
    def stop(stage: str, share: float) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        compose("jazz", composer, tmp_path / "out", seed=1, delivery=None, on_progress=stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_ctrl_c_while_files_are_written_leaves_nothing(
    composer: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.publish.draw_pianoroll", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compose("jazz, 2 bars", composer, tmp_path / "out", seed=1, delivery=None)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_request_that_cannot_be_met_is_refused(composer: Composer, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="tempo must be between 20 and 300 BPM.*9999"):
        compose("jazz at 9999 bpm", composer, tmp_path, seed=1)


def test_a_folder_that_is_a_file_cannot_be_written_to(composer: Composer, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputFolderError, match="cannot write to .*out"):
        compose("jazz, 2 bars", composer, tmp_path / "out", seed=1, delivery=None)


def test_every_field_of_a_brief_reaches_the_model() -> None:
    brief = resolve(parse("busy calm jazz in Eb minor at 90, 3/4, 8 bars, solo piano"), seed=1)
    controls = controls_of(brief)
    mood = heard_as(Mood(brief.valence, brief.arousal))
    assert controls == Controls(
        genre="jazz",
        valence=mood.valence,
        arousal=mood.arousal,
        tempo_bpm=90.0,
        meter=(3, 4),
        key=controls.key,
        bars=8,
        density=brief.density,
        polyphony=brief.polyphony,
        programs=(0,),
    )
    assert controls.key is not None
    assert controls.key.name == "Eb minor"
    assert brief.density is not None


def test_drums_alone_are_told_no_key_and_no_mood_as_in_the_corpus() -> None:
    controls = controls_of(resolve(parse("solo drums, calm, in D minor"), seed=1))
    assert (controls.key, controls.valence, controls.arousal) == (None, None, None)
    assert controls.programs == (128,)


def test_the_json_says_what_was_chosen_from_and_how_much_is_copied(
    composer: Composer, tmp_path: Path
) -> None:
    index = replace(OriginalityIndex.of(np.zeros(0, dtype=np.uint64)), usual_notes=30)
    two = replace(composer, writer=replace(composer.writer, candidates=2, index=index))
    piece = compose("calm jazz, 2 bars", two, tmp_path, seed=9, delivery=None)
    kept = json.loads(piece.files["json"].read_text())
    penalties = [candidate["penalty"] for candidate in kept["candidates"]]
    assert len(penalties) == 2
    assert penalties == sorted(penalties)
    seeds = {candidate["seed"] for candidate in kept["candidates"]}
    assert len(seeds) == 2
    assert seeds <= {candidate_seed(9, number) for number in range(2 * OPENINGS)}
    assert kept["report"]["originality"] == {"copied_notes": 0, "usual_notes": 30, "bars": None}
