"""Models learn: examples, optimizers, pretraining. Needs torch, numpy, safetensors."""
