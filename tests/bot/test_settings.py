from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings, variable_of

TOKEN = f"{'M' * 24}.{'a' * 6}.{'b' * 30}"
EXAMPLE = Path(__file__).parents[2] / ".env.example"


def problems(environ: dict[str, str], file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read_settings(environ, file)
    return str(raised.value).splitlines()


def test_the_token_alone_is_enough() -> None:
    settings = read_settings({"DISCORD_TOKEN": TOKEN})
    assert settings == Settings(token=TOKEN)
    assert settings.database_url == "sqlite:///data/bot/cadenza.db"


def test_without_a_token_one_is_told_how_to_get_one_and_of_the_demo() -> None:
    (line,) = problems({})
    assert "discord.com/developers/applications" in line
    assert "make demo" in line


def test_no_token_is_needed_where_there_is_no_discord() -> None:
    assert read_settings({}, discord=False).token == ""


def test_all_problems_are_named_at_once() -> None:
    lines = problems(
        {
            "DISCORD_TOKEN": "1234567890",
            "CADENZA_WORKERS": "many",
            "CADENZA_QUEUE": "0",
            "CADENZA_DATABASE_URL": "mysql://a:b@c/d",
            "CADENZA_LOG_LEVEL": "loud",
        }
    )
    named = {line.split(":")[0] for line in lines}
    assert named == {
        "DISCORD_TOKEN", "CADENZA_WORKERS", "CADENZA_QUEUE", "CADENZA_DATABASE_URL",
        "CADENZA_LOG_LEVEL",
    }  # fmt: skip


def test_secrets_are_not_repeated_in_messages_nor_shown_with_the_settings() -> None:
    text = "\n".join(problems({"DISCORD_TOKEN": "hunter2", "CADENZA_DATABASE_URL": "x://u:pw9@h"}))
    assert "hunter2" not in text
    assert "pw9" not in text
    assert TOKEN not in repr(read_settings({"DISCORD_TOKEN": TOKEN}))


def test_the_environment_wins_over_the_file_and_empty_counts_as_not_set(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"DISCORD_TOKEN={TOKEN}\nCADENZA_WORKERS=3\nCADENZA_QUEUE=7\nCADENZA_MODEL=\n")
    settings = read_settings({"CADENZA_WORKERS": "2", "CADENZA_QUEUE": ""}, file)
    assert (settings.workers, settings.model) == (2, None)


def test_a_misspelt_name_in_the_file_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"DISCORD_TOKEN={TOKEN}\nCADENZA_WORKER=3\n")
    (line,) = problems({}, file)
    assert "CADENZA_WORKER " in line


def test_owners_are_numbers_with_commas_or_blanks() -> None:
    settings = read_settings({"DISCORD_TOKEN": TOKEN, "CADENZA_OWNERS": "1, 2 3"})
    assert settings.owners == {1, 2, 3}


def test_the_example_explains_every_setting_with_its_default() -> None:
    text = EXAMPLE.read_text()
    said = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert set(said) == {variable_of(field) for field in Settings.model_fields}
    usual = {variable_of(name): f.default for name, f in Settings.model_fields.items()}
    for name, value in said.items():
        if value and name != "CADENZA_DATABASE_URL":
            assert float(value) == usual[name] if value[0].isdigit() else value == str(usual[name])
