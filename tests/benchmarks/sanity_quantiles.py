"""Measures human excerpts with every measure of sanity, for the table in engine/choose/sanity.py.

    .venv/bin/python -m tests.benchmarks.sanity_quantiles data/shards [--pieces 400] [--seed 0]

Prints the quantiles 5, 25, 50, 75 and 95 % as the table has them. Excerpts are 16 bars of pieces
of the training split that people wrote, one a piece, drawn as the trainer draws pieces: genres in
proportion to the square root of their notes. Every other one ends its piece; those alone tell how
pieces end.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.choose.heard import Heard, listen
from engine.choose.sanity import STANDARDS, Standard
from engine.corpus.shard import Shard
from engine.score.model import Score
from engine.tokens.decode import decode
from engine.training.examples import Corpus, ExampleSettings, Excerpt, body, piece_weights

BARS = 16
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DRAWN = 900
"""Pieces that are drawn; the first are measured, the others are left for tests on unseen ones."""


def corpus_of(folder: Path) -> Corpus:
    """Return the training split of a folder of shards."""
    return Corpus([Shard.load(path) for path in sorted(folder.glob("shard-*.npz"))], "train")


def excerpts(corpus: Corpus, pieces: int, rng: np.random.Generator) -> list[tuple[Score, bool]]:
    """Return excerpts of different human pieces, DRAWN at most, and whether each ends its piece."""
    weights = piece_weights(corpus, ExampleSettings(arranged_share=0.0))
    lengths = np.diff(corpus.piece_start)[corpus.pieces]
    weights[corpus.arranged[corpus.pieces] | (lengths < BARS)] = 0.0
    drawn = rng.choice(corpus.pieces, size=DRAWN, replace=False, p=weights / weights.sum())
    found = []
    for number, piece in enumerate(drawn[:pieces].tolist()):
        begin, end = (int(line) for line in corpus.piece_start[piece : piece + 2])
        first = end - BARS if number % 2 == 0 else int(rng.integers(begin, end - BARS + 1))
        ids = body(corpus, Excerpt(piece, first, first + BARS, chords=True))
        found.append((decode(ids.tolist()), first + BARS == end))
    return found


def quantiles(standard: Standard, pieces: list[tuple[Heard, bool]]) -> NDArray[np.float64]:
    """Return the QUANTILES of one measure where it applies. (5,)"""
    heard = [one for one, ends in pieces if ends or not standard.of_ending]
    values = [value for one in heard if (value := standard.measure(one)) is not None]
    return np.asarray(np.quantile(values, QUANTILES))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("--pieces", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    corpus = corpus_of(options.shards)
    scores = excerpts(corpus, options.pieces, np.random.default_rng(options.seed))
    print(f"{len(scores)} excerpts of {BARS} bars, {sum(ends for _, ends in scores)} end a piece")
    pieces = [(listen(score), ends) for score, ends in scores]
    for name, standard in STANDARDS.items():
        row = ", ".join(f"{value:.3f}" for value in quantiles(standard, pieces))
        print(f"{name:16} ({row})")


if __name__ == "__main__":
    main()
