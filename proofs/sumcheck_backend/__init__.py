"""The sumcheck backend: integer networks with committed weights, proven on committed examples, whole test sets at once.

Under commitments that hide, a proof shows that its claim is true and nothing else, as often as their budgets allow.
Under others it is an integrity proof: nobody can make one for a false statement, but weights, inputs and intermediate
values leak from the columns it opens.
"""
