"""What the owner reads of a fine-tune: the plan, how far it is, what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.learning.steps import Step
from bot.storage.learning_records import Counted, DayTally, Run, Tally
from engine.evaluation.preferred import wilson
from engine.evaluation.verdict import NOT_MEASURED
from engine.ratings.preferences import FOLDS
from engine.ratings.records import ENOUGH, FEW

STAGES = {
    "check": "reading the ratings",
    "reference": "hearing the pieces with the model as it is",
    "tune": "learning",
    "rank": "learning to rank",
    "write": "letting both models write the same requests",
    "judge": "comparing the two",
    "play": "playing the same request before and after",
}
"""Stage of the tune process to what it does."""
MOST_LETTERS = 4000
"""Of an embed's description; Discord allows 4096."""
_BAR, _CHART = 16, 12
_PLACES = {"loss": "loss {:.3f}", "margin": "margin {:+.2f}", "kl": "KL {:.3f}"}


def scope_words(server_id: int | None) -> str:
    """Return whom a run is for."""
    return "everyone" if server_id is None else "this server alone"


def plan_words(
    counted: Counted,
    fresh: int | None,
    server_id: int | None,
    since: datetime | None,
    minutes: float,
) -> str:
    """Return what a run will use and cost.

    ``fresh``: ratings since one learned for its scope; None where none has.
    """
    span = "" if since is None else f" since {since:%Y-%m-%d}"
    new = "" if fresh is None else f" ({fresh} new since the last run)"
    lines = [
        f"**A fine-tune for {scope_words(server_id)}**",
        f"· {count_words(counted.ratings, 'rating')}{span}{new} "
        f"on {count_words(counted.pieces, 'piece')} by {count_words(counted.raters, 'listener')}",
    ]
    if counted.ratings < ENOUGH:
        lines.append(f"· That is **too few**: {ENOUGH} ratings are the least to learn from.")
    if counted.ratings < FEW:
        lines.append(
            f"· Under about {FEW} ratings the composing model is not touched: only the **ranker** "
            "is learned, which chooses the best of the candidates of a piece."
        )
    if counted.raters == 1:
        lines.append("· All of them are by one listener: the model will learn that one taste.")
    lines += [
        f"· About **{minutes:.0f} minutes** on this machine, in the background: one core, low "
        "priority; composing goes on meanwhile.",
        "· Nothing changes for anybody until the new model has passed the gate and you promote it.",
    ]
    return "\n".join(lines)


def minutes_of(counted: Counted, last: Run | None) -> float:
    """Return about how long a run takes: as the last one did, else by experience."""
    ratings = max(counted.ratings, 1)
    if (
        last is not None
        and last.started_at is not None
        and last.ended_at is not None
        and last.ratings is not None
        and (last.ratings < FEW) == (ratings < FEW)
    ):
        took = (last.ended_at - last.started_at).total_seconds() / 60
        # Half of a run is the gate, which takes the same however many ratings there are.
        return max(1.0, took * (0.5 + 0.5 * ratings / max(last.ratings, 1)))
    return 5.0 if ratings < FEW else min(30.0, 10.0 + ratings / 50)


def progress_words(run: Run, step: Step | None) -> str:
    """Return how far a run is, on a few lines."""
    head = f"🧠 **Fine-tune {run.id}** for {scope_words(run.server_id)}"
    if step is None:
        waits = "going on where it stopped" if run.attempts else "waiting to begin"
        return f"{head}: {waits} …"
    full = round(step.share * _BAR)
    bar = "▰" * full + "▱" * (_BAR - full)
    lines = [f"{head}: {STAGES.get(step.stage, step.stage)} …", f"`{bar}` {step.share:.0%}"]
    return "\n".join([*lines, *([] if step.epoch is None else [_epoch_words(step)])])


def _epoch_words(step: Step) -> str:
    """Return an epoch's figures; what it is asked are pairs of those it did not learn from."""
    from_whom = "all listeners" if step.group is None else f"without group {step.group} of {FOLDS}"
    figures = [f"epoch {step.epoch}, {from_whom}"]
    if step.accuracy is not None:
        figures.append(f"tells {step.accuracy:.0%} of its pairs right")
    values = {name: getattr(step, name) for name in _PLACES}
    figures += [_PLACES[name].format(v) for name, v in values.items() if v is not None]
    return " · ".join(figures)


def ended_words(run: Run) -> str:
    """Return what became of a run that has no report."""
    if run.state == "cancelled":
        return f"🛑 Fine-tune {run.id} was cancelled. Nothing has changed."
    return f"😔 Fine-tune {run.id} failed. {run.sentence or ''}".strip()


def checks_words(verdict: Mapping[str, Any]) -> str:
    """Return every check, one a line: before, now, wanted.

    One that could not be measured and need not be is marked as neither passed nor failed.
    """
    lines = []
    for check in verdict.get("checks", ()):
        mark = "✅" if check.get("passed") else "❌"
        if check.get("passed") and check.get("candidate") == NOT_MEASURED:
            mark = "–"
        says = check.get("says") or check.get("name")
        served, now, wanted = (check.get(k, "–") for k in ("served", "candidate", "wanted"))
        lines.append(f"{mark} **{says}**: before {served}, now {now} (wanted {wanted})")
    return "\n".join(lines)


def remarks_words(remarks: Sequence[str]) -> str:
    """Return what is odd about the ratings, one a line."""
    return "\n".join(f"· {remark}" for remark in remarks)


def choices_words(model: str, against: str, days: Sequence[DayTally], total: Tally) -> str:
    """Return how listeners chose between two models, over time and in all."""
    head = f"**{model}** against **{against}**, chosen blindly"
    count = total.wins + total.losses
    if not count:
        return f"{head}: nobody has chosen yet."
    width = max(len(f"{day.wins}:{day.losses}") for day in days)
    chart = [
        f"{day.day:%d %b}  {_share_bar(day)}  {f'{day.wins}:{day.losses}':>{width}}"
        for day in days[-20:]
    ]
    return "\n".join([head, "```", *chart, "```", tally_words(total)])


def tally_words(total: Tally) -> str:
    """Return wins of all choices with what is sure of them."""
    count = total.wins + total.losses
    if not count:
        return "no choices yet"
    found = wilson(total.wins, count)
    sure = "" if found.low <= 0.5 <= found.high else ", that is no chance any more"
    return (
        f"chosen in {total.wins} of {count} ({found.value:.0%}, 95 % interval "
        f"{found.low:.0%} to {found.high:.0%}{sure})"
    )


def when(at: str | None) -> str:
    """Return an ISO time as Discord shows it to each in their own zone."""
    if at is None:
        return "with the bot"
    return f"<t:{int(datetime.fromisoformat(at).astimezone(UTC).timestamp())}:d>"


def _share_bar(day: DayTally) -> str:
    full = round(_CHART * day.wins / (day.wins + day.losses))
    return "█" * full + "░" * (_CHART - full)


def count_words(number: int, noun: str) -> str:
    """Return so many of a thing."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
