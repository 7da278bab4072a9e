import numpy as np
import pytest

from engine.evaluation.ngram import NGram, ngram_loss, training_streams
from engine.tokens import vocab
from engine.training.excerpts import Corpus
from engine.training.held_out import held_out_streams
from tests.engine.training.shards import scale_shard

SHARDS = [scale_shard()]


@pytest.fixture(scope="module")
def streams() -> list[np.ndarray]:
    return training_streams(Corpus(SHARDS, "train"), 10_000)


@pytest.mark.parametrize("order", [1, 2, 5])
def test_probabilities_of_all_tokens_add_up_to_one(order: int, streams: list[np.ndarray]) -> None:
    model = NGram(order, streams)
    past = streams[0][:20]
    ways = [model.probabilities(np.append(past, token))[-1] for token in range(vocab.V)]
    assert sum(ways) == pytest.approx(1)
    assert min(ways) > 0


def test_a_longer_memory_predicts_better(streams: list[np.ndarray]) -> None:
    held_out = held_out_streams(Corpus(SHARDS, "validation"), 8, 512)
    losses = [ngram_loss(NGram(order, streams), held_out).nats_a_note for order in (1, 2, 5)]
    assert losses == sorted(losses, reverse=True)


def test_a_unigram_knows_frequencies_alone() -> None:
    a, b = 700, 800
    model = NGram(1, [np.array([a, a, a, b])])
    # Of four counts three quarters are taken from each of two kinds and spread evenly.
    expected = [(2.25 + 1.5 / vocab.V) / 4, (0.25 + 1.5 / vocab.V) / 4, (1.5 / vocab.V) / 4]
    assert model.probabilities(np.array([a, b, 5])) == pytest.approx(expected)


def test_an_order_beyond_the_key_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 6"):
        NGram(7, [])


def test_training_streams_stop_at_the_number_of_tokens_asked() -> None:
    corpus = Corpus(SHARDS, "train")
    everything = training_streams(corpus, 10**9)
    assert len(everything) == 20
    assert len(training_streams(corpus, 1)) == 1
