"""Simulated listeners teach the bot, and others say blindly whether its music has become better.

    python -m tests.benchmarks.learning_proof compose FOLDER
    python -m tests.benchmarks.learning_proof rate FOLDER
    python -m tests.benchmarks.learning_proof spoil FOLDER --how trolls --out FILE
    python -m tests.benchmarks.learning_proof blind MODELS --model ID ...

``compose`` and ``rate`` go through the bot, over a socket; ``rate`` leaves ratings-SEED.jsonl,
which ``engine tune`` learns from. ``spoil`` makes ratings by trolls, by chance, inverted,
or of one server. ``blind`` prints JSON: how often listeners who rated nothing prefer each model to
the base, as both are served, and the mean of the models. ``listeners.py`` says who they are.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bot.assemble import utc_now
from bot.learning.export import SALT, export_ratings, pseudonym, request_of
from bot.ratings import SCORES, emoji_of
from bot.storage.records import BOT
from bot.storage.storage import Storage
from engine.composer import Composer
from engine.evaluation.bootstrap import mean_of
from engine.generate.order import order_of
from engine.learn import WRITTEN
from engine.ratings.records import RatedPiece, Rating, read_ratings, write_ratings
from engine.registry.entry import base_hash
from engine.request import Brief, parse, resolve
from engine.score.harmony import with_chords
from engine.score.midi import read_midi
from engine.score.model import Score
from engine.tokens.decode import decode
from engine.tuning.run_folder import RunFolder
from tests.benchmarks.listeners import TASTES, Listener
from tests.bot.test_own_process import TOKEN, bot
from tests.discord import LoopbackDiscord, posting
from tests.discord.world import Message

GENRES = (
    "jazz", "blues", "folk", "pop", "rock", "classical", "latin", "soul", "country", "lofi",
    "electronic", "reggae", "funk", "hip-hop", "ambient",
)  # fmt: skip
MOODS = ("", "calm", "happy", "sad", "energetic", "dreamy", "dark")
BANDS = (
    "solo piano", "piano and bass", "piano, bass and drums", "guitar and flute",
    "electric piano, bass and drums", "violin and cello", "guitar, bass and drums",
    "saxophone, piano and bass",
)  # fmt: skip
HOSTS = 4
"""People who ask for pieces and rate none."""
BASE = "base"
AT_ONCE = 12
"""Requests that a process writes in one batch."""
OF_A_KIND = 3
"""Honest listeners of each taste; one more votes by chance and one is a troll."""
LONG_S = 3600.0
_AT = "2026-11-28T18:00:00+00:00"


def prompt(rng: random.Random) -> str:
    """What somebody types: a genre, perhaps a mood, four bars, a small band."""
    return f"{rng.choice(GENRES)} {rng.choice(MOODS)} 4 bars, {rng.choice(BANDS)}"


def crowd(seed: int) -> list[Listener]:
    """Return the listeners of one crowd, who rate."""
    honest = [Listener(f"{kind} {n}", kind, seed) for kind in TASTES for n in range(OF_A_KIND)]
    return [*honest, Listener("random", "random", seed), Listener("troll", "troll", seed)]


def strangers(seed: int) -> list[Listener]:
    """Return honest listeners who rated nothing."""
    return [Listener(f"new {kind} {n}", kind, seed) for kind in TASTES for n in range(OF_A_KIND)]


# Composing and rating, by the bot's real path.


def _settings(folder: Path) -> dict[str, str]:
    return {
        "CADENZA_WORKERS": "2",
        "CADENZA_PER_DAY": "10000",
        "CADENZA_WAIT_S": str(LONG_S),
        "CADENZA_MODELS": str(folder / "no-models"),
        "CADENZA_LOG_LEVEL": "error",
    }


def _places(loopback: LoopbackDiscord) -> list[tuple[Any, Any]]:
    """People who ask, each in a channel of their own."""
    guild = loopback.add_guild("Music lovers")
    places = []
    for number in range(HOSTS):
        host, channel = loopback.add_user(f"host{number}"), guild.add_text_channel(f"m{number}")
        guild.add_member(host)
        places.append((host, channel))
    return places


async def compose(folder: Path, requests: int) -> None:
    """Have the bot compose each request and three variations; its database is in the folder."""
    rng = random.Random("proof")
    prompts = [prompt(rng) for _ in range(requests)]
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    async with LoopbackDiscord(TOKEN, ack_limit_s=60) as loopback:
        places = _places(loopback)
        async with bot(loopback, folder, **_settings(folder)):
            shares = [prompts[n::HOSTS] for n in range(HOSTS)]
            await asyncio.gather(
                *(
                    _ask(loopback, host, channel, share)
                    for (host, channel), share in zip(places, shares, strict=True)
                )
            )
        print(f"{4 * requests} pieces in {time.monotonic() - began:.0f} s")
        print(f"loopback problems {len(loopback.problems)}")


async def rate(folder: Path, seeds: list[int], total: int) -> None:
    """Post the pieces once more and have the crowds react; each crowd's ratings are then there."""
    data = folder / "rated"
    data.mkdir(exist_ok=True)
    shutil.copy(folder / "cadenza.db", data / "cadenza.db")
    with contextlib.closing(sqlite3.connect(data / "cadenza.db")) as kept, kept:
        kept.execute("DELETE FROM ratings")
        kept.execute("DELETE FROM messages")
    async with LoopbackDiscord(TOKEN, ack_limit_s=60) as loopback:
        _, channel = _places(loopback)[0]
        crowds = {
            seed: [(one, loopback.add_user(f"{one.name} {seed}")) for one in crowd(seed)]
            for seed in seeds
        }
        for _, user in (pair for people in crowds.values() for pair in people):
            channel.guild.add_member(user)
        async with (
            bot(loopback, data, **_settings(data)),
            await Storage.open(f"sqlite:///{data / 'cadenza.db'}", utc_now) as storage,
        ):
            requests = await _post_again(loopback, channel, storage)
            for seed, people in crowds.items():
                rng = random.Random(f"turns {seed}")
                print(f"crowd {seed}: {dict(_react(requests, people, total, rng))}", flush=True)
            while (await storage.ratings.count_since(None)).ratings < total * len(seeds):
                await asyncio.sleep(0.2)
            await export_ratings(storage, folder / "ratings.jsonl")
            salt = await storage.settings.get(BOT, SALT)
        print(f"loopback problems {len(loopback.problems)}")
    pieces = read_ratings(folder / "ratings.jsonl").pieces
    for seed, people in crowds.items():
        names = {pseudonym(salt, user.id) for _, user in people}
        theirs = [_with(p, [r for r in p.ratings if r.rater in names]) for p in pieces]
        write_ratings(folder / f"ratings-{seed}.jsonl", [p for p in theirs if p.ratings])


async def _post_again(
    loopback: LoopbackDiscord, channel: Any, storage: Storage
) -> list[list[tuple[Any, Score]]]:
    """Return the messages of each request's versions, and what is heard in their MIDI files."""
    requests: dict[str, list[tuple[Any, Score]]] = {}
    number = 1
    while (piece := await storage.pieces.get(number)) is not None:
        message = Message(loopback.world.ids.next(), channel, loopback.me)
        file = posting.store_file(loopback.world, channel, f"{number}.mid", piece.midi)
        message.attachments = [file]
        await storage.messages.add(
            message.id, channel_id=channel.id, server_id=None, piece_id=piece.id, kind="piece"
        )
        posting.publish(loopback.world, message)
        heard = read_midi(file.data, name=file.filename)
        requests.setdefault(request_of(Brief.from_json(piece.brief)), []).append((message, heard))
        number += 1
    return list(requests.values())


async def _ask(loopback: LoopbackDiscord, host: Any, channel: Any, prompts: list[str]) -> None:
    """Ask for each piece, then for its variations."""

    def posted() -> list[Any]:
        return [m for m in channel.messages.values() if m.attachments]

    for number, text in enumerate(prompts):
        await host.slash(channel, "compose", prompt=text)
        await loopback.until(lambda n=number: len(posted()) > 4 * n, LONG_S)  # type: ignore[misc]
        await host.click(posted()[-1], "Variations")
        await loopback.until(lambda n=number: len(posted()) > 4 * n + 3, LONG_S)  # type: ignore[misc]


def _react(
    requests: list[list[tuple[Any, Score]]],
    people: list[tuple[Listener, Any]],
    total: int,
    rng: random.Random,
) -> Counter[str]:
    """Let each listener hear requests in an order of their own, all versions, until enough."""
    turns = [(one, user, versions) for one, user in people for versions in requests]
    rng.shuffle(turns)
    votes: Counter[str] = Counter()
    for one, user, versions in turns:
        for message, heard in versions:
            kind = one.rate(heard)
            if kind is not None and sum(votes.values()) < total:
                user.react(message, emoji_of(kind))
                votes[one.kind] += 1
    return votes


# Ratings that are not what they should be.


def spoil(folder: Path, how: str, seed: int, out: Path) -> None:
    """Leave other ratings of the same pieces in ``out``."""
    pieces = read_ratings(folder / f"ratings-{seed}.jsonl").pieces
    rng = random.Random(f"spoil {seed}")
    if how == "inverted":
        spoilt = [_with(p, [replace(r, score=-r.score) for r in p.ratings]) for p in pieces]
    elif how == "random":
        scores = [rating.score for piece in pieces for rating in piece.ratings]
        rng.shuffle(scores)
        spoilt = [_with(p, [replace(r, score=scores.pop()) for r in p.ratings]) for p in pieces]
    elif how == "trolls":  # a fifth of all ratings is theirs
        total = sum(len(piece.ratings) for piece in pieces)
        trolls = [Listener(f"troll {n}", "troll", seed + n) for n in range(3)]
        spoilt = _rated_by(pieces, trolls, total // 4, rng, keep=True)
    else:  # a server of those who love swing
        lovers = [Listener(f"server {n}", "swing", seed + n) for n in range(6)]
        spoilt = _rated_by(pieces, lovers, 400, rng, keep=False)
    write_ratings(out, spoilt)
    print(f"{sum(len(piece.ratings) for piece in spoilt)} ratings")


def _with(piece: RatedPiece, ratings: list[Rating]) -> RatedPiece:
    return replace(piece, ratings=tuple(ratings))


def _rated_by(
    pieces: tuple[RatedPiece, ...],
    people: list[Listener],
    total: int,
    rng: random.Random,
    *,
    keep: bool,
) -> list[RatedPiece]:
    given: dict[str, list[Rating]] = {p.piece: list(p.ratings) if keep else [] for p in pieces}
    scores = {piece.piece: _heard(piece.tokens) for piece in pieces}
    turns = [(one, piece.piece) for one in people for piece in pieces]
    rng.shuffle(turns)
    count = 0
    for one, piece in turns:
        kind = one.rate(scores[piece])
        if kind is not None and count < total:
            given[piece].append(Rating(one.name, SCORES[kind], own=False, at=_AT))
            count += 1
    return [_with(piece, given[piece.piece]) for piece in pieces if given[piece.piece]]


def _heard(tokens: tuple[int, ...]) -> Score:
    return with_chords(decode(list(tokens)))


# Blind pairs.


def blind(models: Path, names: list[str], seed: int, requests: int, processes: int) -> None:
    """Have strangers compare what models and the base write for the same new requests."""
    rng = random.Random(f"blind {seed}")
    briefs = [resolve(parse(prompt(rng)), seed=rng.randrange(2**32)) for _ in range(requests)]
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), _open, (models,)
    ) as pool:
        waiting = {
            name: [
                pool.submit(_written, name, briefs[first : first + AT_ONCE])
                for first in range(0, requests, AT_ONCE)
            ]
            for name in (BASE, *names)
        }
        pieces = {
            name: [_heard(tuple(tokens)) for part in parts for tokens in part.result()]
            for name, parts in waiting.items()
        }
    won = {name: _won(pieces[name], pieces[BASE], seed) for name in names}
    for name in names:
        print(json.dumps({"model": name, **_told(won[name])}), flush=True)
    print(json.dumps({"all": len(names), **_told(np.mean(list(won.values()), axis=0))}))


def _open(models: Path) -> None:
    global _composer
    torch.set_num_threads(1)
    _composer = Composer.open({**os.environ, "CADENZA_MODELS": str(models)}, sound=False)


_composer: Composer
"""Of a process that writes."""


def _written(name: str, briefs: list[Brief]) -> list[list[int]]:
    """Return the tokens of what a model writes; the base's are kept for the next comparison."""
    orders = [order_of(brief) for brief in briefs]
    if name != BASE:
        return [one.tokens for one in _composer.named(name).writer(orders)]
    assert _composer.wardrobe is not None
    registry = _composer.wardrobe.registry
    plan = {
        "base": base_hash(registry.base),
        "briefs": [brief.to_json() for brief in briefs],
        "written": WRITTEN,
    }
    digest = hashlib.sha256(json.dumps(plan).encode()).hexdigest()
    kept = RunFolder(registry.folder / ".blind" / digest[:16], plan)
    tokens: list[list[int]] | None = kept.json(BASE)
    if tokens is None:
        tokens = [one.tokens for one in _composer.writer(orders)]
        kept.keep(BASE, tokens)
    return tokens


def _won(new: list[Score], old: list[Score], seed: int) -> np.ndarray:
    """Return for each request what share of each kind of stranger prefers the new piece. (N, 3)"""
    judges = strangers(seed + 1000)
    won = np.zeros((len(new), len(TASTES)))
    for row, pair in zip(won, zip(new, old, strict=True), strict=True):
        for judge in judges:
            row[list(TASTES).index(judge.kind)] += judge.prefers(*pair) / OF_A_KIND
    return won


def _told(won: np.ndarray) -> dict[str, Any]:
    """Return the shares in words; the interval is by drawing other requests."""
    found = mean_of(won.mean(axis=1).tolist(), np.random.default_rng(0))
    return {
        "requests": len(won),
        "preferred": round(found.value, 3),
        "between": [round(found.low, 3), round(found.high, 3)],
        "by taste": dict(zip(TASTES, won.mean(axis=0).round(3).tolist(), strict=True)),
    }


def main() -> None:
    """Do one step of the proof."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("compose", "rate", "spoil", "blind"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="crowds that rate")
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--ratings", type=int, default=400)
    parser.add_argument("--how", choices=("trolls", "random", "inverted", "server"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--model", nargs="+", help="those that are compared with the base")
    parser.add_argument("--pairs", type=int, default=96, help="requests of the comparison")
    parser.add_argument("--processes", type=int, default=2, help="that write for it")
    options = parser.parse_args()
    if options.step == "compose":
        asyncio.run(compose(options.folder, options.requests))
    elif options.step == "rate":
        asyncio.run(rate(options.folder, options.seeds, options.ratings))
    elif options.step == "spoil":
        spoil(options.folder, options.how, options.seed, options.out)
    else:
        blind(options.folder, options.model, options.seed, options.pairs, options.processes)


if __name__ == "__main__":
    main()
