"""A folder or archive of MIDI files becomes shards, with a manifest that says what is in them."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from engine.corpus.clean import clean
from engine.corpus.manifest import MANIFEST
from engine.corpus.shard import LabelledPiece, pack
from engine.corpus.sources import ARRANGED, Piece, find_pieces
from engine.errors import BadInputError, CadenzaError, OutputFolderError
from engine.score.harmony import with_chords
from engine.score.measures import measure, piano_roll
from engine.score.midi import read_midi_file
from engine.tokens import vocab
from engine.tokens.control import hear
from engine.tokens.quantise import quantise

PIECES_A_SHARD = 100
RECIPE = "3"
"""Raised when cleaning or labelling changes, so that shards of another recipe are built anew."""

Progress = Callable[[int, int], None]
"""Called with pieces done and pieces in all."""


def _silent(done: int, total: int) -> None:
    """Report nothing."""


def build_corpus(
    sources: Sequence[Path],
    out: Path,
    *,
    tiers: Sequence[str] | None = None,
    workers: int | None = None,
    on_progress: Progress = _silent,
) -> dict[str, Any]:
    """Return the manifest of the shards that are now in ``out``; builds only those missing.

    Each shard is a function of its pieces, the vocabulary and RECIPE, and stands in a file
    named after their hash, so an interrupted build goes on where it stopped. A file that
    cannot be used is left out, named with the reason and counted. ``workers``: processes,
    by default one a core. Raises BadInputError when there is nothing to build from and
    OutputFolderError when there is nowhere to build it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFolderError(f"{out} cannot be written to: {error.strerror}") from error
    pieces = find_pieces(sources, out / "unpacked", tiers=tiers)
    groups = [pieces[i : i + PIECES_A_SHARD] for i in range(0, len(pieces), PIECES_A_SHARD)]
    names = [f"shard-{_hash(group)}" for group in groups]
    missing = [
        (group, out / name)
        for group, name in zip(groups, names, strict=True)
        if not all((out / name).with_suffix(end).exists() for end in (".npz", ".json"))
    ]
    done = len(pieces) - sum(len(group) for group, _ in missing)
    on_progress(done, len(pieces))
    if missing:
        # Parsing makes millions of short-lived values and no cycles: without the cycle collector
        # the workers take 7 % less time.
        with ProcessPoolExecutor(workers or os.cpu_count() or 1, initializer=gc.disable) as pool:
            running = {pool.submit(build_shard, group, path): group for group, path in missing}
            try:
                for finished in as_completed(running):
                    finished.result()
                    done += len(running[finished])
                    on_progress(done, len(pieces))
            except BrokenProcessPool as error:
                raise CadenzaError(
                    "a worker process was killed, most likely for want of memory; "
                    "run the same command again, it goes on where it stopped"
                ) from error
            except KeyboardInterrupt:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
    return _write_manifest(out, names, pieces, tiers)


def build_shard(pieces: Sequence[Piece], path: Path) -> None:
    """Leave ``path``.npz with the usable pieces and ``path``.json with what became of each."""
    labelled: list[LabelledPiece] = []
    counts: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    left_out: dict[str, str] = {}
    for piece in pieces:
        try:
            one, repairs = label(piece)
        except Exception as error:  # noqa: BLE001 - no file of the world may end a long build
            left_out[piece.name] = str(error).replace(str(piece.file), piece.name)
            continue
        labelled.append(one)
        mended.update(repairs)
        notes = len(one.score.notes)
        for key in ("all", f"split {piece.split}", f"genre {piece.genre}", f"tier {piece.tier}"):
            counts[f"{key} pieces"] += 1
            counts[f"{key} notes"] += notes
            counts[f"{key} bars"] += one.score.bars
    shard = pack(labelled)
    counts["all tokens"] = len(shard.tokens)
    shard.save(path.with_suffix(".npz"))
    part = path.with_suffix(".json.part")
    part.write_text(json.dumps({"counts": counts, "mended": mended, "left_out": left_out}))
    os.replace(part, path.with_suffix(".json"))


def label(piece: Piece) -> tuple[LabelledPiece, Counter[str]]:
    """Return a piece read, cleaned and labelled, and how many defects were mended.

    Raises BadMidiError or UnusablePieceError with the reason why it is left out.
    """
    score, mended = clean(quantise(read_midi_file(piece.file))[0])
    roll = piano_roll(score)
    measures = measure(score, roll)
    return (
        LabelledPiece(
            score=with_chords(score, roll),
            measures=measures,
            controls=hear(score, genre=piece.genre, measures=measures),
            split=piece.split,
            arranged=piece.source == ARRANGED,
        ),
        mended,
    )


def _hash(pieces: Sequence[Piece]) -> str:
    digest = hashlib.sha256(f"{vocab.fingerprint()} {RECIPE}".encode())
    for piece in pieces:
        try:
            stat = piece.file.stat()
            state = (stat.st_size, stat.st_mtime_ns)
        except OSError:
            state = (-1, -1)  # the worker will name it
        row = (piece.name, piece.split, piece.genre, piece.tier, piece.source, state)
        digest.update(f"{row!r}\n".encode())
    return digest.hexdigest()[:16]


def _write_manifest(
    out: Path, names: Sequence[str], pieces: Sequence[Piece], tiers: Sequence[str] | None
) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    left_out: dict[str, str] = {}
    shards = []
    for name in names:
        built = json.loads((out / f"{name}.json").read_text())
        counts.update(built["counts"])
        mended.update(built["mended"])
        left_out.update(built["left_out"])
        digest = hashlib.sha256((out / f"{name}.npz").read_bytes()).hexdigest()
        shards.append({"file": f"{name}.npz", "sha256": digest})
    if not counts["all pieces"]:
        reason = Counter(left_out.values()).most_common(1)[0][0]
        raise BadInputError(f"none of {len(pieces)} files can be used; most often: {reason}")
    manifest: dict[str, Any] = {
        "recipe": RECIPE,
        "vocabulary": vocab.fingerprint(),
        "tiers": list(tiers) if tiers is not None else "all",
        "pieces_found": len(pieces),
        "counts": dict(sorted(counts.items())),
        "mended": dict(sorted(mended.items())),
        "left_out_reasons": dict(Counter(left_out.values()).most_common()),
        "left_out": dict(sorted(left_out.items())),
        "shards": shards,
    }
    digest = hashlib.sha256(json.dumps(shards).encode()).hexdigest()[:16]
    manifest["hash"] = digest
    part = out / f"{MANIFEST}.part"
    part.write_text(json.dumps(manifest, indent=1))
    os.replace(part, out / MANIFEST)
    return manifest
