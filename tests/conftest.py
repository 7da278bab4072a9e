"""What every test runs under."""

from __future__ import annotations

from hypothesis import settings

# No deadline: a shared machine stalls now and then, and a property is no less true for it.
# The same examples in every run: a failure in CI can be repeated at a desk.
settings.register_profile("cadenza", deadline=None, derandomize=True)
settings.load_profile("cadenza")
