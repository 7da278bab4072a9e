"""Keeps people, pieces, ratings and jobs; the only room that knows SQL."""
