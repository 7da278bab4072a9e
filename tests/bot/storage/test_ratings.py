from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ratings import SCORES, RatingKind, RatingSource
from bot.storage.errors import GoneError
from bot.storage.storage import Storage
from tests.bot.storage.kept import (
    ANNA,
    BEN,
    CLARA,
    OTHER_SERVER,
    SERVER,
    new_piece,
    posted,
)

pytestmark = pytest.mark.asyncio


async def rated(storage: Storage) -> int:
    """A piece of Anna's, posted as message 11 (and 12)."""
    piece = await storage.pieces.add(new_piece())
    await posted(storage, 11, piece)
    await posted(storage, 12, piece)
    return piece.id


async def counted(storage: Storage, piece_id: int) -> dict[int, str]:
    votes = await storage.ratings.counted(piece_id)
    assert len({vote.person_id for vote in votes}) == len(votes)
    return {vote.person_id: vote.kind for vote in votes}


async def test_a_vote_comes_back_as_it_was_given(storage: Storage):
    piece = await rated(storage)
    vote = await storage.ratings.give(piece, BEN, "fire", "reaction", 11)
    own = await storage.ratings.give(piece, ANNA, "like", "button")
    assert await storage.ratings.counted(piece) == [vote, own]
    assert (vote.piece_id, vote.person_id, vote.kind, vote.source, vote.message_id) == (
        (piece, BEN, "fire", "reaction", 11)
    )
    assert [vote.own, own.own] == [False, True]
    assert vote.withdrawn_at is None


async def test_a_vote_given_twice_is_one(storage: Storage):
    piece = await rated(storage)
    for source in ("reaction", "button", "terminal"):
        vote = await storage.ratings.give(piece, BEN, "like", source)
        assert await storage.ratings.give(piece, BEN, "like", source) == vote


async def test_the_latest_counts_and_when_it_goes_the_one_before(storage: Storage):
    piece = await rated(storage)
    for kind in ("like", "fire", "sleepy"):
        await storage.ratings.give(piece, BEN, kind, "reaction", 11)
    assert await counted(storage, piece) == {BEN: "sleepy"}
    assert await storage.ratings.withdraw(piece, BEN, "sleepy", "reaction", 11) == 1
    assert await counted(storage, piece) == {BEN: "fire"}
    assert await storage.ratings.withdraw(piece, BEN, "like", "reaction", 11) == 1
    assert await counted(storage, piece) == {BEN: "fire"}
    assert await storage.ratings.withdraw(piece, BEN, "fire", "reaction", 11) == 1
    assert await storage.ratings.withdraw(piece, BEN, "fire", "reaction", 11) == 0
    assert await counted(storage, piece) == {}


async def test_a_button_holds_one_choice(storage: Storage):
    piece = await rated(storage)
    await storage.ratings.give(piece, BEN, "love", "reaction", 11)
    await storage.ratings.give(piece, BEN, "like", "button")
    await storage.ratings.give(piece, BEN, "dislike", "button")
    assert await storage.ratings.withdraw(piece, BEN, None, "button") == 1
    assert await counted(storage, piece) == {BEN: "love"}


async def test_a_button_pressed_anew_counts_anew(storage: Storage):
    piece = await rated(storage)
    await storage.ratings.give(piece, BEN, "like", "button")
    await storage.ratings.give(piece, BEN, "fire", "reaction", 11)
    await storage.ratings.give(piece, BEN, "like", "button")
    assert await counted(storage, piece) == {BEN: "like"}


async def test_the_same_reaction_on_two_messages_goes_with_the_second(storage: Storage):
    piece = await rated(storage)
    await storage.ratings.give(piece, BEN, "like", "reaction", 11)
    await storage.ratings.give(piece, BEN, "like", "reaction", 12)
    assert await storage.ratings.withdraw(piece, BEN, "like", "reaction", 11) == 1
    assert await counted(storage, piece) == {BEN: "like"}
    assert await storage.ratings.withdraw(piece, BEN, "like", "reaction", 12) == 1
    assert await counted(storage, piece) == {}


async def test_clearing_a_message_leaves_buttons_and_other_messages(storage: Storage):
    piece = await rated(storage)
    await storage.ratings.give(piece, ANNA, "like", "button", 11)
    await storage.ratings.give(piece, BEN, "like", "reaction", 12)
    for person in (BEN, CLARA):
        await storage.ratings.give(piece, person, "fire", "reaction", 11)
        await storage.ratings.give(piece, person, "sleepy", "reaction", 11)
    assert await storage.ratings.clear(11, "sleepy") == 2
    assert await counted(storage, piece) == {ANNA: "like", BEN: "fire", CLARA: "fire"}
    assert await storage.ratings.clear(11) == 2
    assert await counted(storage, piece) == {ANNA: "like", BEN: "like"}


async def test_a_summary_names_all_kinds(storage: Storage):
    piece = await rated(storage)
    assert await storage.ratings.summary(piece) == dict.fromkeys(SCORES, 0)
    for person in (ANNA, BEN):
        await storage.ratings.give(piece, person, "dislike", "reaction", 11)
        await storage.ratings.give(piece, person, "love", "reaction", 11)
    await storage.ratings.give(piece, CLARA, "sleepy", "button")
    assert await storage.ratings.summary(piece) == {
        "like": 0, "dislike": 0, "love": 2, "fire": 0, "sleepy": 1
    }  # fmt: skip


async def test_what_was_missed_is_caught_up(storage: Storage):
    piece = await rated(storage)
    await storage.ratings.give(piece, ANNA, "like", "reaction", 11)
    await storage.ratings.give(piece, BEN, "like", "reaction", 11)
    await storage.ratings.give(piece, BEN, "dislike", "button", 11)
    await storage.ratings.give(piece, CLARA, "fire", "reaction", 12)
    shown: dict[RatingKind, set[int]] = {"like": {ANNA, CLARA}, "sleepy": {CLARA}}
    assert await storage.ratings.sync(11, shown) == (2, 1)
    assert await counted(storage, piece) == {ANNA: "like", BEN: "dislike", CLARA: "sleepy"}
    assert await storage.ratings.sync(11, shown) == (0, 0)
    assert await storage.ratings.sync(11, {}) == (0, 3)
    assert await counted(storage, piece) == {BEN: "dislike", CLARA: "fire"}


async def test_nothing_is_rated_that_is_gone(storage: Storage):
    piece = await rated(storage)
    await storage.pieces.delete(piece)
    with pytest.raises(GoneError, match="can no longer be rated"):
        await storage.ratings.give(piece, BEN, "like", "button")
    with pytest.raises(GoneError, match="No piece is known for this message"):
        await storage.ratings.sync(11, {"like": {BEN}})
    assert (await storage.people.export(BEN))["person"] is None


@dataclass
class Vote:
    """A vote in the naive model."""

    person: int
    kind: str
    source: str
    message: int | None
    stands: bool = True


class Naive:
    """The rules, said once more: a list of votes, searched from its end."""

    def __init__(self) -> None:
        self.votes: list[Vote] = []

    def give(self, person: int, kind: str, source: str, message: int | None) -> None:
        new = Vote(person, kind, source, message)
        mine = [vote for vote in self.votes if vote.person == person and vote.stands]
        if new in (mine if source == "reaction" else mine[-1:]):
            return
        for vote in mine:
            vote.stands = vote.stands and (source == "reaction" or vote.source != source)
        self.votes.append(new)

    def withdraw(self, person: int, kind: str, source: str, message: int | None) -> None:
        for vote in self.votes:
            if vote == Vote(person, kind, source, message):
                vote.stands = False

    def counted(self) -> dict[int, str]:
        return {vote.person: vote.kind for vote in self.votes if vote.stands}


wheres = st.sampled_from([("reaction", 11), ("reaction", 12), ("button", None), ("terminal", None)])
deeds = st.tuples(
    st.sampled_from(["give", "give", "give", "withdraw"]),
    st.sampled_from([ANNA, BEN]),
    st.sampled_from(["like", "dislike", "fire"]),
    wheres,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=st.lists(deeds, min_size=4, max_size=10))
async def test_whatever_people_do_each_has_one_voice_and_nothing_is_lost(
    storage: Storage, doings: list[tuple[str, int, RatingKind, tuple[RatingSource, int | None]]]
):
    for old in await storage.pieces.of_person(ANNA):
        await storage.pieces.delete(old.id)
    piece, naive = await rated(storage), Naive()
    for deed, person, kind, (source, message) in doings:
        if deed == "give":
            naive.give(person, kind, source, message)
            await storage.ratings.give(piece, person, kind, source, message)
        else:
            naive.withdraw(person, kind, source, message)
            await storage.ratings.withdraw(piece, person, kind, source, message)
        assert await counted(storage, piece) == naive.counted()
    kept = [row for who in (ANNA, BEN) for row in (await storage.people.export(who))["ratings"]]
    assert len(kept) == len(naive.votes)
    top = await storage.pieces.top()
    of_others = [SCORES[kind] for who, kind in naive.counted().items() if who != ANNA]  # type: ignore[index]
    assert [best.votes for best in top] == ([1] if sum(of_others) > 0 else [])


async def test_what_there_is_to_learn_from_is_counted_as_it_is_read(storage: Storage):
    one = await storage.pieces.add(new_piece())
    two = await storage.pieces.add(new_piece(server_id=OTHER_SERVER, tokens=None))
    first = await storage.ratings.give(one.id, ANNA, "like", "button")
    await storage.ratings.give(one.id, BEN, "love", "reaction")
    later = await storage.ratings.give(one.id, BEN, "sleepy", "reaction")
    other = await storage.ratings.give(two.id, BEN, "fire", "button")
    await storage.ratings.give(two.id, CLARA, "fire", "terminal")
    await storage.ratings.withdraw(two.id, CLARA, None, "terminal")
    for scope, since, expected in (
        (None, None, {one.id: [first, later], two.id: [other]}),
        (None, later.given_at, {one.id: [later], two.id: [other]}),
        (SERVER, None, {one.id: [first, later]}),
        (OTHER_SERVER, None, {two.id: [other]}),
        (SERVER, other.given_at, {}),
    ):
        judged = await storage.ratings.judged(scope, since)
        assert {piece.id: list(piece.votes) for piece in judged} == expected
        voters = {(vote.piece_id, vote.person_id) for votes in expected.values() for vote in votes}
        assert await storage.ratings.voters(scope, since) == voters
        assert await storage.ratings.count_since(since, scope) == (
            (len(voters), len(expected), len({person for _, person in voters}))
        )


async def test_midi_is_read_where_there_are_no_tokens(storage: Storage):
    model = await storage.models.served("small-4", {})
    news = [new_piece(model_id=model.id), new_piece(tokens=None)]
    for new in news:
        piece = await storage.pieces.add(new)
        await storage.ratings.give(piece.id, BEN, "like", "button")
    with_tokens, without = await storage.ratings.judged()
    assert (with_tokens.tokens, with_tokens.midi) == (new_piece().tokens, None)
    assert (without.tokens, without.midi) == (None, new_piece().midi)
    assert (with_tokens.model, without.model) == ("small-4", None)
    assert with_tokens.brief == new_piece().brief
