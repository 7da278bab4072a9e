"""From a Score to what is heard and seen: soundfont, synthesis, mastering, encoding, picture."""
