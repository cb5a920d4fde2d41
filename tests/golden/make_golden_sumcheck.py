"""Makes the golden bundles of the sumcheck backend, format 1: ``python tests/golden/make_golden_sumcheck.py``.

A small network with every kind of node and table, 20 public examples, and one bundle of each kind of claim: a score, a
score among the first two, logits, a class, a threshold, and the score once more in shards of two chunks. All integers
are drawn here, so nothing depends on how a model is rounded; salts are derived, so the same files come out every time.
The weights lie beside the proofs, so that the same proofs can be asked of every later prover. Rows have 2^8 entries,
which a product never chooses and every verifier accepts: it keeps the files small.

Once a release has been made, the folder is not written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent / "v1-sumcheck"
sys.path[:0] = [str(FOLDER.parents[2]), str(FOLDER.parents[1] / "networks")]

from network_builder import RELU, SIGNED, Builder  # noqa: E402

from proofs.canonical import to_hex  # noqa: E402
from proofs.commitment.model import NO_OWNER  # noqa: E402
from proofs.networks.execution import execute  # noqa: E402
from proofs.networks.fidelity import Accuracy, NetworkFidelity  # noqa: E402
from proofs.networks.format_weights import weights_to_bytes  # noqa: E402
from proofs.networks.network import Network  # noqa: E402
from proofs.networks.weights import Weights  # noqa: E402
from proofs.predicate import CLASS, THRESHOLD, Predicate  # noqa: E402
from proofs.sumcheck_backend import resume  # noqa: E402
from proofs.sumcheck_backend.bundle import SumcheckBundle  # noqa: E402
from proofs.sumcheck_backend.data_commitment import DataCommitment  # noqa: E402
from proofs.sumcheck_backend.examples import Examples, examples_of  # noqa: E402
from proofs.sumcheck_backend.input_format import IntegerFormat  # noqa: E402
from proofs.sumcheck_backend.matrices import commit_weights  # noqa: E402
from proofs.sumcheck_backend.model_commitment import NetworkCommitment  # noqa: E402
from proofs.sumcheck_backend.proving import prove  # noqa: E402
from proofs.sumcheck_backend.questions import AskLogits, AskScore, AskSelection, Question  # noqa: E402
from proofs.sumcheck_backend.secret_network import SecretNetwork  # noqa: E402
from proofs.sumcheck_backend.verifying import verify  # noqa: E402

LOG_COLUMNS, TOTAL, CONTEXT = 8, 20, bytes(range(32))
CLASSES, CHUNK, SHARD = 4, 12, 8
DATA = {
    "accuracy": "data.commit",
    "top2": "data.commit",
    "inference": "data.commit",
    "class": "documents.commit",
    "threshold": "documents.commit",
    "sharded": "chunks.commit",
}
"""The cases, and the examples each is about: with labels, without, and with labels in two chunks."""
ONNX = b""
"""The network was not made from a file."""


@dataclass(frozen=True)
class Subject:
    """All that is proven about: x in the unit of a model's file, its labels y."""

    model: SecretNetwork
    x: NDArray[np.float32]
    y: NDArray[np.int64]


def new_subject() -> Subject:
    """Drawn anew, always the same."""
    rng = np.random.default_rng(11)
    x = rng.integers(-128, 128, (2, 6, 6, TOTAL), dtype=np.int32)
    network, weights = _network(np.zeros(CLASSES))
    means = execute(network, weights, x).logits.mean(axis=0)
    network, weights = _network(-np.round(means))  # so that every class is the first of some example
    found = execute(network, weights, x).logits.argmax(axis=1)
    y = np.where(np.arange(TOTAL) % 4 == 3, (found + 1) % network.classes, found)
    seed = hashlib.sha256(b"golden sumcheck bundles").digest()
    root = commit_weights(network, weights, seed, LOG_COLUMNS).root
    shape = IntegerFormat.of(network, network.tensors[0].shape, channels_last=False)
    receipt = NetworkFidelity(50, 49, 12_345, 0, 2, 50 * 400, Accuracy(2, 44, 49, 45, 48))  # numbers of no model
    commitment = NetworkCommitment(NO_OWNER, network, root, LOG_COLUMNS, shape, receipt)
    model = SecretNetwork(commitment, weights, seed, hashlib.sha256(ONNX).digest())
    real = (x.transpose(3, 0, 1, 2) * float(network.input_scale)).astype(np.float32)
    return Subject(model, real, y.astype(np.int64))


def _network(biases: NDArray[np.generic]) -> tuple[Network, Weights]:
    """Convolutions with a stride, one a channel and grouped; a sum, a listed table, maxima, a pool, a dense layer."""
    rng, builder = np.random.default_rng(12), Builder((2, 6, 6))
    first = builder.convolution(
        rng.integers(-9, 10, (4, 2, 3, 3)), rng.integers(-50, 51, 4), (1, 1), (1, 1, 1, 1), shift=3, function=RELU
    )
    other = builder.convolution(rng.integers(-5, 6, (4, 1, 3, 3)), None, (1, 1), (1, 1, 1, 1), 4, 4, SIGNED)
    builder.add(first, other, 1)
    builder.convolution(
        rng.integers(-5, 6, (6, 2, 3, 3)), None, (2, 2), (0, 0, 1, 1), 2, 5, lambda q: min(abs(q) // 2, 127)
    )
    builder.max_pool(2, 1)
    builder.sum_pool(1)
    builder.dense(rng.integers(-9, 10, (CLASSES, 6)), biases, 0, (-9999, 9999))
    return builder.build()


def examples(subject: Subject, case: str) -> tuple[Examples, DataCommitment]:
    """A case's public examples."""
    shape, labelled = subject.model.commitment.format, DATA[case] != "documents.commit"
    chunk = CHUNK if case == "sharded" else TOTAL
    y = subject.y if labelled else None
    found, _ = examples_of(subject.x, y, shape, LOG_COLUMNS, public=True, chunk=chunk)
    return found, found.commitment()


def question(case: str) -> Question:
    """What a case asks."""
    asked: dict[str, Question] = {
        "top2": AskScore(2),
        "inference": AskLogits(),
        "class": AskSelection(Predicate(CLASS, 1)),
        "threshold": AskSelection(Predicate(THRESHOLD, 2, 0)),
    }
    return asked.get(case, AskScore(1, 12))


def bundle(subject: Subject, case: str) -> SumcheckBundle:
    """A case's proof."""
    own, data = examples(subject, case)
    shard = SHARD if case == "sharded" else TOTAL
    found = prove(subject.model, own, data, question(case), shard=shard, context=CONTEXT).bundle
    resume.forget(found.statement)
    return found


def files(subject: Subject) -> dict[str, bytes]:
    """Every file of the folder, by name."""
    model, found = subject.model, {}
    facts: dict[str, object] = {
        "model_id": to_hex(model.commitment.model_id),
        "architecture": to_hex(model.commitment.architecture_digest),
        "format_digest": to_hex(model.commitment.format.digest),
    }
    for case, place in DATA.items():
        proven, (_, data) = bundle(subject, case), examples(subject, case)
        verdict = verify(proven, NetworkCommitment.from_bytes(model.commitment.to_bytes()), data)
        found[f"{case}.assay"] = proven.to_bytes()
        found[place] = data.to_bytes()
        facts[case] = facts_of(proven, data, verdict.soundness.worst_bits)
    found["model.commit"] = model.commitment.to_bytes()
    found["examples.npz"] = archive(x=subject.x, y=subject.y)
    found["model-secret.npz"] = archive(
        weights=np.frombuffer(weights_to_bytes(model.commitment.network, model.weights), np.uint8),
        seed=np.frombuffer(model.seed, np.uint8),
        onnx_sha256=np.frombuffer(model.onnx_sha256, np.uint8),
    )
    found["sumcheck_facts.json"] = (json.dumps(facts, indent=1, sort_keys=True) + "\n").encode()
    return found


def facts_of(proven: SumcheckBundle, data: DataCommitment, worst_bits: float) -> dict[str, object]:
    """What is to be remembered of a bundle."""
    return {
        "statement": proven.statement.to_json(),
        "statement_digest": to_hex(proven.statement.digest),
        "data_root": to_hex(data.root),
        "logits": proven.logits.tolist(),
        "selected": [int(place) for place in proven.selected.nonzero()[0]],
        "worst_round_bits": worst_bits,
    }


def archive(**arrays: NDArray[np.generic]) -> bytes:
    """A NumPy archive; it holds no dates."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in files(new_subject()).items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
