"""The gate's report as one picture that can be read on a phone, in a channel."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evaluation.plots import GENERATED, HUMAN
from engine.evaluation.verdict import NOT_MEASURED, Check, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CANDIDATE, SERVED = GENERATED, HUMAN
"""The colours of the evaluation's pages: told apart by colour-blind eyes."""
_GOOD, _BAD, _UNKNOWN = ("✓", "#23704a"), ("✗", "#b3261e"), ("–", "0.45")
"""Mark and colour of a check; the mark says it without the colour. DejaVu Sans has them all."""

_DPI, _WIDTH = 100, 10.0
"""1000 pixels: a phone shows it at two fifths, so that 15 points are still read."""
_TOP, _PANEL, _ROW, _LINE = 0.55, 3.0, 0.62, 0.33
"""Heights in inches: above all, of a row of panels, of a check and of a line of the heading."""
_CHARACTERS = 78
"""That fit a line of the heading."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 14.0,
    "axes.titlesize": 15.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 2.5,
}


@dataclass(frozen=True, slots=True)
class Curve:
    """A figure after each epoch, the base's first; nan where unknown."""

    learned: Sequence[float]
    held_out: Sequence[float]


def report_png(
    verdict: Verdict,
    *,
    margin: Curve | None,
    accuracy: Curve | None,
    adherence_served: Sequence[float],
    adherence_candidate: Sequence[float],
    likes: Sequence[str] = (),
    best_epoch: int | None = None,
) -> bytes:
    """Return the report as a PNG 1000 pixels wide.

    ``margin`` in nats and ``accuracy`` 0 to 1, None where nothing was tuned; ``best_epoch`` is
    marked. Adherence of each piece, 0 to 100. ``likes``: what listeners like, in words.
    """
    # A second to import; only those who tune pay.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    curves = [
        (title, curve, nothing)
        for title, curve, nothing in (
            ("margin, nats", margin, 0.0),
            ("pairs told, %", accuracy, 50.0),
        )
        if curve is not None
    ]
    lines = _heading(verdict, likes, tuned=bool(curves))
    panels = _PANEL * (2 if curves else 1)
    rows = _ROW * (len(verdict.checks) + 0.3)
    height = _TOP + _LINE * len(lines) + panels + rows
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
        _write_heading(figure, verdict, lines, height)
        grid = figure.add_gridspec(
            2 if curves else 1,
            2,
            left=0.09,
            right=0.97,
            bottom=(rows + 0.75) / height,
            top=(rows + panels - 0.45) / height,
            hspace=0.55,
            wspace=0.24,
        )
        for column, (title, curve, nothing) in enumerate(curves):
            axes = figure.add_subplot(grid[0, column])
            _draw_curve(axes, curve, best_epoch, title, nothing)
        _draw_adherence(figure.add_subplot(grid[-1, :]), adherence_served, adherence_candidate)
        _write_checks(figure.add_axes((0.0, 0.0, 1.0, rows / height)), verdict.checks)
        png = io.BytesIO()
        figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def _heading(verdict: Verdict, likes: Sequence[str], *, tuned: bool) -> list[str]:
    liked = ", ".join(likes) if likes else "nothing that all agree on"
    found = wrap(f"Listeners like: {liked}", _CHARACTERS)
    if not tuned:
        found.append("Too few ratings to tune: it only chooses among what the base writes.")
    return [*found, *wrap(_sentence(verdict.reason), _CHARACTERS, break_on_hyphens=False)]


def _sentence(reason: str) -> str:
    """Return the reason behind its first word, which is the title; figures stay in one piece."""
    _, _, rest = reason.partition(": ")
    for sign in ("≥ ", "≤ ", "> ", " %"):
        rest = rest.replace(sign, sign.replace(" ", "\N{NO-BREAK SPACE}"))
    return rest[:1].upper() + rest[1:]


def _write_heading(figure: Figure, verdict: Verdict, lines: Sequence[str], height: float) -> None:
    mark, colour = _GOOD if verdict.passed else _BAD
    title = f"{mark} {'Passed' if verdict.passed else 'Refused'}"
    figure.text(0.03, 1 - 0.12 / height, title, size=24, weight="bold", color=colour, va="top")
    for place, line in enumerate(lines):
        figure.text(0.03, 1 - (_TOP + 0.08 + _LINE * place) / height, line, size=15, va="top")


def _draw_curve(axes: Axes, curve: Curve, best: int | None, title: str, nothing: float) -> None:
    """Draw a figure by epoch, and as a dashed line what knows nothing."""
    axes.set_title(title, loc="left")
    scale = 100.0 if nothing else 1.0
    axes.axhline(nothing, color="0.6", linestyle="--", linewidth=1.5)
    for name, values, colour in (
        ("learned", curve.learned, "0.45"),
        ("held out", curve.held_out, CANDIDATE),
    ):
        axes.plot(range(len(values)), scale * np.array(values), "o-", color=colour, label=name)
    if best is not None and best < len(curve.held_out) and not isnan(curve.held_out[best]):
        axes.plot(best, scale * curve.held_out[best], "o", ms=16, mfc="none", mec=CANDIDATE, mew=2)
    axes.set_xlabel("epoch (the ring is taken)" if best is not None else "epoch")
    axes.set_xticks(range(max(len(curve.learned), len(curve.held_out))))
    axes.legend(loc="best")


def _draw_adherence(axes: Axes, served: Sequence[float], candidate: Sequence[float]) -> None:
    """Draw how both are spread over the same bins, and their means as lines."""
    axes.set_title("adherence, by piece", loc="left")
    both = [*served, *candidate]
    # Whole tens from the worst piece on; steps of at most 4.
    least = min(80.0, 10.0 * (min(both, default=100.0) // 10.0))
    bins = np.linspace(least, 100.0, 26)
    for name, values, colour in (("served", served, SERVED), ("candidate", candidate, CANDIDATE)):
        if values:
            mean = float(np.mean(values))
            axes.hist(values, list(bins), color=colour, alpha=0.3)
            axes.hist(values, list(bins), color=colour, histtype="step", linewidth=2)
            axes.axvline(mean, color=colour, label=f"{name}, mean {mean:.1f}")
    axes.set_ylabel("pieces")
    axes.set_xlabel("as asked, %")
    if both:
        axes.legend(loc="lower right", bbox_to_anchor=(1.01, 0.95), ncols=2)


def _write_checks(axes: Axes, checks: Sequence[Check]) -> None:
    """Write each check on two lines: what it is, then the figures."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(checks) + 0.3, 0)
    for place, check in enumerate(checks):
        mark, colour = _GOOD if check.passed else _BAD
        if check.candidate == NOT_MEASURED and check.passed:
            mark, colour = _UNKNOWN
        axes.axhline(place, 0.03, 0.97, color="0.88", linewidth=1)
        axes.text(0.05, place + 0.5, mark, size=26, color=colour, ha="center", va="center")
        axes.text(0.09, place + 0.28, check.says, size=15, weight="bold", va="center")
        axes.text(0.09, place + 0.72, check.candidate, size=15, va="center", color=colour)
        if check.candidate != NOT_MEASURED:
            rest = f"served {check.served}   wanted {check.wanted}"
            axes.text(0.97, place + 0.72, rest, size=15, va="center", ha="right", color="0.35")
