"""The check of README's tree finds what is gone, what is new and what is not explained."""

from __future__ import annotations

from tools.readme_tree import differences, printed_tree

README = """# Cadenza

## The tree

Some words.

```
cadenza/
  README.md  what it is
  engine/  composes music
    score/  music as values
      model.py  Score, Note
    errors.py  the error tree
```

## After
"""
FILES = [
    ".ci/run",
    "README.md",
    "engine/__init__.py",
    "engine/errors.py",
    "engine/score/__init__.py",
    "engine/score/model.py",
    "engine/score/scale.json",
]


def test_a_true_tree_has_no_differences() -> None:
    listed, problems = printed_tree(README)
    assert listed == {"README.md", "engine/", "engine/score/", "engine/score/model.py"} | {
        "engine/errors.py"
    }
    assert problems == []
    assert differences(listed, FILES) == []


def test_a_new_module_folder_or_file_at_the_top_is_missed() -> None:
    listed, _ = printed_tree(README)
    new = ["engine/score/midi.py", "engine/audio/__init__.py", "Makefile"]
    assert differences(listed, FILES + new) == [
        "README.md's tree does not list Makefile",
        "README.md's tree does not list engine/audio/",
        "README.md's tree does not list engine/score/midi.py",
    ]


def test_a_module_that_is_gone_is_named() -> None:
    listed, _ = printed_tree(README)
    assert differences(listed, FILES[:3] + FILES[4:5] + FILES[6:]) == [
        "README.md's tree lists engine/errors.py, which is not there",
        "README.md's tree lists engine/score/model.py, which is not there",
    ]


def test_a_line_without_words_or_out_of_form_is_named() -> None:
    listed, problems = printed_tree(
        "## The tree\n```\ncadenza/\n  a.py\n b.py  odd\n      c.py  too deep\n```\n"
    )
    assert listed == {"a.py"}
    assert len(problems) == 3


def test_a_readme_without_a_tree_says_so() -> None:
    assert printed_tree("# Cadenza\n")[1] == [
        "README.md has no block that begins with 'cadenza/' under '## The tree'"
    ]
