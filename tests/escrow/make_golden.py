"""Makes the golden jobs: tiny real circuits' verifiers, commitments and proofs, bound to a job on a fresh anvil.

Run it again (``python tests/escrow/make_golden.py [binding...]``, half a minute for each binding) when ezkl's release,
the circuit, an encoding or an address rule changes on purpose, then ``python tests/escrow/measure_gas.py``. The
reference string is drawn here and thrown away: these proofs prove nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from golden_job import BINDINGS, BUYER_ADDRESS, CHAIN_ID, ESCROW_ADDRESS, NONCE, SELLER_ADDRESS, golden_folder

from escrow.solc import compile_verifier
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.encoding import abi_digest, domain, keccak256
from proofs.halo2 import felts, srs
from proofs.halo2.artefacts import build
from proofs.halo2.commit import CommitOptions, commit_model
from proofs.halo2.prover import Proving, proving
from proofs.halo2.runner import run_job
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag

FEATURES, CLASSES, HIDDEN, BATCH, TOTAL = 8, 3, 4, 2, 6
MODEL_SEED, IMPOSTOR_SEED = 7, 8
FORMAT = InputFormat(shape=(FEATURES,), scale_bits=7, classes=CLASSES, batch=BATCH)


def tiny_model(seed: int = MODEL_SEED) -> onnx.ModelProto:
    """A random 8-4-3 network; another seed gives other weights in the same architecture."""
    rng = np.random.default_rng(seed)
    sizes = {"w1": (FEATURES, HIDDEN), "b1": (HIDDEN,), "w2": (HIDDEN, CLASSES), "b2": (CLASSES,)}
    weights = [numpy_helper.from_array(rng.normal(size=size).astype("f4"), name) for name, size in sizes.items()]
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["a"]),
        helper.make_node("Relu", ["a"], ["r"]),
        helper.make_node("Gemm", ["r", "w2", "b2"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", FEATURES])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", CLASSES])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def labelled(model: bytes) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Six examples; the first carries a wrong label."""
    import onnxruntime

    x = np.random.default_rng(11).uniform(-1, 1, size=(TOTAL, FEATURES)).astype("f4")
    y = onnxruntime.InferenceSession(model).run(None, {"x": x})[0].argmax(1).astype(np.int64)
    y[0] = (y[0] + 1) % CLASSES
    return x, y


def hash_rows(rows: NDArray[np.int64]) -> list[int]:
    """The circuit's hash of each row."""
    return [felts.from_hex(text) for text in run_job("hash", {"rows": rows.tolist()}).answer["hashes"]]


def golden_tag(model_id: bytes) -> bytes:
    """The job tag on a fresh anvil."""
    return abi_digest(
        ["bytes32", "uint256", "address", "address", "address", "bytes32", "uint256"],
        [domain("assay/job-tag/v1"), CHAIN_ID, ESCROW_ADDRESS, BUYER_ADDRESS, SELLER_ADDRESS, model_id, NONCE],
    )


def batch_record(work: Proving, index: int, tag: bytes) -> dict[str, object]:
    """One proven batch in the golden file's form."""
    proof, _ = work.prove_batch(index, tag)
    return {
        "h": [hex(value) for value in proof.opening.hashes],
        "payload_roots": [root.hex() for root in proof.opening.payload_roots],
        "path": [sibling.hex() for sibling in proof.opening.path],
        "tag_hash": hex(proof.tag_hash),
        "count": proof.count,
        "proof": proof.proof.hex(),
    }


def committed(binding: str, seed: int) -> SecretModel:
    """The tiny network with these weights, committed by the seller."""
    options = CommitOptions(binding=binding, proofs=TOTAL // BATCH, owner=bytes.fromhex(SELLER_ADDRESS[2:]))
    return commit_model(tiny_model(seed).SerializeToString(), FORMAT, options)


def proofs(binding: str, model: SecretModel, test_set: TestSet, tag: bytes) -> dict[str, object]:
    """Proofs of every batch, and of the first one with other weights than the committed ones, under the same tag."""
    with proving(model, test_set) as work:
        batches = [batch_record(work, index, tag) for index in range(test_set.commitment.batches)]
    with proving(committed(binding, IMPOSTOR_SEED), test_set) as work:
        return {"batches": batches, "impostor": batch_record(work, 0, tag)}


def public_facts(model: SecretModel, test_set: TestSet, tag: bytes, note: bytes, codehash: bytes) -> dict[str, object]:
    """What a job's terms, the registry and the adapter need."""
    commitment, description = model.commitment, model.description
    digests = {
        "architecture_digest": commitment.architecture_digest,
        "weights_commitment": commitment.weights_commitment,
        "quantisation_digest": commitment.quantisation_digest,
        "format_digest": commitment.format.digest,
        "model_id": commitment.model_id,
        "data_root": test_set.commitment.root,
        "srs_digest": description.srs_digest,
        "tag": tag,
        "note": note,
        "verifier_codehash": codehash,
    }
    return {
        "binding": description.binding,
        "points": description.points,
        "scale_bits": description.format.scale_bits,
        "total": TOTAL,
        "batch": BATCH,
        "digests": {name: digest.hex() for name, digest in digests.items()},
    }


def write(binding: str, test_set: TestSet) -> None:
    """Commit, prove and write the golden files of one binding."""
    model = committed(binding, MODEL_SEED)
    tag, note = golden_tag(model.commitment.model_id), keccak256(b"golden")
    source = build(model.description, model.weights if binding == "fixed" else None).verifier_source
    facts = public_facts(model, test_set, tag, note, compile_verifier(source).codehash)
    record = {**facts, **proofs(binding, model, test_set, bound_tag(tag, note))}
    folder = golden_folder(binding)
    folder.mkdir(exist_ok=True)
    (folder / "job.json").write_text(json.dumps(record, indent=1) + "\n")
    (folder / "Halo2Verifier.sol").write_text(source)


def main(bindings: list[str]) -> None:
    """Make everything in a throw-away home."""
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as home:
        os.environ["ASSAY_HOME"] = home
        for logrows in (11, 12, 13, 14):
            srs.make_insecure(logrows)
        x, y = labelled(tiny_model().SerializeToString())
        test_set = commit_test_set(x, y, FORMAT, hash_rows)
        for binding in bindings:
            write(binding, test_set)


if __name__ == "__main__":
    main(sys.argv[1:] or list(BINDINGS))
