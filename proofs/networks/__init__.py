"""Integer networks with shift rescales: what a model is once it is an exact function of integers.

Not the arithmetic of ``proofs.integer``, which follows the halo2 circuits' compiler; this one is the project's own.
"""
