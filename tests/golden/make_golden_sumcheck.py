"""Makes the golden bundles of the sumcheck backend: ``python tests/golden/make_golden_sumcheck.py v2-sumcheck``.

A small network with every kind of node and table, 20 public examples, and one bundle of each kind of claim: a score, a
score among the first two, logits, a class, a threshold, and the score once more in shards of two chunks. All integers
are drawn here, so nothing depends on how a model is rounded; salts are derived, so the same files come out every time.
The weights lie beside the proofs, so that the same proofs can be asked of every later prover.

``v1-sumcheck`` holds integrity proofs of rows of 2^8 entries, which a product never chooses and every verifier accepts:
it keeps the files small. ``v2-sumcheck`` holds zero-knowledge proofs, of rows just long enough to hide a model in three
of them; the nonce that all their pads follow from, which a product draws at random, is fixed here.

Once a release has been made, a folder is not written again; a new format gets a folder of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "networks")]

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

TOTAL, CONTEXT = 20, bytes(range(32))
CLASSES, CHUNK, SHARD = 4, 12, 8
NONCE = hashlib.sha256(b"golden nonce of sumcheck proofs").digest()
DATA = {
    "accuracy": "data.commit",
    "top2": "data.commit",
    "inference": "data.commit",
    "class": "documents.commit",
    "threshold": "documents.commit",
    "sharded": "chunks.commit",
}
"""The cases, and the examples each is about: with labels, without, and with labels in two chunks."""


@dataclass(frozen=True)
class Format:
    """A folder's own.

    Args:
        log_columns, block: of the matrices. cases: of ``DATA``. chunk: examples, where they are in two. shard: the same
            of a proof.
    """

    log_columns: int
    block: int
    chunk: int
    shard: int
    cases: tuple[str, ...] = field(default=tuple(DATA))


FORMATS = {
    "v1-sumcheck": Format(8, 0, CHUNK, SHARD),
    "v2-sumcheck": Format(10, 1024, CHUNK, CHUNK, ("inference", "class", "threshold", "sharded")),
}
"""By folder."""
ONNX = b""
"""The network was not made from a file."""


@dataclass(frozen=True)
class Subject:
    """All that is proven about: x in the unit of a model's file, its labels y."""

    format: Format
    model: SecretNetwork
    x: NDArray[np.float32]
    y: NDArray[np.int64]


def new_subject(format: Format) -> Subject:
    """Drawn anew, always the same."""
    rng = np.random.default_rng(11)
    x = rng.integers(-128, 128, (2, 6, 6, TOTAL), dtype=np.int32)
    network, weights = _network(np.zeros(CLASSES))
    means = execute(network, weights, x).logits.mean(axis=0)
    network, weights = _network(-np.round(means))  # so that every class is the first of some example
    found = execute(network, weights, x).logits.argmax(axis=1)
    y = np.where(np.arange(TOTAL) % 4 == 3, (found + 1) % network.classes, found)
    seed = hashlib.sha256(b"golden sumcheck bundles").digest()
    root = commit_weights(network, weights, seed, format.log_columns, format.block).root
    shape = IntegerFormat.of(network, network.tensors[0].shape, channels_last=False)
    receipt = NetworkFidelity(50, 49, 12_345, 0, 2, 50 * 400, Accuracy(2, 44, 49, 45, 48))  # numbers of no model
    commitment = NetworkCommitment(NO_OWNER, network, root, format.log_columns, shape, receipt, format.block)
    model = SecretNetwork(commitment, weights, seed, hashlib.sha256(ONNX).digest())
    real = (x.transpose(3, 0, 1, 2) * float(network.input_scale)).astype(np.float32)
    return Subject(format, model, real, y.astype(np.int64))


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
    own = subject.format
    chunk = own.chunk if case == "sharded" else TOTAL
    y = subject.y if labelled else None
    found, _ = examples_of(subject.x, y, shape, own.log_columns, public=True, chunk=chunk, block=own.block)
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
    shard = subject.format.shard if case == "sharded" else TOTAL
    with own_home(), patch.object(resume, "nonce_of", lambda statement: NONCE):
        return prove(subject.model, own, data, question(case), shard=shard, context=CONTEXT).bundle


@contextmanager
def own_home() -> Iterator[None]:
    """No finished shards and no openings spent, and none left behind."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, {"ASSAY_HOME": home}):
        yield


def files(subject: Subject) -> dict[str, bytes]:
    """Every file of the folder, by name."""
    model, found = subject.model, {}
    facts: dict[str, object] = {
        "model_id": to_hex(model.commitment.model_id),
        "architecture": to_hex(model.commitment.architecture_digest),
        "format_digest": to_hex(model.commitment.format.digest),
    }
    for case in subject.format.cases:
        place = DATA[case]
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


def main(folder: str) -> None:
    """Write the files."""
    (HERE / folder).mkdir(exist_ok=True)
    for name, content in files(new_subject(FORMATS[folder])).items():
        (HERE / folder / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
