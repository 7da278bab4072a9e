"""Talks to people; the only place that knows Discord and SQL."""
