"""A Score to look at."""
