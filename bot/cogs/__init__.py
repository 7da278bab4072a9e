"""What people do in Discord, one module each; thin: values and words are made elsewhere."""
