"""The model's language: scores to tokens and back."""
