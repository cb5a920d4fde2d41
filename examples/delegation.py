"""Have a service run a network one holds, and believe its outputs for a proof, not for its name.

    assay serve --network examples/models/safetynets/cnn-2-quad-mnist.onnx
    python examples/delegation.py http://127.0.0.1:8080

Inputs are random pictures, or array x of ``--data FILE.npz``, in the unit the network takes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from assay.service.delegation.client import delegate
from proofs.errors import AssayError
from proofs.safetynets_inputs import integers_of
from proofs.sumcheck.safetynets.onnx_import import import_network

MODEL = Path(__file__).resolve().parent / "models/safetynets/cnn-2-quad-mnist.onnx"


def main() -> None:
    """Delegate one batch."""
    options = arguments()
    network = import_network(options.model.read_bytes())
    if options.data is None:
        x = np.random.default_rng(0).random((options.total, *network.input_shape))
    else:
        x = np.load(options.data, allow_pickle=False)["x"]
    inputs, _ = integers_of(network, x)
    done = delegate(options.url, network, inputs)
    print(f"proven to this client: classes {done.outputs.argmax(axis=1)[:10].tolist()} of the first inputs")
    print(
        f"{done.exchanged_bytes} bytes in {done.messages} messages; {done.prepare_s + done.check_s:.3f} s of own work"
    )


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the service, started with --network")
    parser.add_argument("--model", type=Path, default=MODEL, help="own copy of the network")
    parser.add_argument("--data", type=Path, help="array x: the inputs")
    parser.add_argument("--total", type=int, default=64, help="random inputs, without --data")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except AssayError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
