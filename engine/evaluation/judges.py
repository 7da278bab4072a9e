"""The judges that are there: what was fitted to hear genre and mood, and the corpus's index."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import MissingPartError
from engine.evaluation import classifiers
from engine.evaluation.features import describe
from engine.evaluation.measured import Judges
from engine.originality.index import OriginalityIndex, longest_copied_run
from engine.score.model import Score


def open_judges() -> Judges:
    """Return every judge that has been fitted or built; what is missing stays None.

    Ceilings are the balanced accuracies on held-out human excerpts: asked genres and moods come
    equally often, too.
    """
    return _with_index(_fitted())


def _fitted() -> Judges:
    try:
        judges, ceilings = classifiers.load(), classifiers.load_ceilings()
    except MissingPartError:
        return Judges()

    def genre(score: Score) -> str:
        return next(iter(judges.predict_genre(describe(score))))

    def mood(score: Score) -> tuple[int, int]:
        pleasant, excited = judges.predict_mood(describe(score))
        return (1 if pleasant > 0.5 else -1), (1 if excited > 0.5 else -1)

    return Judges(
        genre=genre,
        mood=mood,
        genres=judges.genre.classes,
        genre_ceiling=ceilings["genre"]["cross_validated"]["balanced"],
        valence_ceiling=ceilings["valence"]["by_excerpt"]["balanced"][0],
        arousal_ceiling=ceilings["arousal"]["by_excerpt"]["balanced"][0],
    )


def _with_index(judges: Judges) -> Judges:
    try:
        index = OriginalityIndex.load()
    except MissingPartError:
        return judges

    def copied_run(score: Score) -> int:
        run = longest_copied_run(score, index)
        return 0 if run is None else run.notes

    return replace(judges, copied_run=copied_run, copied_baseline=float(index.usual_notes) or None)
