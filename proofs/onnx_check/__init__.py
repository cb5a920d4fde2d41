"""Which models can be proven: names every node that cannot, and the way round, before any work is done.

The list of operators was measured, not copied from a manual: each was run through the prover's own circuit compiler and
its result compared with onnxruntime (tests/onnx_check/test_operators_measured.py repeats that). Some operators compile
and then compute *something else*; those are refused by name.
"""

from proofs.onnx_check.check import check_model, require_supported
from proofs.onnx_check.report import CheckReport, Finding

__all__ = ["CheckReport", "Finding", "check_model", "require_supported"]
