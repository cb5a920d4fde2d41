"""An 8-bit MobileNet, given as JSON and NPZ, as an ONNX file with QuantizeLinear and DequantizeLinear nodes.

    python examples/mobilenet/convert.py MODEL.json OUT.onnx

The ONNX takes real inputs "image", float32 (N, 3, H, W), and gives "logits", float32 (N, 1001), background first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from onnx import save

if __package__ in (None, ""):  # run as a script: the repository is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assay.demo.imagenet.convert import to_onnx
from assay.demo.imagenet.model import read

__all__ = ["main", "to_onnx"]


def main() -> None:
    """Convert one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="MODEL.json; MODEL.npz lies beside it")
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    save(to_onnx(read(chosen.model)), chosen.out)
    print(f"wrote {chosen.out}, {chosen.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
