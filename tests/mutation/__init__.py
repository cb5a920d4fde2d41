"""Mutation check: every check of the verifier's side switched off in turn; some test must fail.

Sources are never changed on disk. Python modules get a switch per check as they are imported
(:mod:`mutation.switches`), contracts in a copy (:mod:`mutation.solidity`).
"""
