"""MIDI files from everywhere become clean, labelled, split token shards."""
