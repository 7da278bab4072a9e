"""The evaluation's pictures, as SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.evaluation.adherence import Texture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GENERATED, HUMAN = "#d9772b", "#3a84c4"
"""Tell each other apart for colour-blind eyes, on black as on white."""

_INK = "#010203"
"""Stands for the page's text colour."""

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "cadenza",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
}


def histogram(generated: Sequence[float], human: Sequence[float], unit: str) -> str:
    """Return how both sides are spread, as outlines over the same bins, in shares of the pieces."""

    def draw(axes: Axes) -> None:
        both = [*generated, *human]
        if not both:
            return
        bins = np.histogram_bin_edges(both, bins=24)
        for values, colour, name in ((human, HUMAN, "human"), (generated, GENERATED, "generated")):
            if values:
                shares = np.full(len(values), 1 / len(values))
                style = {"histtype": "stepfilled", "alpha": 0.35, "edgecolor": colour}
                axes.hist(values, bins, weights=shares, color=colour, label=name, **style)  # type: ignore[arg-type]
        axes.set_xlabel(unit)
        axes.set_ylabel("share of pieces")
        axes.legend()

    return _svg(draw)


def scatter(asked: Sequence[int], obtained: Sequence[float], name: str, unit: str) -> str:
    """Return what each asked level became; points are spread sideways to be seen."""

    def draw(axes: Axes) -> None:
        # The golden ratio spreads any number of points evenly, and the same way every time.
        aside = (np.arange(len(asked)) * 0.618034 % 1 - 0.5) * 0.6
        axes.scatter(
            np.array(asked) + aside, obtained, s=8, color=GENERATED, alpha=0.6, linewidths=0
        )
        axes.set_xlabel(f"asked {name}, level")
        axes.set_ylabel(unit)

    return _svg(draw)


def curves(lines: Mapping[str, Sequence[float]]) -> str:
    """Return mean likeness by distance in bars, of ``generated`` and ``human``."""

    def draw(axes: Axes) -> None:
        for name, colour in (("human", HUMAN), ("generated", GENERATED)):
            values = lines[name]
            axes.plot(range(1, len(values) + 1), values, "o-", color=colour, label=name, ms=3)
        axes.set_xlabel("bars apart")
        axes.set_ylabel("likeness")
        axes.set_ylim(0, None)
        axes.legend()

    return _svg(draw)


def texture_plots(textures: Sequence[Texture]) -> list[str]:
    """Return density and polyphony, asked against obtained."""
    return [
        scatter(
            [t.asked_density for t in textures],
            [t.density for t in textures],
            "density",
            "onsets a quarter",
        ),
        scatter(
            [t.asked_polyphony for t in textures],
            [t.polyphony for t in textures],
            "polyphony",
            "notes at once",
        ),
    ]


def _svg(draw: Callable[[Axes], None]) -> str:
    """Return one small picture; no pyplot, so no window system and nothing left open."""
    # Seconds to import; only those who evaluate pay.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(4.2, 2.8), layout="constrained")
        draw(figure.add_subplot())
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :].replace(_INK, "currentColor")
