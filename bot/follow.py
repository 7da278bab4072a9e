"""Sees a commission through in Discord: shows its progress, posts the piece, says what failed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord

from bot.blind import SIDE, SIDES
from bot.buttons import piece_view
from bot.cards import AUDIO, piece_embed, piece_files, piece_words, sentence
from bot.commissions import Commission, Composed
from bot.house_rules import HouseRules
from bot.jobs import Cancelled, Failed, Made, Parked
from bot.progress_message import ProgressMessage
from bot.ratings import MEANINGS
from bot.storage.errors import GoneError
from bot.storage.records import MessageKind, Piece, StoredJob
from bot.studio import ClosedError
from bot.trouble import TROUBLE, may_pass, status_of, too_big

if TYPE_CHECKING:
    from bot.client import Cadenza

PARKED = (
    "⏸️ I am being restarted. Nothing is lost: your piece will be composed and posted here as soon "
    "as I am back."
)
CANCELLED = "🛑 Cancelled."
BROKEN = "😔 Something went wrong on my side. It is noted; please ask once more."
DELETED = "😔 The piece has been deleted meanwhile."
UNPOSTABLE = (
    "I may not post files here: I need View Channel, Send Messages, Embed Links and Attach Files "
    "in this channel."
)
UNSENT = (
    "Discord did not take the message with your piece. The piece is kept: `/history` shows its "
    "number, and `/change` can start from it."
)
RETRIES_S = (5.0, 15.0, 45.0, 120.0, *[300.0] * 6)
"""Waits before a message is sent again that Discord failed to take, beside the five attempts that
discord.py makes itself: an outage of half an hour loses nothing."""
MOST_SHRINKS = 2
"""How often the sound is made half as large where Discord finds it too big."""
SETTLE_S = 15.0
"""How long who answers a piece waits for it to be kept as posted; an upload takes a few seconds."""


class Follower:
    """Follows commissions, each in a task of its own."""

    def __init__(self, client: Cadenza) -> None:
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()
        self._posting = asyncio.Condition()
        self._in_flight: Counter[int] = Counter()
        """Channel to the pieces that Discord has perhaps taken, but that are not kept as posted."""

    def start(self, commission: Commission, progress: ProgressMessage) -> None:
        """Follow a commission in the background until it has been posted or ended."""
        self._spawn(commission, progress, self._see_through(commission, progress))

    def start_posting(self, job: StoredJob, progress: ProgressMessage) -> None:
        """Post in the background what was composed in an earlier life of the bot."""
        commission = self._client.commissions.revived(job)
        self._spawn(commission, progress, self._post_again(commission, progress))

    def _spawn(
        self, commission: Commission, progress: ProgressMessage, work: Coroutine[Any, Any, None]
    ) -> None:
        task = asyncio.create_task(self._to_an_end(commission, progress, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def beginning(self, showing: Coroutine[Any, Any, None]) -> None:
        """Await what shows a wish's first words and then follows it; ``close`` waits for it, too.

        A wish is at work before Discord has answered: without this, one that is taken while the
        bot closes would be followed when nobody listens any more.
        """
        task = asyncio.create_task(showing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await task

    async def idle(self, timeout_s: float) -> set[asyncio.Task[None]]:
        """Wait until all is posted, parked or ended, at most so long; return what still goes on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._tasks:  # one that ends may just have begun another
                    await asyncio.wait(set(self._tasks))
        return set(self._tasks)

    async def close(self, timeout_s: float) -> None:
        """Wait like ``idle``; what is not posted then stays kept, for the next start to post."""
        self._closing.set()
        late = await self.idle(timeout_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def settled(self, channel_id: int) -> bool:
        """Whether a piece was on its way into a channel; it is kept as posted when this returns.

        People may answer and react before Discord has told us that it has taken the message.
        """
        if not self._in_flight[channel_id]:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S), self._posting:
                await self._posting.wait_for(lambda: not self._in_flight[channel_id])
        return True

    @contextlib.asynccontextmanager
    async def _on_its_way(self, channel_id: int) -> AsyncIterator[None]:
        self._in_flight[channel_id] += 1
        try:
            yield
        finally:
            async with self._posting:
                self._in_flight[channel_id] -= 1
                if not self._in_flight[channel_id]:
                    del self._in_flight[channel_id]
                self._posting.notify_all()

    async def _to_an_end(
        self, commission: Commission, progress: ProgressMessage, work: Coroutine[Any, Any, None]
    ) -> None:
        """Do the work; whatever fails, the job has its end, and who asked reads about it."""
        try:
            await work
        except ClosedError:
            await progress.end(PARKED)
        except GoneError:
            await self._give_up(commission, progress, DELETED)
        except TROUBLE as error:
            commission.log.warning("not sent", status=status_of(error), error=str(error))
            may_not = isinstance(error, discord.Forbidden)
            await self._give_up(commission, progress, f"😔 {UNPOSTABLE if may_not else UNSENT}")
        except Exception:
            commission.log.exception("not seen through")
            await self._give_up(commission, progress, BROKEN)

    async def _give_up(self, commission: Commission, progress: ProgressMessage, words: str) -> None:
        await self._client.commissions.unposted(commission, words)
        await progress.end(words)

    async def _see_through(self, commission: Commission, progress: ProgressMessage) -> None:
        async for news in self._client.commissions.follow(commission):
            if isinstance(news, Composed):
                await self._hand_over(commission, news, progress)
            elif isinstance(news, Failed):
                await progress.end(f"😔 {sentence(news.sentence)}")
            elif isinstance(news, Cancelled):
                await progress.end(CANCELLED)
            elif isinstance(news, Parked):
                await progress.end(PARKED)
            else:
                await progress.show(news)

    async def _hand_over(
        self, commission: Commission, composed: Composed, progress: ProgressMessage
    ) -> None:
        if composed.pieces:
            for piece, made in zip(composed.pieces, composed.made, strict=True):
                await self._post_piece(commission, piece, made, progress)
        else:
            await self._post_stems(commission, composed.made[0], progress)
        await self._client.commissions.posted(commission)
        await progress.remove()

    async def _post_again(self, commission: Commission, progress: ProgressMessage) -> None:
        async for piece, made in self._client.commissions.again(commission.job):
            await self._post_piece(commission, piece, made, progress)
        await self._client.commissions.posted(commission)
        await progress.remove()

    async def _post_piece(
        self, commission: Commission, piece: Piece, made: Made, progress: ProgressMessage
    ) -> None:
        """Post a piece as a regular message, keep where it stands, open a thread if wished for."""
        rules = await self._client.rules(piece.server_id)
        channel_id = await self._place_of(piece, rules)
        trial_id = await self._asks(piece)
        async with self._on_its_way(channel_id):
            sent = await self._send(
                commission,
                progress,
                channel_id,
                piece.id,
                made.files,
                content=piece_words(
                    piece,
                    await self._client.url_of(piece.parent_id),
                    asks=trial_id is not None,
                ),
                embed=piece_embed(piece, unknown=commission.unknown, remarks=commission.remarks),
                view=piece_view(piece.id, rating_buttons=not rules.reactions, trial_id=trial_id),
                nonce=f"{commission.job.request_id}-{piece.place}",
            )
            await self._keep(sent, piece.server_id, piece.id, "piece")
        await self._around(sent, piece, rules)

    async def _asks(self, piece: Piece) -> int | None:
        """The comparison that this piece is the second of, if it is one."""
        if piece.details.get(SIDE) != SIDES[1]:
            return None
        trial = await self._client.storage.trials.of_piece(piece.id)
        return None if trial is None else trial.id

    async def _post_stems(
        self, commission: Commission, made: Made, progress: ProgressMessage
    ) -> None:
        job = commission.job
        piece_id = job.parent_piece_id
        if piece_id is None:
            raise GoneError("the piece was deleted while its stems were made")
        sent = await self._send(
            commission,
            progress,
            job.channel_id,
            piece_id,
            {kind: path for kind, path in made.files.items() if kind == "stems.zip"},
            content=f"🎚️ The instruments of piece {piece_id}, each as a file of its own.",
            nonce=f"{job.request_id}-s",
        )
        await self._keep(sent, job.server_id, piece_id, "stems")

    async def _keep(
        self, sent: discord.Message, server_id: int | None, piece_id: int, kind: MessageKind
    ) -> None:
        """Keep where a piece stands; if it was deleted while it was sent, nothing is left of it."""
        try:
            await self._client.storage.messages.add(
                sent.id,
                channel_id=sent.channel.id,
                server_id=server_id,
                piece_id=piece_id,
                kind=kind,
            )
        except GoneError:
            with contextlib.suppress(*TROUBLE):
                await sent.delete()
            raise

    async def _send(
        self,
        commission: Commission,
        progress: ProgressMessage,
        channel_id: int,
        piece_id: int,
        files: Mapping[str, Path],
        **message: Any,
    ) -> discord.Message:
        """Send a message with files: smaller ones or by way of the command, where need be.

        Raises GoneError for a piece that was deleted, ClosedError when the bot closes while Discord
        takes nothing, and one of TROUBLE where no way is open.
        """
        job = commission.job
        if await self._client.storage.pieces.get(piece_id) is None:
            raise GoneError(f"piece {piece_id} was deleted")
        place: discord.abc.Messageable = self._client.place(channel_id, job.server_id)
        only_here: dict[str, Any] = {"nonce": message.pop("nonce")}
        if job.reply_to_id is not None and channel_id == job.channel_id:
            only_here["reference"] = discord.MessageReference(
                message_id=job.reply_to_id, channel_id=channel_id, fail_if_not_exists=False
            )
        failures = shrinks = 0
        while True:
            try:
                return await place.send(files=attachments(files), **message, **only_here)
            except discord.Forbidden:
                if progress.followup is None:
                    raise
                return await progress.followup.send(files=attachments(files), wait=True, **message)
            except TROUBLE as error:
                commission.log.warning("not sent", status=status_of(error), error=str(error))
                if too_big(error) and shrinks < MOST_SHRINKS:
                    shrinks += 1
                    files = await self._smaller(job, piece_id, files)
                elif may_pass(error) and failures < len(RETRIES_S):
                    await self._pause(RETRIES_S[failures])
                    failures += 1
                else:
                    raise

    async def _pause(self, seconds: float) -> None:
        """Wait; ClosedError if the bot closes meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        if self._closing.is_set():
            raise ClosedError("I am about to rest; it goes on when I am back")

    async def _smaller(
        self, job: StoredJob, piece_id: int, files: Mapping[str, Path]
    ) -> dict[str, Path]:
        """Return the files with their sound in half the size: the limit was lower than known."""
        piece = await self._client.storage.pieces.get(piece_id)
        if piece is None:
            raise GoneError(f"piece {piece_id} was deleted")
        biggest = max(path.stat().st_size for path in files.values())
        made = await self._client.commissions.replay(
            job, piece, stems="stems.zip" in files, max_bytes=biggest // 2
        )
        if "stems.zip" in files:
            return {"stems.zip": made.files["stems.zip"]}
        return {**{kind: path for kind, path in files.items() if kind not in AUDIO}, **made.files}

    async def _place_of(self, piece: Piece, rules: HouseRules) -> int:
        """The thread of the first version where a server wants one; else where it was asked for."""
        if not rules.threads or piece.version == 1:
            return piece.channel_id
        for message in await self._client.storage.messages.of_piece(piece.root_id):
            # A thread that grew from a message has the message's id.
            if message.kind == "piece" and self._client.get_channel(message.id) is not None:
                return message.id
        return piece.channel_id

    async def _around(self, sent: discord.Message, piece: Piece, rules: HouseRules) -> None:
        """Open the piece's thread and place the reactions, where the server wants them."""
        wants_thread = rules.threads and piece.version == 1
        if wants_thread and isinstance(sent.channel, discord.TextChannel):
            await self._try(sent.create_thread(name=piece.title[:100]), "no thread", piece)
        if rules.reactions:
            for meaning in MEANINGS:
                if not await self._try(sent.add_reaction(meaning.emoji), "no reactions", piece):
                    return

    async def _try(self, request: Coroutine[Any, Any, Any], otherwise: str, piece: Piece) -> bool:
        """Whether Discord did what a posted piece can do without."""
        try:
            await request
        except TROUBLE as error:
            self._client.log.warning(otherwise, status=status_of(error), piece=piece.id)
            return False
        return True


def attachments(files: Mapping[str, Path]) -> list[discord.File]:
    """Return the files to attach, opened anew: a file that was sent once is spent."""
    return piece_files(files) or [discord.File(path) for path in files.values()]
