"""The small MNIST network that the halo2 backend proves: training."""
