"""How often the roles of instruments are heard as they are known to be.

    .venv/bin/python -m tests.benchmarks.roles data/corpus ../shared/corpus [--seed 1]

Arranged pieces: the programs 32 to 39 are basses by construction and ``lead`` of
``arranged_style.csv`` names who has the tune. Human pieces with programs 32 to 39 tell how often
the part that was written for a bass is heard as one; songs from OpenScore Lieder have the singer
on an oboe (68) and the accompaniment on a piano. The name of the instrument is never looked at.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter
from pathlib import Path

from engine.errors import BadMidiError
from engine.score.midi import read_midi_file
from engine.score.roles import Role, roles_of

BASSES = range(32, 40)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of the corpus."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def share(count: Counter[str], name: str) -> str:
    """Return how often a name was right, as it is printed."""
    right, asked = count[f"{name} right"], count[name]
    return f"{right} of {asked} ({right / max(1, asked):.1%})"


def note(count: Counter[str], name: str, right: bool) -> None:
    """Count one answer."""
    count[name] += 1
    count[f"{name} right"] += right


def judge_arranged(count: Counter[str], roles: dict[int, Role], leads: set[int]) -> None:
    """Count what is known of an arranged piece."""
    for program in set(roles).intersection(BASSES) - leads:
        note(count, "bass programs heard as bass", roles[program] == "bass")
    for program in leads & set(roles):
        note(count, "leads heard as melody", roles[program] == "melody")
        note(count, "leads heard as melody or counter", roles[program] in ("melody", "counter"))
    for program, role in roles.items():
        if program not in leads and program not in BASSES and role != "drums":
            note(count, "others not heard as melody", role != "melody")
            note(count, "others heard neither as melody nor counter", role in ("chords", "pad"))
    chosen = [program for program, role in roles.items() if role == "melody"]
    if leads & set(roles):
        note(count, "pieces whose melody is all lead", bool(chosen) and set(chosen) <= leads)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="with arranged/ and midi/ unpacked")
    parser.add_argument("tables", type=Path, help="with arranged_style.csv and manifest.csv")
    parser.add_argument("--pieces", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    count: Counter[str] = Counter()
    arranged = rows(options.tables / "arranged_style.csv")
    for row in rng.sample(arranged, options.pieces):
        roles = roles_of(read_midi_file(options.corpus / "arranged" / row["path"]))
        judge_arranged(count, roles, {int(program) for program in row["lead"].split()})
    manifest = rows(options.tables / "manifest.csv")
    songs = [r for r in manifest if r["source"] == "openscore_lieder" and r["programs"] == "0 68"]
    for row in rng.sample(songs, min(options.pieces, len(songs))):
        roles = roles_of(read_midi_file(options.corpus / "midi" / row["path"]))
        note(count, "singers heard as melody", roles[68] == "melody")
        note(count, "their pianos heard as chords or pad", roles[0] in ("chords", "pad"))
    bands = [r for r in manifest if sum(int(p) in BASSES for p in r["programs"].split()) == 1]
    for row in rng.sample(bands, min(options.pieces, len(bands))):
        try:
            roles = roles_of(read_midi_file(options.corpus / "midi" / row["path"]))
        except BadMidiError:
            continue
        basses = [program for program in roles if program in BASSES]
        if len(roles) > 2 and basses:
            note(count, "human bass programs heard as bass", roles[basses[0]] == "bass")
    for name in [name for name in count if not name.endswith(" right")]:
        print(f"{share(count, name):24} {name}")


if __name__ == "__main__":
    main()
