"""What was asked: free text to a ComposeRequest, and that to a Brief.

``parse`` understands the words, ``apply_options`` puts typed options over them, ``resolve``
chooses by the seed what was left open. No model, no files, no clock.
"""

from engine.request.model import Brief, ComposeRequest
from engine.request.options import apply_options
from engine.request.parse import parse
from engine.request.resolve import resolve

__all__ = ["Brief", "ComposeRequest", "apply_options", "parse", "resolve"]
