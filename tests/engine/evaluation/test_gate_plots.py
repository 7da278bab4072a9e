import io
from math import nan

import pytest
from PIL import Image

from engine.evaluation.gate import NOT_MEASURED, Check, Verdict
from engine.evaluation.gate_plots import Curve, report_png

CHECKS = (
    Check("adherence", "adherence, 0 to 100", "≥ 91.20", "93.20", "93.00", True),
    Check("loss", "loss on held-out pieces, nats a note", "≤ 2.387", "2.340", "2.500", False),
    Check("blind", "blind choices for it", "–", "–", NOT_MEASURED, True),
)


@pytest.mark.parametrize("passed", [True, False])
@pytest.mark.parametrize(
    ("curve", "adherence", "likes"),
    [
        (Curve([0.0, 1.0, 2.0], [0.0, 0.5, nan]), [80.0, 90.0, 100.0], ["busier", "higher"]),
        (Curve([nan], [nan]), [100.0, 100.0], []),
        (None, [], ["calmer"]),
    ],
)
def test_a_report_is_a_thousand_pixels_wide_and_all_glyphs_are_there(
    passed: bool, curve: Curve | None, adherence: list[float], likes: list[str]
) -> None:
    """A glyph that the font lacks is a warning of matplotlib's, and so an error here."""
    png = report_png(
        Verdict(passed, "refused: it has forgotten (2.500, wanted ≤ 2.387) − enough", CHECKS),
        margin=curve,
        accuracy=curve,
        adherence_served=adherence,
        adherence_candidate=adherence,
        likes=likes,
        best_epoch=1 if curve else None,
    )
    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1000)


def test_the_same_verdict_gives_the_same_picture_and_a_longer_one_a_taller() -> None:
    def drawn(count: int) -> bytes:
        return report_png(
            Verdict(True, "passed: it is better", CHECKS * count),
            margin=None,
            accuracy=None,
            adherence_served=[90.0],
            adherence_candidate=[95.0],
        )

    assert drawn(1) == drawn(1)
    with Image.open(io.BytesIO(drawn(1))) as short, Image.open(io.BytesIO(drawn(4))) as long:
        assert long.height > short.height
