"""From an ONNX file to a network with real weights, every operator that cannot be proven named at once."""

from proofs.sumcheck.safetynets.onnx_import.importer import import_onnx
from proofs.sumcheck.safetynets.onnx_import.network import import_network

__all__ = ["import_network", "import_onnx"]
