"""The evaluation as one HTML page that needs no other file, light or dark as the reader has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isnan

from engine.evaluation.bootstrap import Gap, Interval
from engine.evaluation.foreign_key import FINDERS, RELATIONS
from engine.evaluation.plots import curves, histogram, texture_plots
from engine.evaluation.summary import CHECKS, OVERALL, STATISTICS, Report
from engine.evaluation.targets import TARGETS

NOT_MEASURED = "not measured"

_UNITS = {
    "pitch_class_entropy": "pitch-class entropy, bits",
    "scale_consistency": "scale consistency, %",
    "groove_consistency": "groove consistency, %",
}

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
.met { color: #2a9d4a; } .missed { color: #e0483e; } .unknown { opacity: .6; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; flex: 1 1 19rem; max-width: 27rem; } svg { width: 100%; height: auto; }
.confusion td, .confusion th { padding: .1rem .3rem; font-size: 12px; text-align: center; }
.confusion th.heard { writing-mode: vertical-rl; text-align: left; }
small { opacity: .75; }
"""


def page(report: Report) -> str:
    """Return the page of a report: targets, tables by genre and set, plots."""
    title = f"Evaluation of {report.model}"
    counts = ", ".join(f"{count} {name}" for name, count in report.pieces.items())
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>Pieces: {escape(counts)}; seed {report.seed}. In brackets: 95 % intervals from 1,000 "
        "resamples of the pieces. <i>Human</i>: excerpts of held-out pieces; <i>matched</i>: "
        "written from their controls; <i>asked</i>: requests in which everything is said, each "
        "thing drawn by itself; <i>plain</i>: only genre, mood and length said; <i>seeds</i>: "
        "requests under five seeds each.</p>",
        *_section("Targets", _targets(report)),
        *_section("Beside human pieces", _histograms(report), _genres(report)),
        *_section("Asked and obtained", _textures(report)),
        *_section("Exact controls", _exactness(report)),
        *_section("Key, as music21 hears it", _keys(report)),
        *_section("Repetition", _repetition(report)),
        *_section("Diversity of melody", _diversity(report)),
        *_section("Genre, mood and copying, as judged", _judged(report), _confusion(report)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _section(title: str, *blocks: str) -> list[str]:
    return [f"<h2>{escape(title)}</h2>", *blocks]


def _targets(report: Report) -> str:
    rows = []
    for target, row in zip(TARGETS, report.targets, strict=True):
        word, kind = {
            True: ("met", "met"),
            False: ("not met", "missed"),
            None: ("", "unknown"),
        }[row.met]
        shown = escape(row.shown)
        if row.obtained is not None and not isnan(row.obtained.low):
            low, high = target.show(row.obtained.low), target.show(row.obtained.high)
            shown += f" <small>[{low} to {high}]</small>"
        cells = [escape(row.name), escape(row.target), f'<span class="{kind}">{shown}</span>']
        rows.append([*cells, f'<span class="{kind}">{word}</span>'])
    return _table(["", "target", "obtained", ""], rows)


def _histograms(report: Report) -> str:
    return _plots(
        histogram(report.values[name]["generated"], report.values[name]["human"], _UNITS[name])
        for name in STATISTICS
    )


def _genres(report: Report) -> str:
    rows = []
    for genre, gaps in report.statistics.items():
        first = gaps[STATISTICS[0]]
        cells = [f"<b>{genre}</b>" if genre == OVERALL else escape(genre), str(first.pieces)]
        for name in STATISTICS:
            cells += _sides(gaps[name], 3 if name == STATISTICS[0] else 1)
        rows.append(cells)
    head = ["genre", "pairs"]
    for name in ("entropy", "scale", "groove"):
        head += [f"{name}, generated", "human", "gap"]
    return _table(head, rows)


def _textures(report: Report) -> str:
    found = report.adherence
    rows = [
        [
            "density",
            _interval(found.density),
            _share(found.density_hit),
            _share(found.density_near),
        ],
        [
            "polyphony",
            _interval(found.polyphony),
            _share(found.polyphony_hit),
            _share(found.polyphony_near),
        ],
        ["asked density, obtained polyphony", _interval(found.polyphony_by_density), "", ""],
        ["asked polyphony, obtained density", _interval(found.density_by_polyphony), "", ""],
    ]
    head = ["", "Spearman's correlation", "on the level", "or next to it"]
    return _plots(texture_plots(report.textures)) + _table(head, rows)


def _exactness(report: Report) -> str:
    rows = [
        [name, *[_share(shares[check]) for check in CHECKS]]
        for name, shares in report.exactness.items()
    ]
    return _table(["set", *CHECKS], rows)


def _keys(report: Report) -> str:
    rows = [
        [
            name,
            str(found.pieces),
            _interval(found.same, share=True),
            *[_share(found.relations[relation]) for relation in RELATIONS[1:]],
            *[_share(found.by_finder[finder]) for finder in FINDERS[1:]],
        ]
        for name, found in report.key.items()
    ]
    head = ["set", "pieces", f"same key ({FINDERS[0]})", *RELATIONS[1:], *FINDERS[1:]]
    note = "<p><small>Human pieces: against our own label of them.</small></p>"
    return _table(head, rows) + note


def _repetition(report: Report) -> str:
    rows = [
        [escape(name.replace("_", " ")), *_sides(gap, 3)] for name, gap in report.repetition.items()
    ]
    note = (
        "<p><small>Likeness: Jaccard's index of the bars' (onset, pitch class) pairs. Run: onsets "
        "in a row on which an instrument strikes one single pitch.</small></p>"
    )
    table = _table(["", "generated", "human", "gap"], rows)
    return _plots([curves(report.likeness)]) + table + note


def _diversity(report: Report) -> str:
    words = {
        "within": "distinct 4-grams within a piece",
        "between": "between seeds of a request; human: pieces of a genre",
    }
    rows = [
        [words[name], _interval(sides["generated"]), _interval(sides["human"])]
        for name, sides in report.diversity.items()
    ]
    return _table(["", "generated", "human"], rows)


def _judged(report: Report) -> str:
    rows = []
    for name, judged in report.judged.items():
        shares = [
            NOT_MEASURED if found is None else _interval(found, share=True)
            for found in (judged.genre, judged.valence, judged.arousal)
        ]
        copied = report.copied.get(name)
        rows.append([name, *shares, NOT_MEASURED if copied is None else _interval(copied)])
    ceilings = [
        NOT_MEASURED if ceiling is None else _share(ceiling) for ceiling in report.ceilings.values()
    ]
    human = report.copied.get("human")
    rows.append(["ceiling", ceilings[0], ceilings[1], ceilings[2], ""])
    rows.append(["human", "", "", "", NOT_MEASURED if human is None else _interval(human)])
    return _table(["set", "genre", "valence", "arousal", "copied run"], rows)


def _confusion(report: Report) -> str:
    if not report.confusion:
        return ""
    heard = sorted({name for row in report.confusion.values() for name in row})
    lines = [
        '<table class="confusion"><tr><th>asked \\ heard</th>',
        *[f'<th class="heard">{escape(name)}</th>' for name in heard],
        "</tr>",
    ]
    for asked, row in report.confusion.items():
        total = sum(row.values())
        lines.append(f"<tr><td>{escape(asked)}</td>")
        for name in heard:
            count = row.get(name, 0)
            colour = "42, 157, 74" if name == asked else "224, 72, 62"
            lines.append(
                f'<td style="background: rgba({colour}, {count / total:.2f})">{count or ""}</td>'
            )
        lines.append("</tr>")
    return f'<div class="wide">{"".join(lines)}</table></div>'


def _sides(gap: Gap, digits: int) -> list[str]:
    return [
        _number(gap.generated, digits),
        _number(gap.human, digits),
        _interval(gap.gap, digits=digits),
    ]


def _interval(found: Interval, *, share: bool = False, digits: int = 3) -> str:
    if isnan(found.value):
        return "–"
    show = _share if share else lambda value: _number(value, digits)
    if isnan(found.low):
        return show(found.value)
    return f"{show(found.value)} <small>[{show(found.low)} to {show(found.high)}]</small>"


def _share(value: float) -> str:
    return "–" if isnan(value) else f"{100 * value:.1f} %"


def _number(value: float, digits: int) -> str:
    return "–" if isnan(value) else f"{value:.{digits}f}"


def _plots(pictures: Iterable[str]) -> str:
    return (
        '<div class="plots">'
        + "".join(f"<figure>{picture}</figure>" for picture in pictures)
        + "</div>"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are HTML, heads are text."""
    lines = ["<tr>" + "".join(f"<th>{escape(name)}</th>" for name in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'
