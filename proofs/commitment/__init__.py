"""Commitments: what a party fixes before it knows what the other will ask."""

from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import BatchOpening, TestSet, TestSetCommitment, commit_test_set

__all__ = ["BatchOpening", "InputFormat", "ModelCommitment", "TestSet", "TestSetCommitment", "commit_test_set"]
