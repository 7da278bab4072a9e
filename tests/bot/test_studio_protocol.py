import json
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import Cancelled, Done, Failed, Job, Made, Running
from bot.studio.protocol import Word, decode, encode, word_from_json, word_to_json

JOBS = (
    Job(7, "compose", {"request": {"genre": "jazz"}, "seed": 3, "audio": "mp3"}, 1, 2, "r"),
    Job(8, "render", {"midi": "TVRoZA==", "title": "Ruhig – «ça va»\nzwei"}, 1),
)
WORDS: tuple[Word, ...] = (
    Running("generate", 0.25),
    Done(()),
    Done((Made({"title": "é", "seed": 1}, {"stems.zip": Path("/a b/c.stems.zip")}, "In D."),)),
    Failed("no", "missing_part"),
    Cancelled(),
)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_comes_back_as_it_was(job: Job) -> None:
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize("word", WORDS)
def test_a_word_comes_back_as_it_was_and_takes_one_line(word: Word) -> None:
    line = encode(word_to_json(7, word))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert word_from_json(decode(line)) == (7, word)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"job": 7},
        {"job": "7", "cancelled": True},
        {"job": 7, "cancelled": False},
        {"job": 7, "stage": "generate"},
        {"job": 7, "stage": "generate", "share": "half"},
        {"job": 7, "done": [{"details": {}, "files": {}}]},
        {"job": 7, "done": [{"details": {}, "files": [1], "explanation": ""}]},
        {"job": 7, "done": 1},
        {"job": 7, "failed": "no"},
        {"job": 7, "failed": {"sentence": "no", "reason": "mood"}},
    ],
)
def test_nonsense_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        word_from_json(message)


@pytest.mark.parametrize("line", [b"\n", b"Hello\n", b"[1]\n", b'{"job": 1\n', b"\xff\xfe\n"])
def test_a_line_that_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(line)


def test_a_job_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of job 'sing'"):
        Job.from_json({**JOBS[0].to_json(), "kind": "sing"})
