"""Hidden proofs of instances: the walk covered, its equations combined into one, and that one opened."""
