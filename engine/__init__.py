"""Cadenza's engine: words to music. Knows no Discord and no database."""
