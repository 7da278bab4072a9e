"""Which model is served."""
