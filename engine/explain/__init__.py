"""A piece explained: key, chords, form, instruments and pace, as a value and in plain words.

Nothing here decides what is composed; it looks at any score on the grid of the tokens.
"""
