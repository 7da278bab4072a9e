"""Real pieces survive the round trip, at the price that was promised."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from engine.score.midi import read_midi
from engine.tokens.round_trip import RoundTrip, round_trip

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
PIECES = {"midi.tar.xz": 30, "arranged.tar.xz": 10}
TOKENS_A_NOTE = 2.9


@pytest.fixture(scope="module")
def trips() -> dict[str, RoundTrip]:
    if not CORPUS.is_dir():
        pytest.skip(f"{CORPUS} is not there; it lies beside the project where the corpus is lent")
    found: dict[str, RoundTrip] = {}
    for archive, count in PIECES.items():
        # As a stream: only the first members are unpacked of an archive that holds 540 MiB.
        with tarfile.open(CORPUS / archive, "r|xz") as members:
            taken = 0
            for member in members:
                data = members.extractfile(member)
                if data is None or not member.name.endswith(".mid"):
                    continue
                found[member.name] = round_trip(read_midi(data.read(), name=member.name))
                taken += 1
                if taken == count:
                    break
    return found


def test_no_note_of_a_real_piece_is_lost_moved_or_merged(trips: dict[str, RoundTrip]) -> None:
    damaged = {name: t for name, t in trips.items() if t.lost or t.moved or t.merged}
    assert not damaged
    assert len(trips) == sum(PIECES.values())


def test_real_pieces_cost_what_was_promised(trips: dict[str, RoundTrip]) -> None:
    tokens = sum(trip.tokens for trip in trips.values())
    notes = sum(trip.notes for trip in trips.values())
    assert tokens / notes <= TOKENS_A_NOTE
