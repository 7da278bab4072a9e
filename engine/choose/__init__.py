"""Several candidates for one brief are ranked, and the best one is taken.

What counts: that a piece is as asked (``adherence``), that it is sound by the measure of human
pieces (``sanity``), and that it copies nothing (the length of its longest copied run is another
room's to find). Every figure is a penalty; 0 is faultless. Where it is known what listeners like,
that is weighed, too (``Taste``).
"""

from engine.choose.rank import WEIGHTS, Candidate, Ranked, Taste, choose

__all__ = ["WEIGHTS", "Candidate", "Ranked", "Taste", "choose"]
