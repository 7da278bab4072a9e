"""A model writes streams of tokens that are legal and as asked."""
