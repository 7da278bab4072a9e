"""Composes in a process of its own; the only room of the bot that opens the model."""
