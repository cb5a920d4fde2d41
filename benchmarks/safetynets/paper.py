"""The figures of Ghodsi, Gu and Garg 2017 that ours stand beside."""

PAPER_OVERHEAD = 0.05
"""Extra prover time over executing the arithmetic circuit, both networks."""
PAPER_CLIENT_GAIN = 82
"""Executing over the client's work, at most; 8 at least."""
PAPER_BYTES = 8000
"""Exchanged at a batch of 2,048, inputs and outputs left out: "under 8 KB"."""
PAPER_ERRORS = {"cnn-2-quad-mnist": 0.0063, "cnn-2-quad-back-rand": 0.0467}
PAPER_SOUNDNESS_BITS = 30
