import re
from html.parser import HTMLParser

import numpy as np
import pytest

from engine.evaluation.bootstrap import Interval
from engine.evaluation.measured import Judges, measure_piece
from engine.evaluation.orders import Quadrant, plain_orders
from engine.evaluation.page import page
from engine.evaluation.plots import histogram
from engine.evaluation.summary import Report, Results, summarise
from engine.evaluation.targets import TARGETS
from engine.tokens.control import hear
from tests.engine.evaluation.writers import obedient
from tests.engine.training.shards import scale_piece


def report(judges: Judges, model: str = "toy") -> Report:
    """A report of two scales and, where they are judged, a few plain requests."""
    scales = [scale_piece(seed) for seed in (1, 2)]
    human = [measure_piece(s, hear(s, genre="folk"), judges=judges) for s in scales]
    orders = plain_orders(4) if judges.plain else []
    written = obedient([one.order for one in orders])
    plain = [
        measure_piece(w.score, o.order.controls, tokens=w.tokens, mood=o.mood, judges=judges)
        for o, w in zip(orders, written, strict=True)
    ]
    results = Results(human, human, [], plain, [], [0.5], [])
    return summarise(results, model=model, seed=3, judges=judges)


@pytest.fixture(scope="module")
def bare() -> str:
    return page(report(Judges(), model="a <b> & c"))


class _Balance(HTMLParser):
    """Raises AssertionError where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_needs_no_other_file_and_is_small(bare: str) -> None:
    reader = _Balance()
    reader.feed(bare)
    assert reader.open == []
    assert not re.search(r'(src|href)="(?!#|data:)', bare)
    assert "<script" not in bare
    assert len(bare.encode()) < 1_000_000


def test_every_target_is_on_it_and_what_is_not_measured_says_so(bare: str) -> None:
    for target in TARGETS:
        assert target.wanted in bare
    assert bare.count("not measured") >= 8


def test_names_are_text_and_not_markup(bare: str) -> None:
    assert "a &lt;b&gt; &amp; c" in bare
    assert "a <b>" not in bare


def test_no_nan_is_shown(bare: str) -> None:
    assert not re.search(r"\bnan\b", re.sub(r"<svg.*?</svg>", "", bare, flags=re.DOTALL))


def test_pictures_take_the_pages_colours(bare: str) -> None:
    assert "color-scheme: light dark" in bare
    pictures = re.findall(r"<svg.*?</svg>", bare, flags=re.DOTALL)
    assert len(pictures) == 6
    for picture in pictures:
        assert "currentColor" in picture
        assert "#000000" not in picture
        assert "#ffffff" not in picture


def test_judged_pages_show_the_confusion_of_genres() -> None:
    judges = Judges(genre=lambda score: "jazz", mood=lambda score: Quadrant(1, 1))
    shown = page(report(judges))
    assert '<table class="confusion">' in shown
    assert shown.count("<tr><td>") >= 4


def test_a_histogram_of_nothing_is_an_empty_picture() -> None:
    assert histogram([], [], "bits").startswith("<svg")
    assert histogram(list(np.arange(5.0)), [], "bits").endswith("</svg>\n")


def test_the_same_report_makes_the_same_page(bare: str) -> None:
    assert page(report(Judges(), model="a <b> & c")) == bare
    assert Interval(1, 0, 2) == Interval(1.0, 0.0, 2.0)
