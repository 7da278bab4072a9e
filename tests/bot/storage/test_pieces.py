from datetime import UTC

import pytest

from bot.storage.pieces import PRIOR_VOTES
from bot.storage.storage import Storage
from tests.bot.storage.kept import (
    ANNA,
    BEN,
    CHANNEL,
    CLARA,
    OTHER_SERVER,
    SERVER,
    START,
    new_piece,
    posted,
)

pytestmark = pytest.mark.asyncio


async def test_a_piece_comes_back_as_it_was_given(storage: Storage):
    new = new_piece()
    kept = await storage.pieces.add(new)
    assert await storage.pieces.get(kept.id) == kept
    for name in new.__slots__:
        assert getattr(kept, name) == getattr(new, name), name
    assert (kept.job_id, kept.place) == (None, 0)
    assert kept.made_at > START
    assert kept.made_at.tzinfo is UTC


async def test_what_is_not_there_is_none(storage: Storage):
    assert await storage.pieces.get(1) is None
    assert await storage.pieces.parent(1) is None
    assert await storage.pieces.first(1) is None
    assert await storage.pieces.latest_in_channel(CHANNEL, ANNA) is None
    assert await storage.pieces.of_person(ANNA) == []
    assert await storage.pieces.count_of_person(ANNA) == 0
    assert await storage.pieces.top(SERVER) == []


async def test_versions_know_their_parent_and_their_first(storage: Storage):
    one = await storage.pieces.add(new_piece())
    two = await storage.pieces.add(new_piece(BEN, parent_id=one.id))
    three = await storage.pieces.add(new_piece(parent_id=two.id))
    also_two = await storage.pieces.add(new_piece(parent_id=one.id))
    assert [p.version for p in (one, two, three, also_two)] == [1, 2, 3, 2]
    assert {p.root_id for p in (one, two, three, also_two)} == {one.id}
    assert await storage.pieces.parent(three.id) == two
    assert await storage.pieces.first(three.id) == one
    assert await storage.pieces.first(one.id) == one
    assert await storage.pieces.parent(one.id) is None


async def test_a_version_of_a_piece_deleted_meanwhile_is_a_first(storage: Storage):
    gone = await storage.pieces.add(new_piece())
    await storage.pieces.delete(gone.id)
    kept = await storage.pieces.add(new_piece(parent_id=gone.id))
    assert (kept.parent_id, kept.root_id, kept.version) == (None, kept.id, 1)


async def test_an_id_is_never_given_twice(storage: Storage):
    """A button on an old message would otherwise show somebody else's piece."""
    gone = await storage.pieces.add(new_piece())
    await storage.pieces.delete(gone.id)
    assert (await storage.pieces.add(new_piece())).id > gone.id


async def test_versions_of_a_deleted_piece_stand_by_themselves(storage: Storage):
    one = await storage.pieces.add(new_piece())
    two = await storage.pieces.add(new_piece(BEN, parent_id=one.id))
    three = await storage.pieces.add(new_piece(BEN, parent_id=two.id))
    four = await storage.pieces.add(new_piece(BEN, parent_id=three.id))
    other = await storage.pieces.add(new_piece(CLARA, parent_id=one.id))
    await posted(storage, 1, three)
    await storage.ratings.give(three.id, CLARA, "like", "reaction", 1)

    gone = await storage.pieces.delete(three.id)
    nothing = {"trials": 0, "choices": 0}
    assert gone.counts == {"pieces": 1, "messages": 1, "ratings": 1} | nothing
    assert [message.message_id for message in gone.messages] == [1]
    links = [await storage.pieces.get(piece.id) for piece in (one, two, four, other)]
    assert [(p.parent_id, p.root_id, p.version) for p in links if p] == [
        (None, one.id, 1),
        (one.id, one.id, 2),
        (None, four.id, 4),
        (one.id, one.id, 2),
    ]
    await storage.pieces.delete(one.id)
    links = [await storage.pieces.get(piece.id) for piece in (two, other)]
    assert [(p.parent_id, p.root_id) for p in links if p] == [(None, two.id), (None, other.id)]


async def test_a_persons_pieces_come_newest_first_in_pages(storage: Storage):
    ids = [(await storage.pieces.add(new_piece())).id for _ in range(5)]
    await storage.pieces.add(new_piece(BEN))
    away = await storage.pieces.add(new_piece(server_id=OTHER_SERVER))
    direct = await storage.pieces.add(new_piece(server_id=None))

    async def page(*where: int, **limits: int) -> list[int]:
        return [piece.id for piece in await storage.pieces.of_person(ANNA, *where, **limits)]

    assert await page() == [direct.id, away.id, *reversed(ids)]
    assert await page(SERVER) == ids[::-1]
    assert await page(SERVER, offset=1, limit=2) == [ids[3], ids[2]]
    assert await page(SERVER, offset=5) == []
    assert await storage.pieces.count_of_person(ANNA) == 7
    assert await storage.pieces.count_of_person(ANNA, SERVER) == 5


async def test_the_latest_in_a_channel_is_the_persons_own(storage: Storage):
    await storage.pieces.add(new_piece())
    latest = await storage.pieces.add(new_piece())
    await storage.pieces.add(new_piece(BEN))
    await storage.pieces.add(new_piece(channel_id=CHANNEL + 1))
    assert await storage.pieces.latest_in_channel(CHANNEL, ANNA) == latest


async def test_many_who_like_a_piece_weigh_more_than_one_on_fire(storage: Storage):
    liked = await storage.pieces.add(new_piece())
    hot = await storage.pieces.add(new_piece())
    for listener in range(4):
        await storage.ratings.give(liked.id, listener, "like", "button")
    await storage.ratings.give(hot.id, BEN, "fire", "button")
    top = await storage.pieces.top(SERVER)
    assert [(best.piece, best.votes) for best in top] == [(liked, 4), (hot, 1)]
    assert [best.score for best in top] == pytest.approx(
        [4 / (4 + PRIOR_VOTES), 2 / (1 + PRIOR_VOTES)]
    )


async def test_only_what_others_like_is_among_the_best(storage: Storage):
    own, disliked, mixed, _unrated, away, liked = [
        await storage.pieces.add(new_piece(server_id=server))
        for server in (SERVER, SERVER, SERVER, SERVER, OTHER_SERVER, SERVER)
    ]
    await storage.ratings.give(own.id, ANNA, "fire", "button")
    await storage.ratings.give(disliked.id, BEN, "sleepy", "button")
    await storage.ratings.give(mixed.id, BEN, "like", "button")
    await storage.ratings.give(mixed.id, CLARA, "dislike", "button")
    await storage.ratings.give(away.id, BEN, "love", "button")
    await storage.ratings.give(liked.id, BEN, "dislike", "reaction")
    await storage.ratings.give(liked.id, BEN, "love", "button")
    await storage.ratings.give(liked.id, ANNA, "dislike", "button")
    assert [(b.piece, b.votes) for b in await storage.pieces.top(SERVER)] == [(liked, 1)]
    everywhere = [best.piece for best in await storage.pieces.top()]
    assert everywhere == [liked, away]  # alike: the newer first
    assert [b.piece for b in await storage.pieces.top(offset=1, limit=1)] == [away]
    await storage.ratings.withdraw(liked.id, BEN, "love", "button")
    assert await storage.pieces.top(SERVER) == []
