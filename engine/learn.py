"""The way from ratings to a candidate with a verdict, on one page.

    ratings.jsonl ─ weigh ─▶ opinions ─ fold ─▶ what some teach, asked of the others
        ─ fit, tune ─▶ ranker, adapter ─ trial ─▶ pieces of both models
        ─ gate ─▶ verdict ─ build ─▶ candidate in the registry

A run is a function of base, ratings, settings and seed, and goes on where it was stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.composer import Composer
from engine.errors import ModelError
from engine.evaluation.gate import GateInput, Verdict, judge
from engine.evaluation.trial import (
    GROUPS,
    PIECES,
    TrialResult,
    fingerprint,
    hear,
    trial_orders,
)
from engine.model.adapter import WEIGHTS, Adapter, load_adapter
from engine.model.transformer import Transformer
from engine.ratings.preferences import FOLDS
from engine.ratings.ranker import Ranker
from engine.ratings.raters import Heard, weigh
from engine.ratings.records import ENOUGH, FEW, Ratings, RatingsError
from engine.ratings.traits import traits
from engine.registry.entry import Entry, base_hash
from engine.registry.registry import Registry
from engine.score.harmony import with_chords
from engine.tokens.decode import decode
from engine.training.rated_rows import Row, read_rows
from engine.training.tune import Epoch, TuneSettings
from engine.tuning.candidate import build_candidate
from engine.tuning.crossfit import Crossfit, Material, Served, crossfit, learn_from
from engine.tuning.listen import before_and_after
from engine.tuning.losses import held_out_music, loss_with
from engine.tuning.report import Report
from engine.tuning.run_folder import RunFolder
from engine.tuning.sense import sense
from engine.tuning.trial_pieces import trial_pieces
from engine.write import Writer, Written

WRITTEN = 3
"""Raise it when the engine writes other notes from the same order: kept trials are written anew."""
TRIAL_SEED = 2026
"""The trial is the same for every candidate, so that what the served model wrote is used again."""
_ROWS = "rows.pt"


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """How a run learns and judges."""

    tune: TuneSettings = field(default_factory=TuneSettings)
    few: int = FEW
    pieces: int = PIECES
    """Of the trial."""
    groups: int = GROUPS
    """Requests under several seeds, beside them, for diversity."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run stands."""

    stage: str
    """check, reference, tune, rank, write, judge or play."""
    share: float
    """Of the whole run, 0 to 1."""
    epoch: Epoch | None = None
    group: int | None = None
    """Of the FOLDS groups of listeners, the one that an epoch did not learn from, from 1; None:
    all were learned from."""


OnStep = Callable[[Step], None]
"""Called often; may raise CancelledError, and what was reached is kept."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The end of a run."""

    candidate: Entry
    verdict: Verdict


def learn(
    ratings: Ratings,
    composer: Composer,
    registry: Registry,
    folder: Path,
    *,
    name: str,
    seed: int,
    at: datetime,
    corpus: Path,
    blind: tuple[int, int] | None = None,
    server: str | None = None,
    settings: LearnSettings | None = None,
    on_step: OnStep,
) -> Learned:
    """Return the candidate, now in the registry, and the gate's verdict on it.

    ``composer`` composes as the base. ``folder``: where the run is kept; with the same arguments
    it goes on. ``blind``: wins and losses of the candidate's predecessor in blind listening.
    ``server``: whose served model it has to beat; None is everyone's. Raises RatingsError for
    ratings that nothing can be learned from.
    """
    settings = settings or LearnSettings()
    on_step(Step("check", 0.0))
    heard = weigh(ratings.pieces)
    check(ratings, heard)
    served = composer.serving(server)
    run = RunFolder(folder, _plan(ratings, registry, served, settings, seed))
    tunes = ratings.count >= settings.few
    material = _material(ratings, heard, composer, run if tunes else None, settings, on_step)
    base = composer.writer.model if tunes else None
    since = _made_at(served)
    crossed = _crossed(material, base, served.writer, settings, seed, run, since, on_step)
    ranker, adapter = _taught(material, base, crossed.epochs, settings, seed, run, on_step)
    if adapter is None:  # only a ranker was learned: what is served goes on writing
        adapter = served.writer.adapter
    candidate = replace(composer.writer, adapter=adapter, ranker=ranker)
    trial = _trial(served, candidate, run, settings, on_step)
    on_step(Step("judge", 0.92))
    verdict = _judged(trial, crossed, material, candidate, served.writer, corpus, blind, seed)
    on_step(Step("play", 0.95))
    report = Report(verdict, crossed, trial.before, trial.after, heard, ranker)
    played = before_and_after(ratings.pieces, served, replace(composer, writer=candidate))
    entry = build_candidate(
        registry,
        name,
        adapter=adapter,
        ranker=ranker,
        made_at=at,
        about={
            "ratings": {
                "sha256": ratings.sha256,
                "pieces": len(ratings.pieces),
                "ratings": ratings.count,
                "raters": len(ratings.raters),
                "remarks": list(heard.remarks()),
            },
            "likes": list(ranker.words()),
            "against": {"model": served.card.name, "server": server},
            "tuning": {"seed": seed, "kept_epochs": crossed.epochs, **asdict(settings.tune)},
            "verdict": verdict.to_json(),
        },
        files={**played, **report.files()},
    )
    on_step(Step("play", 1.0))
    return Learned(entry, verdict)


def check(ratings: Ratings, heard: Heard) -> None:
    """Raise RatingsError unless something can be learned: enough opinions, and not all the same."""
    if ratings.count < ENOUGH:
        raise RatingsError(
            f"there are {ratings.count} ratings, {ENOUGH} are the least to learn from; "
            "let people react to more pieces"
        )
    if not any(abs(opinion.value) > 0.1 for opinion in heard.opinions):
        raise RatingsError(
            "every listener gave all pieces the same, so nothing can be learned; "
            "likes and dislikes are both needed"
        )


def _made_at(served: Composer) -> str | None:
    """When a served candidate was made; None for the base, which has learned no ratings."""
    if served.wardrobe is None:
        return None
    return served.wardrobe.registry.entry(served.card.name).made_at


def _plan(
    ratings: Ratings,
    registry: Registry,
    served: Composer,
    settings: LearnSettings,
    seed: int,
) -> dict[str, Any]:
    return {
        "base": base_hash(registry.base),
        "served": served.card.name,
        "ratings": ratings.sha256,
        "settings": asdict(settings),
        "seed": seed,
    }


def _material(
    ratings: Ratings,
    heard: Heard,
    composer: Composer,
    run: RunFolder | None,
    settings: LearnSettings,
    on_step: OnStep,
) -> Material:
    """Hear every piece, and have the base read it where it will be tuned."""
    scores = {p.piece: with_chords(decode(p.tokens)) for p in ratings.pieces}
    figures = {name: traits(score) for name, score in scores.items()}
    rows: dict[str, Row] = {}
    if run is not None:
        with run.room():
            rows = read_rows(
                composer.writer.model,
                ratings.pieces,
                context=settings.tune.context,
                on_share=lambda share: on_step(Step("reference", 0.02 + 0.13 * share)),
                kept=run.path(_ROWS),
            )
    return Material(ratings.pieces, heard.opinions, scores, figures, rows)


def _crossed(
    material: Material,
    base: Transformer | None,
    served: Writer,
    settings: LearnSettings,
    seed: int,
    run: RunFolder,
    since: str | None,
    on_step: OnStep,
) -> Crossfit:
    """Ask the others what some teach, once a run.

    ``since``: when the served model was made. It has learned what was said before, so both are
    asked about what was said after.
    """
    kept = run.json("crossfit.json")
    if kept is not None:
        return Crossfit.from_json(kept)
    stage = "rank" if base is None else "tune"

    def tell(number: int, epoch: Epoch) -> None:
        done = (number + epoch.number / settings.tune.epochs) / FOLDS
        on_step(Step(stage, 0.15 + 0.2 * done, epoch, number + 1))

    wears = Served(served.adapter, served.ranker)
    crossed = crossfit(material, base, wears, settings.tune, seed=seed, since=since, on_epoch=tell)
    run.keep("crossfit.json", crossed.to_json())
    return crossed


def _taught(
    material: Material,
    base: Transformer | None,
    epochs: int,
    settings: LearnSettings,
    seed: int,
    run: RunFolder,
    on_step: OnStep,
) -> tuple[Ranker, Adapter | None]:
    """Learn from all, for as long as held-out listeners agreed."""
    tunes = base if epochs else None
    kept = _kept_adapter(run, tunes)

    def tell(epoch: Epoch) -> None:
        on_step(Step("tune", 0.35 + 0.05 * epoch.number / epochs, epoch))

    lesson = learn_from(
        material,
        material.opinions,
        None if kept else tunes,
        settings.tune,
        seed=seed,
        epochs=epochs,
        on_epoch=tell,
    )
    if lesson.tuned is None:
        return lesson.ranker, kept
    with run.room():
        lesson.tuned.adapter.save(run.path(WEIGHTS))
    return lesson.ranker, lesson.tuned.adapter


def _kept_adapter(run: RunFolder, base: Transformer | None) -> Adapter | None:
    """Return the adapter that was tuned before the run was stopped; None if it is not whole."""
    if base is None or not run.has(WEIGHTS):
        return None
    try:
        return load_adapter(run.path(WEIGHTS), base)
    except ModelError:
        return None


@dataclass(frozen=True, slots=True)
class _Trial:
    """Both models' pieces of the trial."""

    served: list[Written]
    before: TrialResult
    after: TrialResult


def _trial(
    served: Composer, candidate: Writer, run: RunFolder, settings: LearnSettings, on_step: OnStep
) -> _Trial:
    """Have both models write the same, and hear what came of it."""
    orders = trial_orders(TRIAL_SEED, pieces=settings.pieces, groups=settings.groups)
    assert served.wardrobe is not None
    registry = served.wardrobe.registry
    # What the served model writes does not depend on the run: the next one finds it here.
    plan = {
        "model": served.card.name,
        "files": registry.entry(served.card.name).card.get("files"),
        "base": base_hash(registry.base),
        "of": fingerprint(orders),
        "written": WRITTEN,
    }
    shelf = RunFolder(registry.folder / ".trials" / served.card.name, plan)
    written = []
    for place, (writer, folder) in enumerate(((served.writer, shelf), (candidate, run))):

        def tell(share: float, place: int = place) -> None:
            on_step(Step("write", 0.4 + 0.26 * (place + share)))

        written.append(trial_pieces(writer, orders, folder, "trial.json", tell))
    return _Trial(written[0], hear(orders, written[0]), hear(orders, written[1]))


def _judged(
    trial: _Trial,
    crossed: Crossfit,
    material: Material,
    candidate: Writer,
    served: Writer,
    corpus: Path,
    blind: tuple[int, int] | None,
    seed: int,
) -> Verdict:
    """Put everything before the gate."""
    context = candidate.context or candidate.model.config.context
    streams, loss_of = held_out_music(corpus, trial.served, context)
    return judge(
        GateInput(
            candidate=trial.after,
            served=trial.before,
            loss_candidate=loss_with(candidate.model, candidate.adapter, streams),
            loss_served=loss_with(candidate.model, served.adapter, streams),
            loss_of=loss_of,
            preference=crossed.told,
            held_out=crossed.held_out,
            usual_notes=candidate.index.usual_notes if candidate.index else None,
            sense=sense(material),
            blind=blind,
            seed=seed,
        )
    )
