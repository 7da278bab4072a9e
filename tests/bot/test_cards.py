from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import CHOICES, RATINGS, cancel_view, piece_view
from bot.cards import (
    FIELD_LENGTH,
    WHICH,
    chunks,
    explanation_text,
    list_line,
    message_url,
    piece_embed,
    piece_files,
    piece_words,
    progress_text,
    ratings_line,
    sentence,
)
from bot.jobs import Running, Waiting
from bot.storage.records import File, Piece
from engine.request import parse, resolve


def piece(
    prompt: str = "jazz calm 90bpm in D minor, 12 bars, piano and bass", **more: Any
) -> Piece:
    brief = resolve(parse(prompt), seed=7)
    values: dict[str, Any] = {
        "id": 5, "person_id": 42, "server_id": 1, "channel_id": 2, "parent_id": None,
        "root_id": 5, "version": 1, "job_id": 1, "place": 0, "title": brief.title,
        "brief": brief.to_json(), "seed": 7, "model_id": 1, "midi": b"", "tokens": None,
        "files": {"png": File("a.png", 3, "0")}, "changes": (), "explanation": "",
        "details": {"model": "small-3", "sound": {"seconds": 34.5, "remarks": ["it is soft"]}},
        "made_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    return Piece(**{**values, **more})


def fields(one: Piece, **more: Any) -> dict[str, str]:
    return {str(field.name): str(field.value) for field in piece_embed(one, **more).fields}


def test_an_embed_tells_all_that_was_decided() -> None:
    told = fields(piece())
    assert told["Key"] == "D minor"
    assert told["Tempo"] == "90 BPM"
    assert told["Meter"] == "4/4"
    assert told["Length"] == "12 bars, 0:34"
    assert told["Seed"] == "7"
    assert "piano" in told["Instruments"]
    assert piece_embed(piece()).footer.text == "piece 5 · version 1 · small-3"
    assert piece_embed(piece()).image.url == "attachment://a.png"


def test_what_was_not_understood_and_approximated_is_told_and_formats_nothing() -> None:
    told = fields(piece(), unknown=["**bold**", "@everyone"], remarks=["90 was read as a tempo"])
    assert "\\*\\*bold" in told["Not understood"]
    assert "@everyone" not in told["Not understood"]
    assert told["Good to know"] == "90 was read as a tempo. It is soft."


@given(st.lists(st.text(max_size=300), max_size=30))
def test_no_field_is_longer_than_discord_takes(words: list[str]) -> None:
    embed = piece_embed(piece(), unknown=words, remarks=words)
    assert all(len(str(field.value)) <= FIELD_LENGTH for field in embed.fields)
    assert len(embed) <= 6000


def test_a_version_names_and_links_its_parent_and_says_what_changed() -> None:
    version = piece(parent_id=4, version=2, changes=("72 BPM instead of 90", "strings added"))
    assert piece_words(version, "https://x") == "For <@42>, a version of [piece 4](https://x)"
    assert piece_words(version) == "For <@42>, a version of piece 4"
    assert piece_embed(version).description == (
        "72 BPM instead of 90. Strings added. The notes are new; undo brings the earlier ones back."
    )
    exact = piece(
        parent_id=4, version=2, changes=("72 BPM instead of 90",), details={"exact": True}
    )
    assert piece_embed(exact).description == "72 BPM instead of 90. All other notes are kept."
    third = piece(parent_id=4, version=2, details={"variation": 3})
    assert piece_words(third) == "For <@42>, variation 3 of piece 4"


def test_an_explanations_table_stands_in_letters_of_one_width() -> None:
    told = explanation_text(piece(explanation="It is calm.\n\n1 | C | F |\n  | I | IV |\nThe end."))
    assert told == (
        "**Calm jazz in D minor** (piece 5)\nIt is calm.\n\n"
        "```\n1 | C | F |\n  | I | IV |\n```\nThe end."
    )


def test_sound_comes_first_and_stems_are_not_attached_to_a_piece(tmp_path: Path) -> None:
    kinds = ("png", "stems.zip", "mid", "mp3", "json")
    paths = {kind: tmp_path / f"a.{kind}" for kind in kinds}
    for path in paths.values():
        path.write_bytes(b"x")
    files = piece_files(paths)
    assert [file.filename for file in files] == ["a.mp3", "a.mid", "a.png"]
    for file in files:
        file.close()


@pytest.mark.parametrize(
    ("news", "text"),
    [
        (Waiting(1), "🎼 you are next"),
        (Waiting(3), "🎼 place 3 in the queue: 2 before you"),
        (Running("generate", 0.5), "🎼 composing `████████░░░░░░░░` bar 6 of 12"),
        (Running("render", 0.0), "🎼 playing it `░░░░░░░░░░░░░░░░`"),
        (Running("encode", 7.0), "🎼 mastering `████████████████`"),
    ],
)
def test_progress_is_told_in_places_and_bars(news: Any, text: str) -> None:
    assert progress_text(news, 12) == text


def test_votes_are_counted_by_kind_in_a_fixed_order() -> None:
    assert ratings_line({"fire": 1, "like": 3, "love": 0}) == "👍 3 · 🔥 1"
    assert ratings_line({}) == ""


def test_a_line_of_a_list_links_the_piece() -> None:
    line = list_line(piece(version=2), "https://x", "👍 1")
    assert line.startswith("`   5` [Calm jazz in D minor](https://x), version 2 · 90 BPM · <t:")
    assert line.endswith("· 👍 1")


def test_links_jump_to_messages_of_servers_and_of_direct_messages() -> None:
    assert message_url(1, 2, 3) == "https://discord.com/channels/1/2/3"
    assert message_url(None, 2, 3) == "https://discord.com/channels/@me/2/3"


@given(st.text(max_size=5000))
def test_long_text_is_parted_without_loss(text: str) -> None:
    parts = list(chunks(text, 300))
    assert all(0 < len(part) <= 300 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "said"), [("it broke", "It broke."), ("Why?", "Why?"), ("", ""), (" a ", "A.")]
)
def test_sentences_begin_and_end_as_sentences_do(text: str, said: str) -> None:
    assert sentence(text) == said


async def test_each_button_carries_what_it_does_to_which_piece() -> None:
    view = piece_view(9, rating_buttons=True, trial_id=9)
    ids = [item.item.custom_id for item in view.children]  # type: ignore[attr-defined]
    whole = ("change", "again", "extend", "variations", "stems", "explain", "delete")
    actions = [*whole, *(face.action for face in (*RATINGS, *CHOICES))]
    assert sorted(ids) == sorted(f"cadenza:{action}:9" for action in actions)
    fewer = piece_view(9, rating_buttons=False).children
    assert len(fewer) == len(ids) - 7
    assert [i.item.custom_id for i in cancel_view(4).children] == ["cadenza:cancel:4"]  # type: ignore[attr-defined]


def test_of_two_pieces_that_are_compared_nobody_reads_the_model() -> None:
    sided = piece(details={"model": "small-3", "side": "B"})
    assert piece_embed(sided).footer.text == "piece 5 · version B of two"
    assert "small-3" not in str(piece_embed(sided).to_dict())
    assert piece_words(sided) == "For <@42>, version B"
    assert piece_words(sided, asks=True) == f"For <@42>, version B\n{WHICH}"
    assert piece_words(piece(person_id=None, details={"side": "A"})) == "Version A"
