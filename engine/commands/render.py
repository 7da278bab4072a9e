"""``render``: a MIDI file becomes a mastered recording, and its stems."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from engine.audio.production import Production, production_of
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth
from engine.commands.progress import progress_bar
from engine.commands.sound_options import STAGES, add_sound_options, delivery_of
from engine.option_types import MAX_SEED, Commands, whole
from engine.output import read_details
from engine.render import Rendering, render
from engine.request.lexicon.genres import GENRES


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    about = "play a MIDI file: mixed, mastered, and as stems if you like"
    parser = commands.add_parser("render", help=about, description=about)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument(
        "--genre",
        choices=sorted(GENRES),
        metavar="GENRE",
        help="how it is produced: kit, room, levels; that of NAME.json beside it if not given",
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), help="of the players' small deviations")
    add_sound_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Play the file and print the paths of what was written, or with --json the figures."""
    details = read_details(options.file)
    title = str(details.get("title") or options.file.stem)
    with progress_bar() as bar:
        bar.show("opening the soundfont", 0.0)
        with Synth(find_soundfont(os.environ, options.soundfont)) as synth:
            rendering = render(
                options.file,
                synth,
                options.out,
                production=_production(options, details),
                delivery=delivery_of(options),
                tags={"title": title, "artist": "Cadenza"},
                on_progress=lambda stage, share: bar.show(STAGES[stage], share),
            )
    _say(rendering)
    if options.json:
        print(json.dumps(_to_json(rendering), ensure_ascii=False))
    else:
        print("\n".join(str(path) for path in rendering.files.values()))


def _production(options: argparse.Namespace, details: dict[str, Any]) -> Production:
    """Return the production that was asked for, else the one that the piece was composed with."""
    brief = details.get("brief", {})
    genre = options.genre or brief.get("genre")
    seed = options.seed if options.seed is not None else brief.get("seed", 0)
    arousal = brief.get("arousal", 0.0) if genre == brief.get("genre") else 0.0
    return production_of(genre, arousal=arousal, seed=seed)


def _to_json(rendering: Rendering) -> dict[str, Any]:
    return {
        "files": {kind: str(path) for kind, path in rendering.files.items()},
        "timings_s": {step: round(seconds, 3) for step, seconds in rendering.timings_s.items()},
        "sound": rendering.delivered.to_json(),
    }


def _say(rendering: Rendering) -> None:
    """Tell on stderr how it sounds and where the time went."""
    sound, timings = rendering.delivered, rendering.timings_s
    for remark in sound.remarks:
        print(remark, file=sys.stderr)
    loudness = sound.audio.loudness
    print(
        f"{sound.recording.seconds:.1f} s of music as {sound.audio.quality.name}, "
        f"{loudness.lufs:.1f} LUFS, true peak {loudness.true_peak_db:.1f} dB; "
        f"played in {timings['render']:.1f} s, encoded in {timings['encode']:.1f} s",
        file=sys.stderr,
    )
