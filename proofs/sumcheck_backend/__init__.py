"""The sumcheck backend: integer networks with committed weights, proven on committed examples, whole test sets at once.

Integrity proofs: a proof cannot be made for a false statement, but it hides nothing. Weights, inputs and intermediate
values leak from the columns every proof opens.
"""
