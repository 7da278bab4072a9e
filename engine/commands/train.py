"""``train``: a model learns the corpus, by the clock."""

from __future__ import annotations

import argparse

from engine.commands.progress import progress_bar
from engine.option_types import Commands
from engine.training.pretrain import Progress
from engine.training.run import add_options
from engine.training.run import run as run_training


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "train a model on the corpus; prints its held-out loss"
    parser = commands.add_parser("train", help=about, description=about)
    add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train under a progress bar and print where the model is and its held-out loss."""
    with progress_bar() as bar:
        bar.show("reading the corpus", 0.0)

        def show(progress: Progress) -> None:
            words = f"step {progress.step}, {progress.tokens / 1e6:.1f}M tokens, "
            bar.show(words + f"{progress.nats_a_note:.3f} nats a note", progress.share)

        run_training(options, show)
