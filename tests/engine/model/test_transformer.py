import pytest
import torch

from engine.model.config import PRESETS, ModelConfig
from engine.model.kv_cache import KVCache
from engine.model.transformer import Transformer, rotary_table, rotate
from engine.tokens import vocab
from tests.engine.model.toys import toy


def tokens(batch: int, time: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, vocab.V, (batch, time), generator=generator)


def test_logits_have_one_row_a_token_and_one_column_an_id() -> None:
    assert toy()(tokens(2, 7)).shape == (2, 7, vocab.V)


def test_a_new_model_knows_nothing_and_says_so_evenly() -> None:
    torch.manual_seed(0)
    logits = Transformer(PRESETS["tiny"])(tokens(1, 5))
    assert torch.equal(logits, torch.zeros_like(logits))


def test_a_later_token_never_changes_an_earlier_prediction() -> None:
    model = toy()
    one, other = tokens(1, 12), tokens(1, 12)
    other[0, 8:] = (one[0, 8:] + 1) % vocab.V
    assert torch.equal(model(one)[:, :8], model(other)[:, :8])
    assert not torch.allclose(model(one)[:, 8:], model(other)[:, 8:])


@pytest.mark.parametrize("first", [1, 5, 11])
def test_reading_in_pieces_through_the_cache_predicts_as_reading_at_once(first: int) -> None:
    model, ids = toy(), tokens(3, 12)
    cache = KVCache(model.config, batch=3)
    parts = [model(ids[:, :first], cache)]
    parts += [model(ids[:, place : place + 1], cache) for place in range(first, 12)]
    assert torch.allclose(torch.cat(parts, dim=1), model(ids), atol=1e-5)
    assert cache.length == 12


def test_several_tokens_behind_a_filled_cache_see_the_past_and_not_the_future() -> None:
    model, ids = toy(), tokens(1, 12)
    cache = KVCache(model.config, batch=1)
    parts = [model(ids[:, :4], cache), model(ids[:, 4:], cache)]
    assert torch.allclose(torch.cat(parts, dim=1), model(ids), atol=1e-5)


def test_a_cache_grows_without_forgetting_and_holds_no_memory_for_what_may_never_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.model.kv_cache._ROOM", 32)
    model, ids = toy(), tokens(3, 300)
    cache = KVCache(model.config, batch=3, context=300)
    parts, rooms = [], [cache.keys.shape[3]]
    for first in range(0, 300, 50):
        if first == 150:
            cache.keep([2, 0])
            ids, parts = ids[[2, 0]], [part[[2, 0]] for part in parts]
        parts.append(model(ids[:, first : first + 50], cache))
        rooms.append(cache.keys.shape[3])
    assert rooms == [32, 64, 128, 256, 256, 256, 300]
    assert torch.allclose(torch.cat(parts, dim=1), model(ids), atol=1e-5)


def test_a_full_cache_says_how_many_it_holds() -> None:
    model = toy()
    cache = KVCache(model.config, batch=1, context=4)
    with pytest.raises(ValueError, match="holds 4 tokens, 5 were written"):
        model(tokens(1, 5), cache)


def test_rotation_keeps_length_and_depends_on_distance_alone() -> None:
    table = rotary_table(PRESETS["tiny"])
    q, k = torch.randn(1, 1, 1, 32), torch.randn(1, 1, 1, 32)

    def product(i: int, j: int) -> float:
        return float((rotate(q, table[:, i : i + 1]) * rotate(k, table[:, j : j + 1])).sum())

    assert torch.allclose(rotate(q, table[:, 9:10]).norm(), q.norm())
    assert product(3, 1) == pytest.approx(product(40, 38), abs=1e-4)


@pytest.mark.parametrize(("preset", "millions"), [("small", 10), ("base", 25)])
def test_presets_have_the_size_they_promise(preset: str, millions: int) -> None:
    with torch.device("meta"):
        count = Transformer(PRESETS[preset]).parameters_count
    assert count == pytest.approx(millions * 1e6, rel=0.05)


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="divide"):
        ModelConfig(width=100, layers=1, heads=3, kv_heads=1, hidden=8)


@pytest.mark.parametrize("filling", [[0, 3], [5, 0], [2, 4]])
def test_filling_in_front_is_not_seen_whole_or_in_pieces(filling: list[int]) -> None:
    model, stream = toy(), tokens(1, 12)
    alone = model(stream)[0]
    rows = [torch.cat([torch.full((more,), vocab.PAD), stream[0, : 12 - more]]) for more in filling]
    cache = KVCache(PRESETS["tiny"], batch=2)
    cache.clear(filling)
    pieces = [model(torch.stack(rows)[:, a:b], cache) for a, b in ((0, 8), (8, 9), (9, 12))]
    together = torch.cat(pieces, dim=1)
    for row, more in zip(together, filling, strict=True):
        torch.testing.assert_close(row[more:], alone[: 12 - more], atol=2e-5, rtol=1e-4)


def test_rows_that_are_kept_go_on_as_if_they_had_been_alone() -> None:
    model, streams = toy(), tokens(3, 10)
    cache = KVCache(PRESETS["tiny"], batch=3)
    model(streams[:, :9], cache)
    cache.keep([2, 0])
    went_on = model(streams[[2, 0], 9:], cache)[:, 0]
    torch.testing.assert_close(went_on, model(streams[[2, 0]])[:, 9], atol=2e-5, rtol=1e-4)
