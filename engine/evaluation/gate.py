"""The gate: whether a candidate may take the place of the served model, and why.

A pure function of figures: every check that is not optional must have been measured and passed.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.evaluation.checks import INSTEAD, RULES
from engine.evaluation.verdict import NOT_MEASURED, Check, GateInput, Told, Verdict

__all__ = ["NOT_MEASURED", "RULES", "Check", "GateInput", "Told", "Verdict", "judge"]


def judge(given: GateInput) -> Verdict:
    """Return whether the candidate may be served, with every figure and the reason."""
    checks = []
    for name, rule in RULES.items():
        found = rule.judge(given)
        usual = "usual" if given.usual_notes is None else given.usual_notes
        says = rule.says.format(loss_of=given.loss_of, usual_notes=usual, held_out=given.held_out)
        if found is None:
            checks.append(Check(name, says, "–", "–", NOT_MEASURED, rule.optional))
        else:
            checks.append(Check(name, says, *found))
    failed = [check for check in checks if not check.passed]
    reason = "refused: " + "; ".join(map(_fault, failed)) if failed else _praise(checks)
    return Verdict(not failed, reason, tuple(checks))


def _fault(check: Check) -> str:
    if check.candidate == NOT_MEASURED:
        return f"{check.name} could not be measured"
    return f"{RULES[check.name].fault} ({check.says}: {check.candidate}, wanted {check.wanted})"


def _praise(checks: Sequence[Check]) -> str:
    found = {check.name: check for check in checks}
    told, blind = found["preference"], found["blind"]
    better = (
        f"listeners chose it more often without knowing which it was ({blind.candidate})"
        if told.wanted == INSTEAD
        else "it tells better what listeners prefer "
        f"({told.candidate}, the served model {told.served})"
    )
    return f"passed: {better}, and nothing got worse by more than is allowed"
