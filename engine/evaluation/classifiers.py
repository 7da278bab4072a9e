"""Judges of genre and mood that have learned from people's music alone.

The model is trained on genres that collections name and on moods that ``engine.score.mood``
hears; asked whether it gives what it was asked for, neither may be the judge. These learn the
genre from excerpts of pieces that people made, and the mood from the 197 game pieces whose signs
of valence and arousal listeners gave (VGMIDI), never from the labeller. They judge 16 bars at a
time, as many as a composed piece usually has. How often they are right on people's music that
they have not seen is the ceiling for what they can say of a model.

Genres with fewer than MIN_PIECES pieces made by people are not judged: cinematic, ambient and
lofi, of which programs arranged nearly all. A piece asked for in one of them has no verdict.
"""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.corpus.build import label
from engine.corpus.manifest import load_shards
from engine.corpus.shard import NO_GENRE, SPLITS, Shard, pack
from engine.corpus.sources import Piece
from engine.errors import BadInputError, ModelError
from engine.evaluation.features import FEATURES, NOTES_ALONE, describe
from engine.score.model import DRUMS, Score
from engine.tokens.decode import decode
from engine.tokens.spec import GENRES
from engine.training.excerpts import Corpus, Excerpt, body

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

EXCERPT_BARS = 16
MIN_PIECES = 80
"""Training pieces made by people that a genre needs to be judged at all."""

_MIN_NOTES = 24
"""Pitched notes that an excerpt needs; drum loops and silences say too little."""
_TRIES = 4
_EXCERPTS_A_GENRE = 300
_MOST_A_PIECE = 3
"""Thin genres give several excerpts a piece, so that each genre counts about as much."""
_MOOD_EXCERPTS = 4
_CLIP = 4.0
"""Standard deviations at which features are cut off: what is odder is not odder still."""
_FOLDS = 3
_MOOD_FOLDS, _MOOD_TURNS = 10, 3

FITTED = Path(__file__).parent / "fitted"
"""Where the fitted judges are kept: ``judges.npz`` and, for people to read, ``ceilings.json``."""

Progress = Callable[[int, int], None]
"""Called with pieces done and pieces in all."""


@dataclass(frozen=True, slots=True)
class Table:
    """Described excerpts. E excerpts, F features."""

    features: NDArray[np.float32]
    """(E, F)"""
    labels: _Ints
    """Genre: index into GENRES. (E,) Mood: valence and arousal, 0 or 1. (E, 2)"""
    groups: _Ints
    """Excerpts of one group (a piece, a song) never part between folds. (E,)"""
    held_out: NDArray[np.bool_]
    """Of the validation or test split. (E,)"""


# ---------------------------------------------------------------------------- judging


@dataclass(frozen=True, slots=True)
class Judge:
    """A committee of small networks that tells C classes apart; their probabilities are averaged.

    A member is weights and biases in turn; rectifiers stand between its layers.
    """

    classes: tuple[str, ...]
    uses: _Ints
    """Places in FEATURES that it looks at. (K,)"""
    mean: _Floats
    """(K,)"""
    scale: _Floats
    """(K,)"""
    members: tuple[tuple[_Floats, ...], ...]

    def probabilities(self, features: NDArray[np.floating[Any]]) -> _Floats:
        """Return how likely each class is, rows adding up to 1. (E, F) to (E, C)"""
        seen = np.clip((features[:, self.uses] - self.mean) / self.scale, -_CLIP, _CLIP)  # (E, K)
        return np.asarray(np.mean([_forward(seen, layers) for layers in self.members], axis=0))


def _forward(x: _Floats, layers: Sequence[_Floats]) -> _Floats:
    for place in range(0, len(layers), 2):
        x = (np.maximum(x, 0.0) if place else x) @ layers[place] + layers[place + 1]
    x = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(x / x.sum(axis=1, keepdims=True))  # (E, C)


class Felt(NamedTuple):
    """How likely listeners would call an excerpt so; above 0.5 the sign is plus."""

    pleasant: float
    excited: float


@dataclass(frozen=True, slots=True)
class Judges:
    """Everything that has been fitted."""

    genre: Judge
    genre_by_notes: Judge
    """Knows neither instruments nor tempo (``features.NOTES_ALONE``)."""
    valence: Judge
    arousal: Judge

    def predict_genre(self, features: _Floats, *, notes_alone: bool = False) -> dict[str, float]:
        """Return each judged genre with its probability, the likeliest first. Takes (F,)"""
        judge = self.genre_by_notes if notes_alone else self.genre
        found = judge.probabilities(features[None])[0]
        return {judge.classes[place]: float(found[place]) for place in np.argsort(-found)}

    def predict_mood(self, features: _Floats) -> Felt:
        """Return how pleasant and how excited an excerpt is. Takes (F,)"""
        ways = (self.valence, self.arousal)
        return Felt(*(float(judge.probabilities(features[None])[0, 1]) for judge in ways))


def save(judges: Judges, ceilings: dict[str, Any], out: Path) -> None:
    """Leave the judges and their ceilings in a folder, each file whole or not at all."""
    arrays: dict[str, NDArray[Any]] = {"features": np.array(FEATURES)}
    for name in _JUDGES:
        judge: Judge = getattr(judges, name)
        arrays[f"{name}.classes"] = np.array(judge.classes)
        arrays[f"{name}.uses"] = judge.uses.astype(np.int16)
        arrays[f"{name}.mean"] = judge.mean.astype(np.float32)
        arrays[f"{name}.scale"] = judge.scale.astype(np.float32)
        for number, layers in enumerate(judge.members):
            for place, layer in enumerate(layers):
                arrays[f"{name}.{number}.{place}"] = layer.astype(np.float32)
    out.mkdir(parents=True, exist_ok=True)
    part = out / "judges.part"
    with part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    os.replace(part, out / "judges.npz")
    part = out / "ceilings.part"
    part.write_text(json.dumps(ceilings, indent=1) + "\n")
    os.replace(part, out / "ceilings.json")


_JUDGES = ("genre", "genre_by_notes", "valence", "arousal")


def load(folder: Path = FITTED) -> Judges:
    """Return the fitted judges; ModelError where they are missing or know other features."""
    try:
        with np.load(folder / "judges.npz", allow_pickle=False) as arrays:
            kept = dict(arrays.items())
    except (OSError, ValueError) as error:
        raise ModelError(f"the classifiers in {folder} cannot be read; fit them again") from error
    if tuple(kept["features"]) != FEATURES:
        raise ModelError(f"the classifiers in {folder} know other features; fit them again")
    return Judges(**{name: _unpack(kept, name) for name in _JUDGES})


def _unpack(kept: dict[str, NDArray[Any]], name: str) -> Judge:
    members: list[tuple[_Floats, ...]] = []
    while f"{name}.{len(members)}.0" in kept:
        layers: list[_Floats] = []
        while (key := f"{name}.{len(members)}.{len(layers)}") in kept:
            layers.append(kept[key].astype(np.float64))
        members.append(tuple(layers))
    return Judge(
        classes=tuple(map(str, kept[f"{name}.classes"])),
        uses=kept[f"{name}.uses"].astype(np.int64),
        mean=kept[f"{name}.mean"].astype(np.float64),
        scale=kept[f"{name}.scale"].astype(np.float64),
        members=tuple(members),
    )


def load_ceilings(folder: Path = FITTED) -> dict[str, Any]:
    """Return the ceilings as ``fit_from_shards`` made them; ModelError where there are none."""
    try:
        ceilings: dict[str, Any] = json.loads((folder / "ceilings.json").read_text())
    except (OSError, ValueError) as error:
        raise ModelError(f"the ceilings in {folder} cannot be read; fit them again") from error
    return ceilings


# ---------------------------------------------------------------------------- excerpts


def draw_excerpt(corpus: Corpus, piece: int, rng: np.random.Generator) -> Score | None:
    """Return 16 bars from a random place of a piece, or all of a shorter one.

    None if after four draws there are still fewer than 24 pitched notes.
    """
    start, end = (int(bar) for bar in corpus.piece_start[piece : piece + 2])
    for _ in range(_TRIES):
        first = int(rng.integers(start, max(start, end - EXCERPT_BARS) + 1))
        score = decode(body(corpus, Excerpt(piece, first, min(first + EXCERPT_BARS, end))))
        if sum(note.program != DRUMS for note in score.notes) >= _MIN_NOTES:
            return score
    return None


def describe_genres(shards: Sequence[Shard], on_progress: Progress) -> Table:
    """Return described excerpts of the pieces with a genre that people made.

    Of the training split about as many for each genre, of the others one for each piece. A
    piece's excerpts depend on its place in the corpus alone.
    """
    genre = np.concatenate([shard.genre for shard in shards]).astype(np.int64)
    split = np.concatenate([shard.split for shard in shards])
    human = ~np.concatenate([shard.arranged for shard in shards]) & (genre != NO_GENRE)
    held_out = split != SPLITS.index("train")
    times = (human & held_out).astype(np.int64)
    for index in range(NO_GENRE):
        own = np.flatnonzero(human & ~held_out & (genre == index))
        own = np.random.default_rng([0, index]).permutation(own)
        if len(own) >= MIN_PIECES:
            turns = int(np.clip(_EXCERPTS_A_GENRE // len(own), 1, _MOST_A_PIECE))
            times[own[:_EXCERPTS_A_GENRE]] = turns
    rows: list[NDArray[np.float32]] = []
    pieces: list[int] = []
    first = 0
    for shard in shards:
        corpus = Corpus([shard], SPLITS[0])
        for place in np.flatnonzero(times[first : first + len(shard)]).tolist():
            rng = np.random.default_rng([0, first + place])
            for _ in range(times[first + place]):
                score = draw_excerpt(corpus, place, rng)
                if score is not None:
                    rows.append(describe(score).astype(np.float32))
                    pieces.append(first + place)
        first += len(shard)
        on_progress(first, len(genre))
    if not rows:
        raise BadInputError("the corpus has no pieces made by people whose genre is known")
    piece = np.array(pieces)
    return Table(np.stack(rows), genre[piece], piece, held_out[piece])


def describe_moods(labels: Path, midi: Path, on_progress: Progress) -> Table:
    """Return described excerpts of the pieces whose mood listeners gave.

    ``labels``: the corpus's table, with path, song, valence and arousal; ``midi``: the folder
    that its paths lie in. Raises BadInputError if the table cannot be read or labels nothing.
    """
    try:
        with labels.open(newline="", encoding="utf-8-sig") as lines:
            rows = [row for row in csv.DictReader(lines) if row.get("valence")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{labels} cannot be read as a table of moods: {error}") from error
    if not rows:
        raise BadInputError(f"{labels} has no piece whose mood listeners gave")
    songs = {row["song"]: number for number, row in enumerate(rows)}
    features: list[NDArray[np.float32]] = []
    signs: list[tuple[bool, bool]] = []
    groups: list[int] = []
    for number, row in enumerate(rows):
        file = midi / row["path"]
        piece = Piece(file, row["path"], row["song"], SPLITS[0], None, row["tier"], row["source"])
        corpus = Corpus([pack([label(piece)[0]])], SPLITS[0])
        rng = np.random.default_rng([1, number])
        for _ in range(_MOOD_EXCERPTS):
            score = draw_excerpt(corpus, 0, rng)
            if score is not None:
                features.append(describe(score).astype(np.float32))
                signs.append((float(row["valence"]) > 0, float(row["arousal"]) > 0))
                groups.append(songs[row["song"]])
        on_progress(number + 1, len(rows))
    none = np.zeros(len(groups), dtype=np.bool_)
    return Table(np.stack(features), np.array(signs, dtype=np.int64), np.array(groups), none)


# ---------------------------------------------------------------------------- fitting


class Recipe(NamedTuple):
    """How a judge is fitted: a logistic regression and some networks, which answer together."""

    freedom: float
    """Of the regression: the inverse of the penalty on the squares of its weights."""
    networks: int = 0
    hidden: int = 64
    """Units of a network between features and classes."""
    penalty: float = 1.0
    """On the squares of a network's weights."""
    epochs: int = 15


GENRE_RECIPE = Recipe(freedom=0.005, networks=2, hidden=64, penalty=1.0, epochs=12)
MOOD_RECIPE = Recipe(freedom=0.01)
_ROUNDS = 60
"""Of the regression's search; more change no answer."""
_STILL = 1e-6
"""Standard deviation up to which a feature says nothing."""

_EVERYTHING = np.arange(len(FEATURES))
_BY_NOTES = np.flatnonzero(NOTES_ALONE)
_MOOD_FEATURES = np.array(
    [i for i, name in enumerate(FEATURES) if not name.startswith(("instruments.", "drums."))]
)
"""The labelled pieces are for piano: what a band plays on must not count."""


def fit(
    features: NDArray[np.floating[Any]],
    answers: _Ints,
    classes: Sequence[str],
    uses: _Ints,
    recipe: Recipe,
) -> Judge:
    """Return a judge fitted to the answers, each class weighing the same. Needs scikit-learn.

    ``features``: (E, F); ``answers``: index into ``classes``, each of which occurs. (E,)
    Features that hardly vary are left out. The same excerpts make the same judge.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]

    uses = uses[features[:, uses].std(axis=0) > _STILL]
    mean = features[:, uses].mean(axis=0, dtype=np.float64)
    scale = features[:, uses].std(axis=0, dtype=np.float64)
    seen = np.clip((features[:, uses] - mean) / scale, -_CLIP, _CLIP).astype(np.float32)
    counts = np.bincount(answers, minlength=len(classes))
    weights = len(answers) / (len(classes) * counts[answers])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the rounds are over is the plan
        line = LogisticRegression(C=recipe.freedom, max_iter=_ROUNDS)
        line.fit(seen, answers, sample_weight=weights)
        members = [_layers([line.coef_.T], [line.intercept_])]
        for seed in range(recipe.networks):
            network = MLPClassifier(
                (recipe.hidden,),
                alpha=recipe.penalty,
                batch_size=64,
                max_iter=recipe.epochs,
                random_state=seed,
            )
            network.fit(seen, answers, sample_weight=weights)
            members.append(_layers(network.coefs_, network.intercepts_))
    return Judge(tuple(classes), uses, mean, scale, tuple(members))


def _layers(weights: Sequence[_Floats], biases: Sequence[_Floats]) -> tuple[_Floats, ...]:
    """Return weights and biases in turn; one output unit for two classes becomes two."""
    layers = [layer for pair in zip(weights, biases, strict=True) for layer in pair]
    if layers[-1].shape == (1,):
        layers[-2:] = [np.hstack([np.zeros_like(layers[-2]), layers[-2]]), np.append(0, layers[-1])]
    return tuple(layers)


def folds(labels: _Ints, groups: _Ints, count: int, rng: np.random.Generator) -> _Ints:
    """Return the fold of each excerpt: groups stay whole, labels are spread evenly. (E,)"""
    _, first, number = np.unique(groups, return_index=True, return_inverse=True)
    order = rng.permutation(len(first))
    order = order[np.argsort(labels[first][order], kind="stable")]
    fold = np.empty(len(first), dtype=np.int64)
    fold[order] = np.arange(len(first)) % count
    return np.asarray(fold[number])


def out_of_fold(
    table: Table, classes: Sequence[str], uses: _Ints, fold: _Ints, recipe: Recipe
) -> _Floats:
    """Return what judges say of excerpts of folds that they were not fitted on. (E, C)"""
    found = np.zeros((len(fold), len(classes)))
    for own in np.unique(fold).tolist():
        rest = fold != own
        judge = fit(table.features[rest], table.labels[rest], classes, uses, recipe)
        found[~rest] = judge.probabilities(table.features[~rest])
    return found


def ceiling(truth: _Ints, probabilities: _Floats, classes: Sequence[str]) -> dict[str, Any]:
    """Return how often the likeliest class is the true one, as JSON can keep it.

    ``accuracy`` over all; ``balanced``: mean over the classes that occur; ``top_three``: how
    often the truth is among the three likeliest; ``by_class``: name to (right, of all);
    ``confusion``: rows are truths, columns answers.
    """
    answers = probabilities.argmax(axis=1)
    confusion = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(confusion, (truth, answers), 1)
    right, of = np.diag(confusion), confusion.sum(axis=1)
    likeliest = np.argsort(-probabilities, axis=1)[:, :3]
    return {
        "excerpts": len(truth),
        "accuracy": round(float((answers == truth).mean()), 4),
        "balanced": round(float((right[of > 0] / of[of > 0]).mean()), 4),
        "top_three": round(float((likeliest == truth[:, None]).any(axis=1).mean()), 4),
        "by_class": {
            name: [int(r), int(n)] for name, r, n in zip(classes, right, of, strict=True) if n
        },
        "confusion": confusion.tolist(),
    }


def fit_genre(table: Table, uses: _Ints) -> tuple[Judge, dict[str, Any]]:
    """Return a judge of genre and its ceilings: held out, and cross-validated over training.

    Thin genres have few held-out pieces; the cross-validated figure says more of them.
    """
    known = np.unique(table.labels[~table.held_out])
    classes = tuple(GENRES[index] for index in known)
    judged = np.isin(table.labels, known)
    table = Table(
        table.features[judged],
        np.searchsorted(known, table.labels[judged]),
        table.groups[judged],
        table.held_out[judged],
    )
    train, test = _part(table, ~table.held_out), _part(table, table.held_out)
    judge = fit(train.features, train.labels, classes, uses, GENRE_RECIPE)
    fold = folds(train.labels, train.groups, _FOLDS, np.random.default_rng(0))
    crossed = out_of_fold(train, classes, uses, fold, GENRE_RECIPE)
    return judge, {
        "held_out": ceiling(test.labels, judge.probabilities(test.features), classes),
        "cross_validated": ceiling(train.labels, crossed, classes),
    }


def _part(table: Table, keep: NDArray[np.bool_]) -> Table:
    return Table(*(getattr(table, field.name)[keep] for field in fields(Table)))


def fit_mood(table: Table, scale: int) -> tuple[Judge, dict[str, Any]]:
    """Return a judge of valence (``scale`` 0) or arousal (1) and its cross-validated figures.

    Ten folds by song, several times: mean and standard deviation over the times, for single
    excerpts and for pieces (their excerpts' probabilities averaged).
    """
    one = Table(table.features, table.labels[:, scale], table.groups, table.held_out)
    _, first, piece = np.unique(2 * one.groups + one.labels, return_index=True, return_inverse=True)
    excerpts: list[dict[str, Any]] = []
    pieces: list[dict[str, Any]] = []
    for turn in range(_MOOD_TURNS):
        fold = folds(one.labels, one.groups, _MOOD_FOLDS, np.random.default_rng(turn))
        found = out_of_fold(one, _SIGNS, _MOOD_FEATURES, fold, MOOD_RECIPE)
        excerpts.append(ceiling(one.labels, found, _SIGNS))
        whole = np.zeros((len(first), 2))
        np.add.at(whole, piece, found)
        pieces.append(ceiling(one.labels[first], whole, _SIGNS))
    judge = fit(one.features, one.labels, _SIGNS, _MOOD_FEATURES, MOOD_RECIPE)
    return judge, {
        "pieces": len(first),
        "majority": round(float(max(one.labels[first].mean(), 1 - one.labels[first].mean())), 4),
        "by_excerpt": _mean_and_spread(excerpts),
        "by_piece": _mean_and_spread(pieces),
    }


_SIGNS = ("minus", "plus")


def _mean_and_spread(turns: Sequence[dict[str, Any]]) -> dict[str, list[float]]:
    return {
        name: [round(float(f([turn[name] for turn in turns])), 4) for f in (np.mean, np.std)]
        for name in ("accuracy", "balanced")
    }


def fit_from_shards(
    corpus_folder: Path,
    out: Path,
    on_progress: Progress,
    *,
    labels: Path,
    midi: Path,
) -> dict[str, Any]:
    """Leave judges and ceilings fitted anew in ``out``, and return the ceilings.

    ``corpus_folder``: shards built from the whole corpus; ``labels`` and ``midi``: the corpus's
    table with moods and the folder that its files are unpacked in. The same corpus makes the
    same files. Raises BadInputError where one of these is missing.
    """
    genres = describe_genres(load_shards(corpus_folder), on_progress)
    return fit_tables(genres, describe_moods(labels, midi, on_progress), out)


def fit_tables(genres: Table, moods: Table, out: Path) -> dict[str, Any]:
    """Leave judges fitted to these tables in ``out`` with their ceilings, and return these."""
    fitted = {
        "genre": fit_genre(genres, _EVERYTHING),
        "genre_by_notes": fit_genre(genres, _BY_NOTES),
        "valence": fit_mood(moods, 0),
        "arousal": fit_mood(moods, 1),
    }
    ceilings = {name: figures for name, (_, figures) in fitted.items()}
    save(Judges(**{name: judge for name, (judge, _) in fitted.items()}), ceilings, out)
    return ceilings
