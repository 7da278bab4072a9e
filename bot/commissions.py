"""A commission: somebody asks for a piece, and what becomes of it until it is theirs.

Checks the house rules and the quota, keeps the job, hands it to the studio, follows it there and
keeps the finished pieces. Knows people and places by id only: Discord and the terminal both
commission here.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot.blind import SIDE, sided, trial_of, two_models
from bot.house_rules import HouseRules
from bot.jobs import VARIATIONS, Cancelled, Done, Failed, Job, Kind, Made, News, Parked, Running
from bot.keep import to_keep
from bot.storage.errors import GoneError, StateError, StorageError
from bot.storage.records import JobEnd, NewJob, Piece, StoredJob
from bot.storage.storage import Storage
from bot.studio import ClosedError, Studio, Ticket
from engine.errors import CadenzaError, RequestError
from engine.option_types import MAX_SEED
from engine.registry.registry import Registry
from engine.request import Brief, ComposeRequest, resolve
from engine.request.revise import understand
from engine.request.revision import Revision

T = TypeVar("T")
QUOTA_SPAN = timedelta(hours=24)
MAX_ATTEMPTS = 2
"""A job that was begun so often and never ended, whatever stopped the bot, is reported."""

Wait = Callable[[Awaitable[T], str], Awaitable[T]]
"""Awaits something that may take minutes; a simulated Discord wants to be told of such waits."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    person_id: int
    channel_id: int
    server_id: int | None = None
    """None in direct messages and in the terminal."""
    max_bytes: int = 10 * 2**20
    """What one file may take there; Discord's least is 10 MiB."""
    reply_to_id: int | None = None
    """The message to be answered."""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """The end of a commission that worked: the pieces are kept, their files still lie there."""

    pieces: tuple[Piece, ...]
    made: tuple[Made, ...]
    """Beside each piece; for stems the files alone, and no piece."""


@dataclass(frozen=True, slots=True)
class Commission:
    """A job that was taken."""

    job: StoredJob
    ticket: Ticket
    bars: int | None = None
    """To be written; None where no notes are."""
    unknown: tuple[str, ...] = ()
    """Words not understood: told to who asked, kept nowhere."""
    remarks: tuple[str, ...] = ()

    @property
    def log(self) -> structlog.stdlib.BoundLogger:
        """Writes lines that carry the ids of this request."""
        log: structlog.stdlib.BoundLogger = structlog.get_logger("bot")
        return log.bind(job=self.job.id, request=self.job.request_id)


async def plain_wait(awaitable: Awaitable[T], _reason: str) -> T:
    """Return what the awaitable gives."""
    return await awaitable


class Commissions:
    """Takes commissions and follows them."""

    def __init__(
        self,
        storage: Storage,
        studio: Studio,
        *,
        per_day: int,
        clock: Callable[[], datetime],
        wait: Wait[Any] = plain_wait,
        new_seed: Callable[[], int] = lambda: secrets.randbelow(MAX_SEED + 1),
        registry: Registry | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.storage = storage
        self.studio = studio
        self.per_day = per_day
        self.clock = clock
        self._wait = wait
        self._new_seed = new_seed
        self.registry = registry
        """Says which model is on trial; None compares none."""
        self.chance = chance or random.SystemRandom()
        """Draws which wishes two models answer, and in which order."""
        self._one_at_a_time = asyncio.Lock()
        self._replays = itertools.count(-1, -1)
        self._replays_of: dict[int, list[int]] = {}
        """Job to the numbers under which its pieces were played once more."""
        self.paused = False
        """Whether the owner lets no new work in."""

    async def compose(self, asker: Asker, request: ComposeRequest, rules: HouseRules) -> Commission:
        """Take the commission for a new piece; raises RequestError, HouseRuleError, StudioError."""
        if request.unknown and not is_understood(request):
            words = ", ".join(request.unknown[:5])
            raise RequestError(
                f"I understood nothing of that ({words}); try a genre, a mood, instruments or a "
                "tempo, as in: jazz calm 90bpm"
            )
        request = rules.styled(request)
        seed = self._new_seed() if request.seed is None else request.seed
        brief = resolve(request, seed=seed)  # what cannot be met is refused before it waits
        kept = replace(request, unknown=(), remarks=())  # both hold words as they were typed
        payload: dict[str, Any] = {"request": kept.to_json(), "seed": seed}
        # Who names a seed wants a piece that they know.
        if rules.blind and request.seed is None and self.registry is not None:
            models = await two_models(self.registry, asker.server_id, self.chance)
            payload |= {} if models is None else {"models": models}
        taken = await self._take(asker, "compose", payload, rules)
        return replace(taken, bars=brief.bars, unknown=request.unknown, remarks=request.remarks)

    async def revise(
        self, asker: Asker, parent: Piece, wish: str, rules: HouseRules
    ) -> Commission | Piece:
        """Take the commission for the next version, or return the earlier one that was wished for.

        Raises RequestError, with what can be asked, for a wish that is not understood.
        """
        revision = understand(wish, brief_of(parent))
        if revision.back is not None:
            return await self._earlier(parent, revision)
        kept = replace(revision, remarks=())  # they quote what was typed
        payload = {
            "revision": kept.to_json(),
            **_music_of(parent),
            **({"seed": self._new_seed()} if revision.fresh else {}),
        }
        taken = await self._take(asker, "revise", payload, rules, parent)
        bars = revision.brief.bars if revision.fresh else None
        return replace(taken, bars=bars, unknown=revision.unknown, remarks=revision.remarks)

    async def _earlier(self, piece: Piece, revision: Revision) -> Piece:
        pieces = self.storage.pieces
        first = revision.back == "first"
        earlier = await (pieces.first(piece.id) if first else pieces.parent(piece.id))
        if earlier is None or earlier.id == piece.id:
            raise NoEarlierVersionError(
                "this is the first version, nothing comes before it; "
                'say "again" for the same wish in other notes'
            )
        return earlier

    async def variations(self, asker: Asker, parent: Piece, rules: HouseRules) -> Commission:
        """Take the commission for other pieces of the same brief."""
        payload = {"brief": parent.brief, "count": VARIATIONS, "seed": self._new_seed()}
        taken = await self._take(asker, "variations", payload, rules, parent)
        return replace(taken, bars=brief_of(parent).bars)

    async def render(
        self, asker: Asker, piece: Piece, rules: HouseRules, *, stems: bool
    ) -> Commission:
        """Take the commission to play a kept piece once more; it counts in no quota."""
        payload = {**_played(piece), "stems": stems}
        return await self._take(asker, "render", payload, rules, piece)

    async def _take(
        self,
        asker: Asker,
        kind: Kind,
        payload: dict[str, Any],
        rules: HouseRules,
        parent: Piece | None = None,
    ) -> Commission:
        """Keep the job and hand it to the studio; one that the studio refuses is kept as failed."""
        if self.paused:
            raise PausedError("I take a break just now; please ask again a little later")
        jobs = self.storage.jobs
        new = NewJob(
            kind=kind,
            payload={**payload, "audio": rules.audio, "max_bytes": asker.max_bytes},
            person_id=asker.person_id,
            channel_id=asker.channel_id,
            server_id=asker.server_id,
            reply_to_id=asker.reply_to_id,
            parent_piece_id=None if parent is None else parent.id,
            request_id=secrets.token_hex(4),
            locale=asker.locale,
        )
        async with self._one_at_a_time:  # so that nobody slips past the quota by asking at once
            if kind != "render":
                since = self.clock() - QUOTA_SPAN
                asked = await jobs.count_of_day(asker.person_id, since)
                wanted = VARIATIONS if kind == "variations" else 1
                rules.check_quota(asked, self.per_day, wanted)
            stored = await jobs.add(new)
        try:
            commission = Commission(stored, self.studio.submit(_job(stored)))
        except CadenzaError as error:
            await jobs.finish(stored.id, "failed", str(error))
            raise
        commission.log.info("taken", kind=kind, server=asker.server_id, person=asker.person_id)
        return commission

    async def follow(self, commission: Commission) -> AsyncIterator[News | Composed]:
        """Yield what happens to a commission; the last is Composed, Failed, Cancelled or Parked.

        When Composed is yielded the pieces are kept, so a crash behind it loses nothing; the
        files go with ``posted`` or ``unposted``.
        """
        news = commission.ticket.news()
        begun = False
        while True:
            try:
                item = await self._wait(anext(news), "a worker composes")
            except StopAsyncIteration:
                return
            try:
                if isinstance(item, Running | Done) and not begun:
                    await self.storage.jobs.start(commission.job.id)
                    begun = True
                yield await self._settled(commission, item, begun=begun)
            except (GoneError, StateError) as error:  # the person had their data deleted meanwhile
                commission.log.info("dropped", reason=str(error))
                await self._forget(commission.job.id)
                yield Cancelled()
                return

    async def _settled(self, commission: Commission, item: News, *, begun: bool) -> News | Composed:
        """Keep what the news means for the job; return what the follower shall know."""
        if isinstance(item, Done):
            return await self._keep(commission, item)
        await self._ended(commission, item, begun=begun)
        return item

    async def _keep(self, commission: Commission, done: Done) -> Composed:
        job = commission.job
        if job.kind == "render":  # no new piece: after a crash it is simply played again
            return Composed((), done.made)
        models = [await self.storage.models.served(m.details["model"], {}) for m in done.made]
        new = [
            await to_keep(job, made, number, model.id)
            for number, (made, model) in enumerate(zip(done.made, models, strict=True), start=1)
        ]
        if "models" in job.payload and len(new) == 2:
            new = sided(new)
        pieces = await self.storage.jobs.composed(job.id, new)
        await self._compare(job, pieces)
        commission.log.info("composed", pieces=[piece.id for piece in pieces])
        return Composed(tuple(pieces), done.made)

    async def _compare(self, job: StoredJob, pieces: Sequence[Piece]) -> None:
        """Keep that two pieces stand to be compared, if they do; told twice, it is kept once."""
        trial = trial_of(job.id, pieces)
        if trial is not None:
            with contextlib.suppress(GoneError):  # one piece is left, and posted as any other
                await self.storage.trials.add(trial)

    async def _ended(self, commission: Commission, item: News, *, begun: bool) -> None:
        jobs, job = self.storage.jobs, commission.job
        if isinstance(item, Failed):
            await jobs.finish(job.id, "failed", item.sentence)
            commission.log.warning("failed", reason=item.reason)
            await self._forget(job.id)
        elif isinstance(item, Cancelled):
            await jobs.finish(job.id, "cancelled")
            commission.log.info("cancelled")
            await self._forget(job.id)
        elif isinstance(item, Parked):
            if begun:
                await jobs.park(job.id)
            commission.log.info("parked")

    async def posted(self, commission: Commission) -> None:
        """Note that all of it reached who asked; its files go."""
        commission.log.info("posted")
        await self._end(commission, "posted")

    async def unposted(self, commission: Commission, sentence: str) -> None:
        """Note that it could not be handed over, ever; its pieces stay kept, its files go."""
        commission.log.warning("not posted", sentence=sentence)
        await self._end(commission, "failed", sentence)

    async def _end(
        self, commission: Commission, state: JobEnd, sentence: str | None = None
    ) -> None:
        try:
            await self.storage.jobs.finish(commission.job.id, state, sentence)
        except StorageError as error:  # deleted meanwhile, or the next start notes it
            commission.log.warning("end not noted", state=state, reason=str(error))
        await self._forget(commission.job.id)

    async def _forget(self, job_id: int) -> None:
        """Remove the files of a job, those of its pieces that were played again too."""
        for number in (job_id, *self._replays_of.pop(job_id, ())):
            await self.studio.forget(number)

    async def take_up(
        self, left: Sequence[StoredJob]
    ) -> tuple[list[Commission], list[StoredJob], list[StoredJob]]:
        """Take up jobs of an earlier life: (those that go on, composed but not posted, lost).

        Lost are jobs that were begun twice and never ended; they are kept as failed.
        """
        going, unposted, lost = [], [], []
        for job in left:
            if job.state == "composed":
                unposted.append(job)
            elif job.attempts >= MAX_ATTEMPTS:
                sentence = "it stopped me twice, so I leave it; please ask for something else"
                await self.storage.jobs.finish(job.id, "failed", sentence)
                lost.append(replace(job, sentence=sentence))
            else:
                if job.state == "running":
                    await self.storage.jobs.requeue(job.id)
                going.append(Commission(job, self.studio.submit(_job(job), promised=True)))
        return going, unposted, lost

    def revived(self, job: StoredJob) -> Commission:
        """Return the commission of a composed job: nothing to wait for, nothing to cancel."""
        return Commission(job, Ticket(_job(job), lambda _ticket: None))

    async def again(self, job: StoredJob) -> AsyncIterator[tuple[Piece, Made]]:
        """Yield the pieces of a composed job that were not posted, each played once more."""
        pieces = await self.storage.jobs.pieces(job.id)
        await self._compare(job, pieces)
        for piece in pieces:
            if not await self.storage.messages.of_piece(piece.id, deleted=True):
                yield piece, await self.replay(job, piece)

    async def replay(
        self, job: StoredJob, piece: Piece, *, stems: bool = False, max_bytes: int | None = None
    ) -> Made:
        """Return the files of a kept piece, played once more for a job, with which they go.

        ``max_bytes``: of each file; as the job has it if None. Raises RequestError if that fails,
        ClosedError if the studio closes meanwhile.
        """
        payload = {
            **_played(piece),
            "stems": stems,
            "audio": job.payload["audio"],
            "max_bytes": max_bytes or job.payload["max_bytes"],
        }
        # Below zero: beside the job itself, whose files are still wanted.
        again = replace(_job(job), id=next(self._replays), kind="render", payload=payload)
        self._replays_of.setdefault(job.id, []).append(again.id)
        end = await self._wait(self.studio.submit(again, promised=True).end(), "a worker plays")
        if isinstance(end, Parked):
            raise ClosedError("I am about to rest; it goes on when I am back")
        if not isinstance(end, Done):
            raise RequestError(end.sentence if isinstance(end, Failed) else "it was stopped")
        return end.made[0]

    def cancel(self, job_id: int) -> bool:
        """Stop a job; whether there was one to stop."""
        ticket = self.studio.ticket(job_id)
        if ticket is None or ticket.ended:
            return False
        ticket.cancel()
        return True


class PausedError(CadenzaError):
    """The owner lets no new work in."""


class NoEarlierVersionError(CadenzaError):
    """There is no version before this one."""


def is_understood(request: ComposeRequest) -> bool:
    """Whether a request says anything at all beside words that nobody knows."""
    return replace(request, unknown=(), remarks=()) != ComposeRequest()


def brief_of(piece: Piece) -> Brief:
    """Return the brief of a kept piece."""
    return Brief.from_json(piece.brief)


def _music_of(piece: Piece) -> dict[str, Any]:
    """What a worker needs to work on a piece that exists."""
    return {
        "brief": piece.brief,
        "midi": base64.b64encode(piece.midi).decode(),
        "title": piece.title,
        "seed": piece.seed,
    }


def _played(piece: Piece) -> dict[str, Any]:
    """What a worker needs to play a piece once more."""
    # The name goes into the tags of the sound, which people can read.
    model = None if SIDE in piece.details else piece.details.get("model")
    return {**_music_of(piece), "written_by": model}


def _job(stored: StoredJob) -> Job:
    return Job(
        id=stored.id,
        kind=stored.kind,
        payload=stored.payload,
        person_id=stored.person_id,
        server_id=stored.server_id,
        request_id=stored.request_id,
    )
