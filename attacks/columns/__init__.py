"""Weights out of the columns that proofs of the sum-check backend show: how many proofs it takes, and what stops it."""
