"""Proving many shards at once: in this process, in processes of this machine, or on a Ray cluster.

Whoever does the work, the bundle's bytes are the same: a shard's proof follows from the statement, the secrets and a
seed derived from them. Workers need not be trusted to prove correctly, since whoever asked for a proof verifies it, but
they see the weights and the examples.
"""
