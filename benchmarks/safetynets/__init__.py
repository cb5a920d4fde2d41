"""Figures of the SafetyNets mode beside the paper's: prover over execution, client, bytes, growth with the batch."""
