import asyncio
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.learning.export import (
    FILE,
    SALT,
    Exported,
    ExportError,
    export_ratings,
    pseudonym,
    request_of,
    scrub,
    tokens_of,
)
from bot.ratings import SCORES
from bot.storage.records import BOT, NewPiece, Piece
from bot.storage.storage import Storage
from engine.polish import polish
from engine.ratings.records import LEAST, MOST, RatedPiece, read_ratings
from engine.request import Brief, parse, resolve
from engine.score.midi import write_midi
from engine.tokens import vocab
from engine.tokens.decode import decode
from engine.tokens.grammar import first_illegal
from engine.tokens.spec import Family
from tests.bot.storage.kept import (
    ANNA,
    BEN,
    CHANNEL,
    CLARA,
    OTHER_SERVER,
    SERVER,
    Clock,
    new_piece,
    posted,
)
from tests.engine.score.pieces import hits, piece, two_bars

BRIEF = replace(resolve(parse("jazz calm 90bpm"), seed=7), bars=2)
BARS = (vocab.bar_id(0), 6, 7, vocab.END)
"""Not music, but tokens: what is kept is exported as it is."""
RAW = b"".join(token.to_bytes(2, "little") for token in BARS)
MIDI = write_midi(polish(two_bars(), seed=1))
EVERYBODY = (ANNA, BEN, CLARA)


def wanted(**other: object) -> NewPiece:
    return replace(new_piece(brief=BRIEF.to_json(), midi=MIDI, tokens=RAW), **other)  # type: ignore[arg-type]


async def asked(storage: Storage, brief: Brief = BRIEF, **other: object) -> Piece:
    return await storage.pieces.add(wanted(brief=brief.to_json(), **other))


async def liked(storage: Storage, **other: object) -> Piece:
    """A piece of Anna's that everybody likes."""
    kept = await asked(storage, **other)  # type: ignore[arg-type]
    for person in EVERYBODY:
        await storage.ratings.give(kept.id, person, "like", "button")
    return kept


async def exported(storage: Storage, path: Path, **scope: object) -> tuple[RatedPiece, ...]:
    await export_ratings(storage, path, **scope)  # type: ignore[arg-type]
    return read_ratings(path).pieces


def families(tokens: tuple[int, ...]) -> set[Family]:
    return {vocab.FAMILY[token] for token in tokens}


def test_every_kind_of_rating_has_a_score_that_can_be_exported():
    assert all(LEAST <= score <= MOST and score for score in SCORES.values())


async def test_each_has_one_rating_of_a_piece_the_latest_that_stands(
    storage: Storage, tmp_path: Path
):
    model = await storage.models.served("small-4", {})
    kept = await asked(storage, model_id=model.id)
    await storage.ratings.give(kept.id, ANNA, "love", "button")
    await storage.ratings.give(kept.id, BEN, "fire", "reaction")
    last = await storage.ratings.give(kept.id, BEN, "sleepy", "reaction")
    await storage.ratings.give(kept.id, CLARA, "like", "button")
    await storage.ratings.withdraw(kept.id, CLARA, None, "button")
    path = tmp_path / "run" / FILE
    told = await export_ratings(storage, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert told == Exported(digest, pieces=1, ratings=2, raters=2, left_out=0)
    [one] = read_ratings(path).pieces
    assert (one.piece, one.model, one.brief, one.tokens) == (str(kept.id), "small-4", BRIEF, BARS)
    by_score = {rating.score: rating for rating in one.ratings}
    assert {score: rating.own for score, rating in by_score.items()} == {2: True, -1: False}
    assert by_score[-1].at == last.given_at.isoformat()


async def test_an_export_says_nothing_of_who_and_where(storage: Storage, tmp_path: Path):
    kept = await asked(storage, explanation="Because Anna asked.", changes=("For Ben.",))
    message = 1_234_567_890_123_456_789
    await posted(storage, message, kept)
    for person in EVERYBODY:
        await storage.ratings.give(kept.id, person, "like", "reaction", message)
    path = tmp_path / FILE
    await export_ratings(storage, path, server_id=SERVER)
    data = path.read_bytes()
    for number in (*EVERYBODY, SERVER, CHANNEL, message):
        hashed = hashlib.sha256(str(number).encode()).hexdigest()  # anybody could try all numbers
        for name in (str(number), f"{number:x}", hashed[:12]):
            assert name.encode() not in data
    file, [change] = kept.files["mp3"], kept.changes
    texts = (kept.title, kept.explanation, change, file.name, file.sha256)
    for text in (*texts, await storage.settings.get(BOT, SALT)):
        assert text.encode() not in data
        assert json.dumps(text)[1:-1].encode() not in data


async def test_the_same_ratings_give_the_same_bytes_and_people_keep_their_names(
    storage: Storage, tmp_path: Path
):
    first, second = await liked(storage), await liked(storage)
    one, two = tmp_path / "one" / FILE, tmp_path / "two" / FILE
    assert await export_ratings(storage, one) == await export_ratings(storage, two)
    assert one.read_bytes() == two.read_bytes()
    pieces = read_ratings(one).pieces
    assert [kept.piece for kept in pieces] == [str(first.id), str(second.id)]
    raters = [[rating.rater for rating in kept.ratings] for kept in pieces]
    assert raters[0] == raters[1] == sorted(raters[0])
    assert all(len(bytes.fromhex(rater)) == 8 for rater in raters[0])


async def test_first_exports_at_once_agree_on_the_names(storage: Storage, tmp_path: Path):
    await liked(storage)
    exports = (export_ratings(storage, tmp_path / str(n) / FILE) for n in range(6))
    assert len(set(await asyncio.gather(*exports))) == 1


def test_a_person_has_other_names_in_other_bots():
    assert pseudonym("aa" * 32, ANNA) != pseudonym("ab" * 32, ANNA)
    assert pseudonym("aa" * 32, ANNA) != pseudonym("aa" * 32, BEN)


def test_requests_are_told_apart_by_all_but_the_seed():
    assert request_of(replace(BRIEF, seed=8)) == request_of(BRIEF)
    assert len(bytes.fromhex(request_of(BRIEF))) == 6
    for change in ({"bars": 3}, {"tempo_bpm": 91.0}, {"key": "F# minor"}, {"density": 3}):
        assert request_of(replace(BRIEF, **change)) != request_of(BRIEF)  # type: ignore[arg-type]


def test_a_brief_is_the_same_however_its_numbers_were_written():
    assert request_of(Brief.from_json({**BRIEF.to_json(), "tempo_bpm": 90})) == request_of(BRIEF)


async def test_a_piece_without_tokens_is_told_from_its_midi(storage: Storage, tmp_path: Path):
    await liked(storage, tokens=None)
    [kept] = await exported(storage, tmp_path / FILE)
    assert first_illegal(kept.tokens) is None
    assert kept.tokens[0] == vocab.bar_id(BRIEF.bars - 1)
    assert kept.tokens[-1] == vocab.END
    heard = decode(kept.tokens)
    of_two_bars = {(note.start, note.program, note.pitch) for note in two_bars().notes}
    assert {(note.start, note.program, note.pitch) for note in heard.notes} == of_two_bars
    assert heard.chords
    assert not families(kept.tokens) & {Family.BAR_DENSITY, Family.BAR_POLYPHONY}


def test_bars_are_counted_to_the_end_of_the_brief_and_of_the_notes():
    for bars, counted in ((1, 2), (2, 2), (5, 5)):
        tokens = tokens_of(MIDI, replace(BRIEF, bars=bars))
        assert sum(vocab.FAMILY[token] is Family.BAR for token in tokens) == counted


def test_levels_are_written_where_one_was_asked_for():
    tokens = tokens_of(MIDI, replace(BRIEF, density=6))
    assert first_illegal(tokens) is None
    assert tokens.count(vocab.FIRST[Family.BAR_DENSITY] + 6) == 2
    assert Family.BAR_POLYPHONY in families(tokens)


def test_drums_alone_have_no_harmony():
    drums = write_midi(polish(piece(hits(range(0, 48, 6))), seed=1))
    tokens = tokens_of(drums, replace(BRIEF, bars=1, programs=(128,)))
    assert first_illegal(tokens) is None
    assert Family.CHORD not in families(tokens)


async def test_what_cannot_be_said_in_tokens_is_left_out_and_counted(
    storage: Storage, tmp_path: Path
):
    kept = await liked(storage)
    await liked(storage, tokens=None, midi=b"MThd, not really")
    await liked(storage, tokens=b"\xff\xff")
    await liked(storage, tokens=b"odd")
    old = await storage.pieces.add(wanted(brief={"genre": "jazz"}))
    await storage.ratings.give(old.id, BEN, "like", "button")
    told = await export_ratings(storage, tmp_path / FILE)
    assert (told.pieces, told.ratings, told.raters, told.left_out) == (1, 3, 3, 4)
    assert [one.piece for one in read_ratings(tmp_path / FILE).pieces] == [str(kept.id)]


async def test_a_server_and_a_time_may_be_asked_for(storage: Storage, tmp_path: Path, clock: Clock):
    here, away = await liked(storage), await liked(storage, server_id=OTHER_SERVER)
    noon = clock()
    late = await liked(storage)
    await storage.ratings.give(here.id, BEN, "dislike", "button")
    path = tmp_path / FILE
    numbers = [[one.piece for one in await exported(storage, path, **scope)] for scope in (
        {}, {"server_id": SERVER}, {"server_id": OTHER_SERVER}, {"since": noon}, {"server_id": 1}
    )]  # fmt: skip
    assert numbers == [
        [str(one.id) for one in pieces]
        for pieces in ((here, away, late), (here, late), (away,), (here, late), ())
    ]
    [first, _] = await exported(storage, path, since=noon)
    assert [rating.score for rating in first.ratings] == [-1]


async def test_nothing_to_export_is_an_empty_file(storage: Storage, tmp_path: Path):
    told = await export_ratings(storage, tmp_path / FILE)
    assert (told.pieces, told.ratings, told.raters, told.left_out) == (0, 0, 0, 0)
    assert (tmp_path / FILE).read_bytes() == b""


async def test_who_leaves_while_it_is_written_is_not_in_it(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept, others = await liked(storage), await liked(storage, person_id=BEN)
    path, judged, leaving = tmp_path / FILE, storage.ratings.judged, [ANNA]

    async def read_and_leave(*scope: object) -> object:
        found = await judged(*scope)  # type: ignore[arg-type]
        while leaving:
            await storage.people.delete(leaving.pop())
            assert await scrub(tmp_path, storage) == []
        return found

    monkeypatch.setattr(storage.ratings, "judged", read_and_leave)
    told = await export_ratings(storage, path)
    [left] = read_ratings(path).pieces
    assert (left.piece, len(left.ratings)) == (str(others.id), 2)
    assert (told.pieces, told.raters) == (1, 2)
    assert str(kept.id) != left.piece


async def test_whoever_is_scrubbed_is_in_no_export_any_more(storage: Storage, tmp_path: Path):
    await liked(storage)
    others = await liked(storage, person_id=BEN)
    alone = await asked(storage, person_id=BEN)
    await storage.ratings.give(alone.id, ANNA, "like", "button")
    files = [tmp_path / "a" / FILE, tmp_path / "b" / "c" / FILE]
    for file in files:
        await export_ratings(storage, file)
    await export_ratings(storage, tmp_path / "other" / FILE, server_id=OTHER_SERVER)
    await storage.people.delete(ANNA)
    assert await scrub(tmp_path, storage) == files
    salt = await storage.settings.get(BOT, SALT)
    for file in files:
        [left] = read_ratings(file).pieces
        assert left.piece == str(others.id)
        names = {pseudonym(salt, person) for person in (BEN, CLARA)}
        assert {rating.rater for rating in left.ratings} == names
    assert await scrub(tmp_path, storage) == []


async def test_a_piece_is_scrubbed_without_its_raters(storage: Storage, tmp_path: Path):
    gone, stays = await liked(storage), await liked(storage)
    await export_ratings(storage, tmp_path / FILE)
    await storage.pieces.delete(gone.id)
    assert await scrub(tmp_path, storage) == [tmp_path / FILE]
    [left] = read_ratings(tmp_path / FILE).pieces
    assert (left.piece, len(left.ratings)) == (str(stays.id), 3)


async def test_a_rating_taken_back_stays_in_what_was_learned_from(storage: Storage, tmp_path: Path):
    piece = await liked(storage)
    await export_ratings(storage, tmp_path / FILE)
    assert await storage.ratings.withdraw(piece.id, CLARA, None, "button")
    assert await scrub(tmp_path, storage) == []


async def test_what_was_never_exported_needs_no_scrubbing(storage: Storage, tmp_path: Path):
    assert await scrub(tmp_path / "nowhere", storage) == []
    assert await storage.settings.get(BOT, SALT) is None


async def test_a_file_in_which_nobody_can_be_found_is_removed(storage: Storage, tmp_path: Path):
    await liked(storage)
    whole, damaged = tmp_path / "whole" / FILE, tmp_path / "damaged" / FILE
    await export_ratings(storage, whole)
    damaged.parent.mkdir()
    damaged.write_bytes(whole.read_bytes()[:-20])
    left_by_a_crash = whole.with_name(f".{FILE}.part")
    left_by_a_crash.write_bytes(whole.read_bytes())
    await storage.people.delete(CLARA)
    assert set(await scrub(tmp_path, storage)) == {whole, damaged, left_by_a_crash}
    assert list(tmp_path.rglob("*ratings*")) == [whole]


async def test_a_file_that_cannot_be_changed_is_named_after_all_others_were(
    storage: Storage, tmp_path: Path
):
    await liked(storage)
    stuck, file = tmp_path / "a" / FILE, tmp_path / "b" / FILE
    (stuck / "inside").mkdir(parents=True)
    await export_ratings(storage, file)
    await storage.people.delete(CLARA)
    with pytest.raises(ExportError, match=f"still named in {stuck} .*remove that by hand"):
        await scrub(tmp_path, storage)
    assert len(read_ratings(file).raters) == 2


async def test_a_place_that_cannot_be_written_is_a_sentence(storage: Storage, tmp_path: Path):
    await liked(storage)
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written: .*; see that there is room"):
        await export_ratings(storage, tmp_path / "file" / FILE)
