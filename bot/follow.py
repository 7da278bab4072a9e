"""Sees a commission through in Discord: shows its progress, posts the piece, says what failed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord

from bot.buttons import piece_view
from bot.cards import AUDIO, piece_embed, piece_files, piece_words, sentence
from bot.commissions import Commission, Composed
from bot.house_rules import HouseRules
from bot.jobs import Cancelled, Failed, Made, Parked
from bot.progress_message import ProgressMessage
from bot.ratings import MEANINGS
from bot.storage.errors import GoneError
from bot.storage.records import MessageKind, Piece, StoredJob

if TYPE_CHECKING:
    from bot.client import Cadenza

PARKED = (
    "⏸️ I am being restarted. Nothing is lost: your piece will be composed and posted here as soon "
    "as I am back"
)
CANCELLED = "🛑 Cancelled"
UNPOSTABLE = (
    "I may not post files here: the bot needs View Channel, Send Messages, Embed Links and "
    "Attach Files in this channel"
)
TRIES = 3
"""How often a message is sent that Discord fails to take, beside what discord.py tries itself."""
RETRY_S = 5.0


class Follower:
    """Follows commissions, each in a task of its own."""

    def __init__(self, client: Cadenza) -> None:
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()
        self._posting = asyncio.Condition()
        self._in_flight: Counter[int] = Counter()
        """Channel to the pieces that Discord has perhaps taken, but that are not kept as posted."""

    def start(self, commission: Commission, progress: ProgressMessage) -> None:
        """Follow a commission in the background until it has been posted or ended."""
        self._spawn(self._follow(commission, progress))

    def start_posting(self, job: StoredJob) -> None:
        """Post in the background what was composed in an earlier life of the bot."""
        self._spawn(self._post_again(job))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, timeout_s: float) -> None:
        """Wait until everything is posted or parked, but not longer than so many seconds."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=timeout_s)

    async def settled(self, channel_id: int) -> bool:
        """Whether a piece was on its way into a channel; it is kept as posted when this returns.

        People may answer and react before Discord has told us that it has taken the message.
        """
        if not self._in_flight[channel_id]:
            return False
        async with self._posting:
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
                self._posting.notify_all()

    async def _follow(self, commission: Commission, progress: ProgressMessage) -> None:
        try:
            await self._see_through(commission, progress)
        except Exception as error:
            commission.log.exception("not seen through", error=str(error))
            await progress.end("😔 Something went wrong on my side; please ask once more")

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
        try:
            if composed.pieces:
                for piece, made in zip(composed.pieces, composed.made, strict=True):
                    await self._post_piece(commission, piece, made, progress)
            else:
                await self._post_stems(commission, composed.made[0], progress)
        except discord.Forbidden:
            await self._client.commissions.unposted(commission, UNPOSTABLE)
            await progress.end(f"😔 {UNPOSTABLE}")
            return
        await self._client.commissions.posted(commission)
        await progress.remove()

    async def _post_piece(
        self, commission: Commission, piece: Piece, made: Made, progress: ProgressMessage | None
    ) -> None:
        """Post a piece as a regular message, keep where it stands, open a thread if wished for."""
        job = commission.job
        rules = await self._client.rules(piece.server_id)
        channel_id = await self._place_of(piece, rules)
        async with self._on_its_way(channel_id):
            sent = await self._send(
                commission,
                progress,
                channel_id,
                piece.id,
                made.files,
                content=piece_words(piece, await self._client.url_of(piece.parent_id)),
                embed=piece_embed(piece, unknown=commission.unknown, remarks=commission.remarks),
                view=piece_view(piece.id, rating_buttons=not rules.reactions),
                nonce=f"{job.request_id}-{piece.place}",
            )
            await self._keep(sent, piece.server_id, piece.id, "piece")
        await self._around(sent, piece, rules)

    async def _post_stems(
        self, commission: Commission, made: Made, progress: ProgressMessage | None
    ) -> None:
        job = commission.job
        if job.parent_piece_id is None:
            raise GoneError("the piece was deleted while its stems were made")
        sent = await self._send(
            commission,
            progress,
            job.channel_id,
            job.parent_piece_id,
            {kind: path for kind, path in made.files.items() if kind == "stems.zip"},
            content=f"🎚️ The instruments of piece {job.parent_piece_id}, each as a file of its own",
            nonce=f"{job.request_id}-s",
        )
        await self._keep(sent, job.server_id, job.parent_piece_id, "stems")

    async def _keep(
        self, sent: discord.Message, server_id: int | None, piece_id: int, kind: MessageKind
    ) -> None:
        await self._client.storage.messages.add(
            sent.id, channel_id=sent.channel.id, server_id=server_id, piece_id=piece_id, kind=kind
        )

    async def _send(
        self,
        commission: Commission,
        progress: ProgressMessage | None,
        channel_id: int,
        piece_id: int,
        files: Mapping[str, Path],
        **message: Any,
    ) -> discord.Message:
        """Send a message with files: smaller ones or by way of the command, where need be.

        Raises discord.Forbidden where no way is open.
        """
        job = commission.job
        place: discord.abc.Messageable = self._client.place(channel_id, job.server_id)
        only_here: dict[str, Any] = {"nonce": message.pop("nonce")}
        if job.reply_to_id is not None and channel_id == job.channel_id:
            only_here["reference"] = discord.MessageReference(
                message_id=job.reply_to_id, channel_id=channel_id, fail_if_not_exists=False
            )
        for attempt in range(1, TRIES + 1):
            try:
                return await place.send(files=attachments(files), **message, **only_here)
            except discord.Forbidden:
                if progress is None or progress.followup is None:
                    raise
                return await progress.followup.send(files=attachments(files), wait=True, **message)
            except discord.HTTPException as error:
                commission.log.warning("not sent", status=error.status, code=error.code)
                if attempt == TRIES or (error.status < 500 and not _too_big(error)):
                    raise
                if _too_big(error):
                    files = await self._smaller(job, piece_id, files)
                else:
                    await asyncio.sleep(RETRY_S)
        raise AssertionError("every round returns or raises")

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
        try:
            if (
                rules.threads
                and piece.version == 1
                and isinstance(sent.channel, discord.TextChannel)
            ):
                await sent.create_thread(name=piece.title[:100])
            if rules.reactions:
                for meaning in MEANINGS:
                    await sent.add_reaction(meaning.emoji)
        except discord.HTTPException as error:
            self._client.log.warning("no thread or reactions", status=error.status, piece=piece.id)

    async def _post_again(self, job: StoredJob) -> None:
        """Post what an earlier life of the bot composed but did not post, played once more."""
        async for commission, piece, made in self._client.commissions.again(job):
            try:
                await self._post_piece(commission, piece, made, None)
            except discord.HTTPException as error:
                commission.log.warning("not posted", status=error.status)
                await self._client.commissions.unposted(commission, UNPOSTABLE)
                return


def attachments(files: Mapping[str, Path]) -> list[discord.File]:
    """Return the files to attach, opened anew: a file that was sent once is spent."""
    return piece_files(files) or [discord.File(path) for path in files.values()]


def _too_big(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code == 40005
