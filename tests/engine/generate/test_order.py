from engine.generate.order import GUIDANCE, order_of
from engine.request.parse import parse
from engine.request.resolve import resolve


def test_a_request_of_genre_and_mood_is_guided_and_one_of_texture_is_not() -> None:
    """Guidance takes twice the time; density and polyphony are steered for."""
    plain, busy = (order_of(resolve(parse(text), seed=3)) for text in ("calm jazz", "busy jazz"))
    assert plain.sampling.guidance == GUIDANCE > 1
    assert busy.demand.density is not None
    assert busy.sampling.guidance == 1.0


def test_the_demand_is_what_the_brief_says_and_the_seed_its_own() -> None:
    brief = resolve(parse("waltz in D minor for piano and strings, 12 bars"), seed=9)
    order = order_of(brief)
    assert order.seed == 9
    assert order.demand.bars == 12
    assert order.demand.meter == (3, 4)
    assert order.demand.programs == brief.programs
    assert order.demand.mood is not None
