"""Stands in for ``bot.learning.promote``, without loading any network."""

import sys
from unittest.mock import patch

from bot.learning import promote

if __name__ == "__main__":
    with patch.object(promote, "network_loads", lambda _base: None):
        sys.exit(promote.main())
