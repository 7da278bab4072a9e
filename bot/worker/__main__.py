"""``python -m bot.worker``: composes what it is told by lines on its input.

``bot/studio/protocol.py`` says what is said. Model and soundfont are opened once. The worker ends
with its input, in the middle of a piece too, so none outlives a bot that is killed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import NoReturn

import structlog
import torch
from structlog.typing import FilteringBoundLogger

from bot.jobs import Cancelled, Done, Failed, Reason
from bot.logs import configure_logs
from bot.studio.protocol import Word, word_to_json
from bot.worker.lines import Given, Inbox, Progress, Voice
from bot.worker.make import make
from engine.composer import Composer
from engine.errors import (
    BadInputError,
    CadenzaError,
    CancelledError,
    MissingPartError,
    OutputFolderError,
)
from engine.write import CANDIDATES

_MAX_CANDIDATES = 16
_BROKEN = "something went wrong while I worked on this; it is noted, please try again"

_log: FilteringBoundLogger = structlog.get_logger()


def work(given: Given, composer: Composer, progress: Progress) -> Word:
    """Return how a job ended; nothing that goes wrong with it goes further than into the log."""
    job = given.job
    try:
        progress.stop_if_asked()
        made = make(job, composer, given.folder, progress)
        progress.stop_if_asked()
        return Done(made)
    except CancelledError:
        return Cancelled()
    except OutputFolderError:
        _log.exception("folder_refused")  # the folder is the studio's, not the person's
        return Failed(_BROKEN, "internal")
    except CadenzaError as error:
        _log.warning("job_refused", error=type(error).__name__)
        return Failed(str(error), _reason(error))
    except Exception:  # noqa: BLE001 - one bad job must not end the worker
        _log.exception("job_broke")
        return Failed(_BROKEN, "internal")


def _reason(error: CadenzaError) -> Reason:
    if isinstance(error, BadInputError):
        return "bad_input"
    return "missing_part" if isinstance(error, MissingPartError) else "internal"


def open_composer(environ: Mapping[str, str], *, sound: bool) -> Composer:
    """Return what composes, as the environment says; raises MissingPartError.

    CADENZA_MODEL, CADENZA_SOUNDFONT, CADENZA_CANDIDATES.
    """
    said = environ.get("CADENZA_CANDIDATES") or str(CANDIDATES)
    if not said.isdecimal() or not 1 <= int(said) <= _MAX_CANDIDATES:
        raise MissingPartError(
            f"CADENZA_CANDIDATES must be a whole number from 1 to {_MAX_CANDIDATES}, got {said!r}"
        )
    return Composer.open(environ, sound=sound, candidates=int(said))


def serve(composer: Composer, inbox: Inbox, voice: Voice) -> NoReturn:
    """Do job after job, until the process ends with its input."""
    known: list[str] = []
    while True:
        given = inbox.next()
        job_id = given.job.id
        structlog.contextvars.bind_contextvars(job=job_id, request=given.job.request_id)
        began_s = time.monotonic()
        word = work(given, composer, _progress(given.job.id, inbox, voice))
        inbox.close(job_id)
        seconds = round(time.monotonic() - began_s, 2)
        _log.info("job_worked", kind=given.job.kind, end=type(word).__name__.lower(), s=seconds)
        structlog.contextvars.clear_contextvars()
        known = _log_news(composer, known)
        voice.say(word_to_json(job_id, word))


def _log_news(composer: Composer, known: Sequence[str]) -> list[str]:
    """Log which models could not be served that should be, and return them; each is said once."""
    troubles = composer.wardrobe.complaints() if composer.wardrobe else []
    for sentence in troubles:
        if sentence not in known:
            _log.error("model_not_served", error=sentence)
    return troubles


def _progress(job_id: int, inbox: Inbox, voice: Voice) -> Progress:
    return Progress(
        lambda word: voice.say(word_to_json(job_id, word)),
        lambda: inbox.is_cancelled(job_id),
        time.monotonic,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the composer and serve; return 1 where something is missing, which is then said."""
    parser = argparse.ArgumentParser(prog="python -m bot.worker", description=__doc__)
    parser.add_argument("--no-sound", action="store_true", help="compose without a soundfont")
    options = parser.parse_args(arguments)
    voice = Voice.of_this_process()
    # A service manager that stops the bot tells its whole group; the bot lets pieces finish.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    torch.set_num_threads(1)
    level, form = (os.environ.get(f"CADENZA_LOG_{name}") for name in ("LEVEL", "FORMAT"))
    configure_logs(level or "info", as_json=form != "text")
    inbox = Inbox(sys.stdin.buffer)
    try:
        composer = open_composer(os.environ, sound=not options.no_sound)
    except MissingPartError as error:
        voice.say({"missing": str(error)})
        return 1
    voice.say({"ready": {"model": composer.card.name}})
    serve(composer, inbox, voice)


if __name__ == "__main__":
    # Not by sys.exit, which wants the input's lock while the inbox still listens, and aborts.
    status = main()
    sys.stderr.flush()
    os._exit(status)
