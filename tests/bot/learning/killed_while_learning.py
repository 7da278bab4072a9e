"""A bot that learns and tells the number of the process; the test kills it."""

import asyncio
import sys
from pathlib import Path

from bot.assemble import utc_now
from bot.logs import configure_logs
from bot.storage.learning_records import NewRun
from bot.storage.storage import Storage
from tests.bot.learning.house import at_work, supervisor


async def main(folder: Path) -> None:
    async with await Storage.open(f"sqlite:///{folder / 'cadenza.db'}", utc_now) as storage:
        runs = supervisor(storage, folder)
        runs.start()
        run = await runs.ask(NewRun(config={}, seed=1))
        await at_work(runs, run.id)
        print(runs.pid, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    configure_logs("error")
    asyncio.run(main(Path(sys.argv[1])))
