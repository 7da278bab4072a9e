from dataclasses import replace

import pytest

from engine.evaluation.exactness import decodes, exactness
from engine.score.model import Meter, Tempo
from engine.tokens import vocab
from engine.tokens.control import Controls
from engine.tokens.encode import encode
from tests.engine.score.pieces import two_bars
from tests.engine.tokens.walks import stream
from tests.engine.training.shards import scale_piece

SCALE = scale_piece(1)
TOKENS = [*(token for bar in encode(SCALE, chords=False) for token in bar), vocab.END]
ASKED = Controls(tempo_bpm=SCALE.tempos[0].bpm, meter=(4, 4), bars=8, programs=(0, 128))


def test_a_piece_as_asked_is_exact_in_everything() -> None:
    found = exactness(TOKENS, SCALE, ASKED)
    assert found.decodes
    assert found.as_asked


@pytest.mark.parametrize(
    ("check", "asked"),
    [
        ("tempo", replace(ASKED, tempo_bpm=SCALE.tempos[0].bpm * 1.03)),
        ("meter", replace(ASKED, meter=(3, 4))),
        ("bars", replace(ASKED, bars=9)),
        ("bars", replace(ASKED, bars=7)),
        ("instruments", replace(ASKED, programs=(0,))),
        ("instruments", replace(ASKED, programs=(0, 33, 128))),
    ],
)
def test_each_thing_that_was_asked_otherwise_is_told(check: str, asked: Controls) -> None:
    found = exactness(TOKENS, SCALE, asked)
    wrong = {name for name in ("tempo", "meter", "bars", "instruments") if not getattr(found, name)}
    assert wrong == {check}
    assert not found.as_asked


def test_a_tempo_or_meter_that_changes_is_not_the_one_asked() -> None:
    slower = replace(SCALE, tempos=(*SCALE.tempos, Tempo(96, 60.0)))
    waltz = replace(SCALE, meters=(Meter(0, 4, 4), Meter(96, 3, 4)))
    assert not exactness(TOKENS, slower, ASKED).tempo
    assert not exactness(TOKENS, waltz, ASKED).meter


def test_what_was_left_open_is_met() -> None:
    assert exactness(TOKENS, two_bars(), Controls()).as_asked


def test_a_stream_decodes_to_its_end_or_not_at_all() -> None:
    assert decodes(TOKENS)
    assert not decodes(TOKENS[:-1])
    assert not decodes([])
    assert not decodes([vocab.END])


@pytest.mark.parametrize(
    "wrong",
    [
        "Bar_0 Position_0 Program_0 Pitch_60 Velocity_9 Duration_12 End",
        "Bar_0 Meter_4/4 Tempo_40 Position_0 Pitch_60 Velocity_9 Duration_12 End",
        "Bar_0 Meter_4/4 Tempo_40 Position_0 Program_0 Pitch_60 Duration_12 End",
        "Bar_1 Meter_4/4 Tempo_40 Position_0 Program_0 Pitch_60 Velocity_9 Duration_12 End",
    ],
)
def test_a_stream_that_the_grammar_forbids_does_not_decode(wrong: str) -> None:
    right = "Bar_0 Meter_4/4 Tempo_40 Position_0 Program_0 Pitch_60 Velocity_9 Duration_12 End"
    assert decodes(stream(right))
    assert not decodes(stream(wrong))
