"""The shared prove/verify core: models, statements, commitments, proofs. Knows no money, no chain, no parties."""
