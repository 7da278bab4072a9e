from bot.ratings import MEANINGS, SCORES, emoji_of, kind_of


def test_the_heart_is_one_with_and_without_the_coloured_variant():
    assert kind_of("❤") == kind_of("❤️") == "love"


def test_every_emoji_stands_for_its_kind():
    assert [kind_of(meaning.emoji) for meaning in MEANINGS] == list(SCORES)
    assert [emoji_of(kind) for kind in SCORES] == ["👍", "👎", "❤", "🔥", "😴"]


def test_what_is_no_rating_has_no_kind():
    assert [kind_of(emoji) for emoji in ("🎉", "", "👍🏽", "️", "like")] == [None] * 5


def test_who_likes_a_piece_adds_and_who_does_not_takes_away():
    assert SCORES == {"like": 1, "dislike": -1, "love": 2, "fire": 2, "sleepy": -1}
