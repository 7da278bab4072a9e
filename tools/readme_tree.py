"""Compares the tree that README.md prints with the real one; ``make check`` runs it.

Under the heading ``## The tree`` stands a fenced block. Its first line is ``cadenza/``; each
further line is a name, at least two spaces and what it is, indented by two spaces a level.
Names of folders end with a slash, and a folder's entries follow it.

The rule: whatever is listed exists; and listed is everything at the top level, and every
folder and Python module in ``engine/`` and ``bot/`` (hidden names and ``__init__.py`` apart).
What git ignores does not count.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]

LISTED_WHOLE = ("engine", "bot")
"""Folders of which every module is to be listed."""

_BLOCK = re.compile(r"^## The tree\n.*?^```[a-z]*\ncadenza/[^\n]*\n(.*?)^```", re.DOTALL | re.M)
_LINE = re.compile(r"^(?P<indent>(?:  )+)(?P<name>[^\s/]+)(?P<slash>/?)(?:\s{2,}(?P<what>\S.*))?$")


def printed_tree(readme: str) -> tuple[set[str], list[str]]:
    """Return the paths of the README's tree (folders with a slash) and what is wrong with it."""
    block = _BLOCK.search(readme)
    if block is None:
        return set(), ["README.md has no block that begins with 'cadenza/' under '## The tree'"]
    paths: set[str] = set()
    problems: list[str] = []
    folders: list[str] = []
    for line in block[1].splitlines():
        match = _LINE.match(line)
        level = len(match["indent"]) // 2 if match else 0
        if match is None or level > len(folders) + 1:
            problems.append(f"README.md's tree has a line out of form: {line!r}")
            continue
        path = "/".join([*folders[: level - 1], match["name"]])
        folders = [*folders[: level - 1], match["name"]] if match["slash"] else folders[: level - 1]
        paths.add(path + match["slash"])
        if not match["what"]:
            problems.append(f"README.md's tree does not say what {path} is")
    return paths, problems


def differences(listed: set[str], files: Iterable[str]) -> list[str]:
    """Return what the tree lists and the files do not have, and what it fails to list."""
    real = set(files)
    folders = {f"{parent}/" for file in real for parent in PurePosixPath(file).parents}
    gone = [
        f"README.md's tree lists {path}, which is not there" for path in listed - real - folders
    ]
    silent = [
        f"README.md's tree does not list {path}"
        for path in (real | folders) - listed
        if _is_wanted(PurePosixPath(path), is_folder=path.endswith("/"))
    ]
    return sorted(gone) + sorted(silent)


def _is_wanted(path: PurePosixPath, *, is_folder: bool) -> bool:
    if not path.parts or any(part.startswith(".") for part in path.parts):
        return False
    if len(path.parts) == 1:
        return True
    is_module = path.suffix == ".py" and path.name != "__init__.py"
    return path.parts[0] in LISTED_WHOLE and (is_folder or is_module)


def files_of_git() -> list[str]:
    """Return the files git has or would add, so that a new module is missed at once."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if (ROOT / line).exists()]


def main() -> int:
    """Print each difference; return 1 when there is one."""
    readme = ROOT / "README.md"
    if not readme.exists():
        print("README.md is missing", file=sys.stderr)
        return 1
    listed, problems = printed_tree(readme.read_text("utf-8"))
    if listed:
        problems += differences(listed, files_of_git())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
