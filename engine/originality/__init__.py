"""How much of a piece is copied: known runs of notes, found in an index of the training corpus."""
