"""How good a model is, in figures that others can check."""
