"""What hiding costs: the same proofs in integrity and in zero-knowledge mode, in turns, in one process."""
