"""Running an integer network exactly: what the prover commits to, and the logits alone for large sets.

run.py      execute: every node's q, remainder and y
logits.py   the logits of many examples, in bounded memory
linear.py   convolutions as exact floating-point matrix products
windows.py  depthwise convolutions, combinations and maxima, in 32-bit integers
plain.py, fast.py   the loops, in NumPy and compiled
"""

from proofs.networks.execution.clamped import Clamped, count_clamped
from proofs.networks.execution.logits import logits
from proofs.networks.execution.memory import execution_bytes
from proofs.networks.execution.run import Execution, NodeRun, execute

__all__ = ["Clamped", "Execution", "NodeRun", "count_clamped", "execute", "execution_bytes", "logits"]
