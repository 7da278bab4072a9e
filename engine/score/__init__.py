"""Music as values: notes, time, keys, chords, and the MIDI border."""
