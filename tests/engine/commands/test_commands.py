"""The command line as a contract: what scripts rely on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.model.checkpoint import CARD, save_model
from engine.score.midi import write_midi
from tests.engine.model.toys import toy
from tests.engine.training.shards import scale_piece


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    save_model(toy(), folder, name="toy", about={"training": {"context": 512}})
    return folder


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    path = tmp_path / "scale.mid"
    path.write_bytes(write_midi(scale_piece(1)))
    return path


class Ran:
    """What a command did: exit status, stdout, the lines of stderr."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.lines = status, out, err.strip().splitlines()


@pytest.fixture
def engine(capsys: pytest.CaptureFixture[str]) -> object:
    def run(*argv: object) -> Ran:
        try:
            status = main([str(argument) for argument in argv])
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def test_parse_prints_the_contract(engine) -> None:
    ran = engine("parse", "jazz calm 90bpm for piano, no drums, blarg", "--json")
    understood = json.loads(ran.out)
    contract = {
        "genre": "jazz",
        "mood": "calm",
        "tempo_bpm": 90.0,
        "key": None,
        "meter": None,
        "instruments": ["piano"],
        "exclude": ["drums"],
        "bars": None,
        "seconds": None,
        "seed": None,
        "unknown": ["blarg"],
    }
    assert {name: understood[name] for name in contract} == contract
    assert ran.status == 0
    assert ran.lines == []


def test_compose_prints_the_paths_of_its_files(engine, model: Path, tmp_path: Path) -> None:
    ran = engine(
        "compose", "piano, 2 bars", "--out", tmp_path, "--seed", 5, "--model", model,
        "--audio", "none",
    )  # fmt: skip
    paths = [Path(line) for line in ran.out.splitlines()]
    assert sorted(path.suffix for path in paths) == [".json", ".mid", ".png"]
    assert all(path.exists() for path in paths)
    assert "seed 5" in ran.lines[0]
    assert "generate" in ran.lines[-1]


def test_variants_count_the_seed_up_and_any_can_be_made_again(
    engine, model: Path, tmp_path: Path
) -> None:
    options = ("--model", model, "--audio", "none", "--json")
    three = json.loads(
        engine(
            "compose", "jazz, 2 bars", "--out", tmp_path, "--seed", 7, "--variants", 3, *options
        ).out
    )
    assert [piece["seed"] for piece in three] == [7, 8, 9]
    again = json.loads(
        engine("compose", "jazz, 2 bars", "--out", tmp_path / "again", "--seed", 8, *options).out
    )
    assert Path(again[0]["files"]["mid"]).read_bytes() == (
        Path(three[1]["files"]["mid"]).read_bytes()
    )


def test_a_seed_in_the_text_counts_and_the_option_wins(engine, model: Path, tmp_path: Path) -> None:
    def seed(*more: object) -> int:
        ran = engine(
            "compose", "piano, 1 bar, seed 3", "--out", tmp_path, "--model", model,
            "--audio", "none", "--json", *more,
        )  # fmt: skip
        return int(json.loads(ran.out)[0]["seed"])

    assert seed() == 3
    assert seed("--seed", 4) == 4


def test_tokens_counts_and_loses_nothing(engine, midi: Path) -> None:
    (row,) = json.loads(engine("tokens", midi, "--json").out)
    assert (row["notes"], row["lost"], row["moved"], row["merged"]) == (64, 0, 0, 0)
    assert row["tokens_per_note"] == pytest.approx(row["tokens"] / 64, abs=1e-4)


def test_explain_tells_a_file_in_words_and_as_json(engine, midi: Path) -> None:
    ran = engine("explain", midi)
    assert ran.out.startswith("The piece has 8 bars")
    assert (ran.status, ran.lines) == (0, [])
    told = json.loads(engine("explain", midi, "--json").out)
    assert (told["file"], told["bars"]) == (str(midi), 8)


def test_loss_of_files_is_nats_a_note(engine, model: Path, midi: Path) -> None:
    told = json.loads(engine("loss", midi, "--model", model, "--json").out)
    assert told["notes"] == 64
    assert told["nats_a_note"] * told["notes"] == pytest.approx(
        told["nats_a_token"] * told["tokens"], rel=1e-3
    )


def test_corpus_then_train_then_compose_then_loss(
    engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner's whole way with a folder of their own MIDI files."""
    monkeypatch.chdir(tmp_path)
    files = tmp_path / "mine" / "folk"
    files.mkdir(parents=True)
    for seed in range(60):
        (files / f"{seed}.mid").write_bytes(write_midi(scale_piece(seed)))
    (files / "broken.mid").write_bytes(b"MThd and no more")
    built = engine("corpus", "build", "mine", "--workers", 1)
    assert built.status == 0
    assert "60 of 61 pieces" in built.out
    assert any("broken.mid" in line for line in built.lines)
    assert engine("corpus", "stats").out == built.out
    trained = engine(
        "train", "--preset", "tiny", "--steps", 2, "--context", 256, "--micro-batch", 2, "--json"
    )
    where = json.loads(trained.out)["model"]
    composed = engine(
        "compose", "folk, 2 bars", "--out", "out", "--model", where, "--audio", "none"
    )
    assert composed.status == 0
    table = json.loads(engine("loss", "--held-out", "--model", where, "--json").out)
    assert table["model"]["nats_a_note"] > table["5-gram"]["nats_a_note"]  # it saw two steps
    assert table["unigram"]["nats_a_note"] > table["5-gram"]["nats_a_note"]


@pytest.mark.parametrize(
    ("argv", "status", "reason"),
    [
        (["compose", "at 9999 bpm", "--out", "o"], 2, "tempo must be between 20 and 300 BPM"),
        (["compose", "jazz", "--out", "o", "--frobnicate"], 2, "unrecognized arguments"),
        (["compose", "jazz"], 2, "the following arguments are required: --out"),
        (["revise", "nothing.json", "slower", "--out", "o"], 2, "nothing.json cannot be read"),
        (["revise", "text.mid", "slower", "--out", "o"], 2, "does not describe a composed piece"),
        (["revise", "text.mid", "slower"], 2, "the following arguments are required: --out"),
        (["compose", "jazz", "--out", "o", "--audio", "none", "--stems"], 2, "are about sound"),
        (["render", "text.mid", "--out", "o", "--audio", "none"], 2, "invalid choice: 'none'"),
        (["compose", "jazz", "--out", "o", "--seed", "-1"], 2, "must be a whole number from 0"),
        (["compose", "jazz", "--out", "o", "--variants", "0"], 2, "must be a whole number from 1"),
        (["compose", "jazz", "--out", "o", "--audio", "flac"], 2, "invalid choice: 'flac'"),
        (["compose", "jazz", "--out", "o", "--model", "nowhere"], 2, "is no model 'nowhere'"),
        (["compose", "jazz", "--out", "o", "--soundfont", "kazoo"], 1, "kazoo"),
        (["conjure"], 2, "invalid choice: 'conjure'"),
        ([], 2, "required: COMMAND"),
        (["tokens", "nothing.mid"], 2, "nothing.mid cannot be read"),
        (["tokens", "text.mid"], 2, "text.mid is not a MIDI file"),
        (["explain", "nothing.mid"], 2, "nothing.mid cannot be read"),
        (["explain", "text.mid"], 2, "text.mid is not a MIDI file"),
        (["loss", "text.mid"], 2, "text.mid is not a MIDI file"),
        (["loss"], 2, "give MIDI files or --held-out"),
        (["corpus", "build", "nowhere"], 2, "nowhere does not exist"),
        (["corpus", "build", "empty"], 2, "no MIDI files in empty"),
        (["corpus", "stats"], 2, "holds no corpus; build one"),
        (["train"], 2, "holds no corpus; build one"),
        (["evaluate"], 2, "holds no corpus; build one"),
        (["corpus", "index"], 2, "holds no corpus; build one"),
        (["train", "--set", "colour=3"], 2, "--set knows arranged_share"),
        (["train", "--minutes", "-3"], 2, "must be a number above 0"),
        (["train", "--minutes", "1", "--steps", "1"], 2, "not allowed with"),
    ],
)
def test_bad_input_gets_one_sentence_and_a_status(
    engine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    argv: list[str], status: int, reason: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CADENZA_MODEL", str(model))
    Path("text.mid").write_text("hello")
    Path("empty").mkdir()
    ran = engine(*argv)
    assert ran.status == status
    assert reason in ran.lines[-1]
    assert len(ran.lines) == 1
    assert ran.out == ""
    assert not Path("o").exists() or list(Path("o").iterdir()) == []


def test_damaged_weights_are_one_sentence(engine, tmp_path: Path) -> None:
    save_model(toy(), tmp_path / "m", name="toy", about={})
    (tmp_path / "m" / CARD).write_text("{")
    ran = engine("compose", "jazz", "--out", tmp_path / "o", "--model", tmp_path / "m")
    assert ran.status == 1
    assert len(ran.lines) == 1
    assert "restore it with git checkout" in ran.lines[0]


def test_ctrl_c_leaves_no_half_written_files(model: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable, "-m", "engine", "compose", "epic orchestra, 200 bars",
            "--out", str(tmp_path / "o"), "--model", str(model), "--audio", "none",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while not (tmp_path / "o").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert err == "cancelled; nothing half-written was left behind\n"
    assert list((tmp_path / "o").iterdir()) == []
