"""``python -m benchmarks.service_host FOLDER``: the prediction service over the digits model, without a chain."""

from __future__ import annotations

import sys
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.service.engine import Hosted
from assay.service.host import listen, serve
from assay.service.round import Round
from proofs.commitment.view_format import ViewFormat
from proofs.integer import IntegerModel
from protocols.eip712 import Domain
from protocols.predictions.signing import RoundSigner
from protocols.predictions.terms import MAX_ROUND, PredictionTerms

_MODEL = Path(__file__).resolve().parent.parent / "examples/models/digits_mlp.onnx"
_LIMIT = 16_384**3
PROVIDER: LocalAccount = Account.from_key(b"\x01" * 32)
CLIENT: LocalAccount = Account.from_key(b"\x02" * 32)
_VIEW = ViewFormat((64,), "fixed", 10, 10, 1)
ROUND = Round(
    Domain(31337, "0x" + "77" * 20),
    PredictionTerms(
        client=CLIENT.address,
        provider=PROVIDER.address,
        model_id=bytes(32),
        weights_commitment=bytes(32),
        nonce=0,
        format_digest=_VIEW.digest,
        round=MAX_ROUND,
        contests=1,
        outputs=10,
        verifier="0x" + "33" * 20,
        verifier_codehash=b"\x44" * 32,
        srs_digest=bytes(32),
        token="0x" + "00" * 20,
        proving_cost=1,
        answer_price=1,
        beta=2,
        fee=0,
        fee_recipient="0x" + "66" * 20,
        accept_window=3600,
        round_window=3600,
        prove_window=3600,
    ),
    _VIEW,
)


def main() -> None:
    """Serve the round on a free port, printed once it is ready."""
    model = IntegerModel.compile_onnx(_MODEL.read_bytes(), _VIEW.scale_bits, _LIMIT)
    hosted = Hosted(ROUND, model, RoundSigner(PROVIDER, ROUND.domain), MAX_ROUND)
    listener = listen("127.0.0.1", 0)
    serve([hosted], Path(sys.argv[1]), listener, None, lambda: print(listener.getsockname()[1], flush=True))


if __name__ == "__main__":
    main()
