"""What listeners think, as the engine learns from it: no names, no text, no database."""
