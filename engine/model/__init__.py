"""The Transformer, its cache and its weights on disk."""
