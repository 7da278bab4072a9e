"""The settings of the whole bot, read from the environment and from ``.env``.

Each field is one variable of ``.env.example``, which explains it. What one server sets for itself
is in ``house_rules.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.storage.database import read_url
from bot.storage.errors import StorageError
from engine.errors import BadInputError

ENV_FILE = Path(".env")
NO_TOKEN = (
    "DISCORD_TOKEN is not set: make a bot at https://discord.com/developers/applications, copy its "
    "token from the page Bot into a file named .env (see .env.example and the README), or try "
    "Cadenza without Discord: make demo"
)
# Three parts with dots between, as Discord writes tokens; told apart from an application id or
# a client secret, which people paste by mistake.
_TOKEN = re.compile(r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}")


class SettingsError(BadInputError):
    """The settings cannot be used; the message names all that is wrong, one a line."""


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("this does not look like a bot token (three parts with dots between)")
    return value


def _database_url(value: str) -> str:
    try:
        read_url(value)
    except StorageError as error:
        raise ValueError(str(error)) from error
    return value


def _whole(low: int, high: int) -> Any:
    return Field(ge=low, le=high)


class Settings(BaseModel):
    """What the owner decides once for all servers; valid from birth."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Annotated[str, AfterValidator(_token)] = Field(default="", repr=False)
    """Empty where there is no Discord: in the terminal and in the demo."""
    owners: frozenset[int] = frozenset()
    """Discord ids of those who may use owner commands, beside the application's own owner."""
    data: Path = Path("data/bot")
    """Folder of the database and of files in the making."""
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(default="", repr=False)
    """SQLAlchemy's; ``cadenza.db`` in ``data`` if empty."""
    workers: Annotated[int, _whole(1, 64)] = 1
    """Processes that compose side by side; one a core, less one for the bot."""
    candidates: Annotated[int, _whole(1, 16)] = 4
    """So many are written for each piece, the best is posted."""
    model: Path | None = None
    models: Path = Path("data/models")
    """Folder of the models made by fine-tunes, and of which is served."""
    learning_mib: Annotated[int, _whole(0, 1_000_000)] = 4096
    """What a fine-tune may allocate; 0 for any amount."""
    soundfont: str | None = None
    queue: Annotated[int, _whole(1, 10_000)] = 200
    queue_per_server: Annotated[int, _whole(1, 10_000)] = 40
    queue_per_person: Annotated[int, _whole(1, 100)] = 3
    per_day: Annotated[int, _whole(1, 100_000)] = 50
    """Pieces a person may ask for in 24 hours; a server may set less or more for itself."""
    wait_s: Annotated[float, _whole(1, 86_400)] = 1800.0
    work_s: Annotated[float, _whole(1, 86_400)] = 600.0
    shutdown_s: Annotated[float, _whole(0, 600)] = 20.0
    """How long SIGTERM lets running pieces finish before they are parked."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    shards: Annotated[int, _whole(1, 10_000)] | None = None
    """None lets Discord say how many."""
    api_url: str | None = None
    """Another address of Discord's REST interface, such as a proxy's."""
    gateway_url: str | None = None
    """Another address of Discord's gateway."""

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return re.split(r"[,\s]+", value.strip(", ")) if isinstance(value, str) else value

    def model_post_init(self, _context: object) -> None:
        """Fill in the usual database, which lies in the data folder."""
        if not self.database_url:
            usual = f"sqlite:///{self.data / 'cadenza.db'}"
            object.__setattr__(self, "database_url", usual)


def variable_of(field: str) -> str:
    """Return the environment variable of a field: DISCORD_TOKEN, CADENZA_WORKERS ..."""
    owner = "DISCORD" if field in ("token", "api_url", "gateway_url") else "CADENZA"
    return f"{owner}_{field.upper()}"


def read_settings(
    environ: Mapping[str, str], env_file: Path | None = None, *, discord: bool = True
) -> Settings:
    """Return the settings; the environment wins over the file, an empty value counts as not set.

    ``discord``: whether a token is needed. Raises SettingsError, which names every problem at once.
    """
    in_file = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    said = {**{name: value or "" for name, value in in_file.items()}, **environ}
    values = {
        field: said[variable_of(field)].strip()
        for field in Settings.model_fields
        if said.get(variable_of(field), "").strip()
    }
    problems = [NO_TOKEN] if discord and "token" not in values else []
    known = {variable_of(field) for field in Settings.model_fields}
    problems += [
        f"{name} in {env_file} is not a setting; see .env.example"
        for name in in_file
        if name.startswith(("CADENZA_", "DISCORD_")) and name not in known
    ]
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        problems += [_sentence(problem) for problem in error.errors()]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _sentence(problem: Any) -> str:
    """One line of a problem that pydantic found; the value of a secret is not repeated."""
    field = str(problem["loc"][0])
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if field in ("token", "database_url"):
        return f"{variable_of(field)}: {reason}"
    return f"{variable_of(field)}: {reason[:1].lower()}{reason[1:]}, got {problem['input']!r:.40}"
