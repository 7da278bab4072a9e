"""A PostgreSQL server of our own for a run of tests, where the programs are installed.

It lies in a temporary folder, listens on loopback only and forgets on purpose: nothing is
flushed to the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import asyncpg

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
_TRIES = 3  # a port that was free may be taken before the server has it


class NoPostgresError(Exception):
    """No server can be started here; ``str()`` says why."""


def programs() -> Path:
    """The folder of initdb and postgres. Raises NoPostgresError."""
    found = shutil.which("initdb")
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    if found is None and not debian:
        raise NoPostgresError("PostgreSQL is not installed (Debian: apt install postgresql)")
    return Path(found).parent if found else debian[-1].parent


def _as_somebody() -> list[str]:
    """What to put before a command: the server refuses to run as root."""
    if os.getuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError as error:
        raise NoPostgresError("PostgreSQL refuses root, and no user postgres is there") from error
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]


class Postgres:
    """A running server. ``start`` has to come first and ``stop`` last."""

    def __init__(self) -> None:
        self._programs = programs()
        self._user = _as_somebody()
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if self._user:
            shutil.chown(self._folder, "postgres")
        self._port = 0
        self._made = 0

    def start(self) -> None:
        """The server answers."""
        self._run("initdb", "--auth=trust", "--username=tests", "--no-sync", "--encoding=UTF8",
                  "--locale=C", "-D", self._data)  # fmt: skip
        for attempt in range(_TRIES):
            self._port = _free_port()
            options = {**_SETTINGS, "port": str(self._port), "listen_addresses": "127.0.0.1",
                       "unix_socket_directories": str(self._folder)}  # fmt: skip
            words = " ".join(f"-c {name}={value}" for name, value in options.items())
            try:
                self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", self._log, "-o", words)
            except subprocess.CalledProcessError:
                if attempt == _TRIES - 1:
                    raise
            else:
                return

    def stop(self) -> None:
        """The server has ended, and nothing of it is left."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)
        shutil.rmtree(self._folder)

    def url(self, name: str) -> str:
        """Of a database on this server."""
        return f"postgresql://tests@127.0.0.1:{self._port}/{name}"

    async def create(self, template: str = "template1") -> str:
        """A new database, a copy of the template; returns its name."""
        self._made += 1
        name = f"fresh_{self._made}"
        await self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        """The database is gone, whoever is still connected."""
        await self._say(f"DROP DATABASE {name} WITH (FORCE)")

    async def hang_up(self, name: str) -> None:
        """Every connection to this database is cut, as when the server starts anew."""
        await self._say(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )

    async def _say(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    @property
    def _log(self) -> str:
        return str(self._folder / "log")

    def _run(self, program: str, *words: str) -> None:
        command = [*self._user, str(self._programs / program), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
