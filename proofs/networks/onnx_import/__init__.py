"""From ONNX files to float networks: read, checked, run for reference and for calibration."""

from proofs.networks.onnx_import.check import check_integer
from proofs.networks.onnx_import.importer import import_float
from proofs.networks.onnx_import.observing import Ranges, Spread
from proofs.networks.onnx_import.running import run_float

__all__ = ["Ranges", "Spread", "check_integer", "import_float", "run_float"]
