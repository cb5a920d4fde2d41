"""From an ONNX file to a network with real weights, every operator that cannot be proven named at once."""

from proofs.sumcheck.safetynets.onnx_import.importer import import_onnx

__all__ = ["import_onnx"]
