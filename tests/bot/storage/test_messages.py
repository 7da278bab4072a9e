from datetime import timedelta

import pytest

from bot.storage.errors import GoneError
from bot.storage.storage import Storage
from tests.bot.storage.kept import CHANNEL, SERVER, START, Clock, new_piece, posted

pytestmark = pytest.mark.asyncio


async def test_an_answer_finds_its_piece(storage: Storage):
    one, two = [await storage.pieces.add(new_piece()) for _ in range(2)]
    await posted(storage, 11, one)
    stems = await posted(storage, 12, two, kind="stems")
    assert await storage.messages.piece_of(11) == one
    assert await storage.messages.piece_of(12) == two
    assert await storage.messages.piece_of(13) is None
    assert await storage.messages.of_piece(two.id) == [stems]
    assert (stems.channel_id, stems.server_id, stems.kind) == (CHANNEL, SERVER, "stems")


async def test_a_message_that_is_edited_carries_what_it_shows_now(storage: Storage):
    one, two = [await storage.pieces.add(new_piece()) for _ in range(2)]
    first = await posted(storage, 11, one, kind="progress")
    again = await posted(storage, 11, two)
    assert (again.piece_id, again.kind, again.sent_at) == (two.id, "piece", first.sent_at)
    assert await storage.messages.of_piece(one.id) == []
    assert await storage.messages.of_piece(one.id, deleted=True) == []


async def test_a_deleted_message_is_no_longer_listed(storage: Storage):
    piece = await storage.pieces.add(new_piece())
    one, two, three = [await posted(storage, number, piece) for number in (11, 12, 13)]
    assert await storage.messages.deleted([12, 99]) == 1
    assert await storage.messages.deleted([12]) == 0
    assert await storage.messages.deleted([]) == 0
    assert await storage.messages.of_piece(piece.id) == [one, three]
    assert await storage.messages.recent(two.sent_at, 10) == [three]
    assert await storage.messages.piece_of(12) == piece


async def test_the_recent_ones_come_newest_first_and_not_too_many(storage: Storage, clock: Clock):
    piece = await storage.pieces.add(new_piece())
    numbers = [33, 31, 32]  # the order of time is not the order of ids
    sent = [await posted(storage, number, piece) for number in numbers]
    assert await storage.messages.recent(START, 10) == sent[::-1]
    assert await storage.messages.recent(START, 2) == [sent[2], sent[1]]
    assert await storage.messages.recent(sent[1].sent_at, 10) == [sent[2], sent[1]]
    assert await storage.messages.recent(clock.now + timedelta(seconds=1), 10) == []


async def test_no_message_carries_a_piece_that_is_gone(storage: Storage):
    piece = await storage.pieces.add(new_piece())
    await storage.pieces.delete(piece.id)
    with pytest.raises(GoneError, match="deleted in the meantime"):
        await posted(storage, 11, piece)
