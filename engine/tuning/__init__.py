"""Parts of the way from ratings to a candidate; ``engine/learn.py`` is the way itself."""
