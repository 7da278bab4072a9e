from __future__ import annotations

import pytest

from bot.learning.words import checks_words
from engine.evaluation.verdict import NOT_MEASURED


@pytest.mark.parametrize(
    ("passed", "candidate", "mark"),
    [
        (True, "93.0", "✅"),
        (False, "88.1", "❌"),
        (True, NOT_MEASURED, "–"),  # an optional check: the model has not shown anything there
        (False, NOT_MEASURED, "❌"),  # a check that every model has to pass
    ],
)
def test_a_check_is_marked_by_what_was_found(passed: bool, candidate: str, mark: str) -> None:
    check = {"name": "x", "says": "it is so", "wanted": "≥ 91", "served": "93.2"}
    verdict = {"checks": [check | {"candidate": candidate, "passed": passed}]}
    assert (
        checks_words(verdict) == f"{mark} **it is so**: before 93.2, now {candidate} (wanted ≥ 91)"
    )
