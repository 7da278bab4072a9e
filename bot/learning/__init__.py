"""What the bot learns from: ratings, out of the database and into a fine-tune."""
