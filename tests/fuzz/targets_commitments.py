"""Commitments, what is sold under them, and the secret files beside them."""

from __future__ import annotations

from fuzz import seeds_commitments as seeds
from fuzz.mutate import as_json
from fuzz.seeds_commitments import READ, SHAPE, beside, json_of, recommitted
from fuzz.target import Target, as_file, golden
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.corpus_files import read_commitment, read_corpus
from proofs.commitment.model import ModelCommitment
from proofs.commitment.secret_files import read_test_set
from proofs.commitment.test_set import TestSetCommitment
from proofs.commitment.wire import decode_test_set
from proofs.halo2.description import CircuitDescription
from proofs.halo2.secret_model import read_secret_model
from proofs.halo2.task import TaskCircuit
from proofs.halo2.verifier import check_commitment
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.example_files import read_data_commitment, read_examples
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import read_secret_network

HALO2 = "proofs.halo2"
SUMCHECK = "proofs.sumcheck_backend"
PARTS = "proofs.commitment"


def secret_test_set(raw: bytes) -> object:
    """Read beside the public file, which is made when it is first needed."""
    return beside(seeds.labelled()[0], read_test_set)(raw)


TARGETS = (
    Target(
        "model commitment, halo2",
        lambda raw: check_commitment(ModelCommitment.from_bytes(raw)).points,
        golden("v1/model.commit", "v1-outputs/model.commit"),
        (
            f"{PARTS}.model.ModelCommitment.from_bytes",
            f"{HALO2}.description.CircuitDescription.from_json",
            f"{HALO2}.description.RunParameters.from_json",
            f"{HALO2}.architecture.Architecture.from_json",
            f"{PARTS}.input_format.InputFormat.from_json",
        ),
    ),
    Target(
        "circuit description",
        json_of(lambda value: (CircuitDescription.from_json(value).digest, CircuitDescription.from_json(value).points)),
        lambda: [as_json(value) for value in seeds.circuit_details()],
        (),
    ),
    Target(
        "task circuit",
        json_of(lambda value: (TaskCircuit.from_json(value).digest, TaskCircuit.from_json(value).outputs)),
        lambda: [as_json(seeds.task_circuit())],
        (f"{HALO2}.task.TaskCircuit.from_json", f"{PARTS}.view_format.ViewFormat.from_json"),
    ),
    Target(
        "network commitment",
        recommitted(NetworkCommitment),
        golden("v1-sumcheck/model.commit", "v2-sumcheck/model.commit"),
        (
            f"{SUMCHECK}.model_commitment.NetworkCommitment.from_bytes",
            f"{SUMCHECK}.input_format.IntegerFormat.from_json",
        ),
        slow=True,
    ),
    Target(
        "data commitment, sum-check",
        recommitted(DataCommitment),
        golden(*(f"v{v}-sumcheck/{name}.commit" for v in (1, 2) for name in ("data", "chunks", "documents"))),
        (f"{SUMCHECK}.data_commitment.DataCommitment.from_bytes", f"{SUMCHECK}.blocks.parse_block"),
    ),
    Target(
        "test-set commitment",
        recommitted(TestSetCommitment),
        golden("v1/data.commit"),
        (f"{PARTS}.test_set.TestSetCommitment.from_bytes",),
    ),
    Target(
        "corpus commitment",
        recommitted(CorpusCommitment),
        golden("corpus-v1/corpus.commit", "v1-outputs/corpus.commit"),
        (f"{PARTS}.corpus_commitment.CorpusCommitment.from_bytes", f"{PARTS}.recipe.Recipe.from_json"),
    ),
    Target(
        "integer input format",
        json_of(IntegerFormat.from_json),
        lambda: [as_json(NetworkCommitment.from_bytes(READ["v1-sumcheck/model.commit"]).format.to_json())],
        (),
    ),
    Target(
        "corpus commitment file",
        as_file("any.commit", read_commitment),
        golden("corpus-v1/corpus.commit"),
        (f"{PARTS}.corpus_files.read_commitment", "proofs.container.read_file"),
    ),
    Target(
        "data commitment file",
        as_file("data.commit", read_data_commitment),
        golden("v1-sumcheck/data.commit"),
        (f"{SUMCHECK}.example_files.read_data_commitment",),
    ),
    Target(
        "delivery",
        seeds.delivered,
        golden("corpus-v1/delivery.assay"),
        (
            f"{PARTS}.delivery.Delivery.from_bytes",
            f"{PARTS}.delivery_open.open_delivery",
            f"{PARTS}.chunks.parse_step",
        ),
        slow=True,
    ),
    Target(
        "handed-over test set",
        lambda raw: decode_test_set(raw, SHAPE, 6, seeds.stand_in_hash),
        lambda: [seeds.labelled()[2]],
        (f"{PARTS}.wire.decode_test_set",),
    ),
    Target(
        "secret part of a test set",
        secret_test_set,
        lambda: [seeds.labelled()[1]],
        (f"{PARTS}.secret_files.read_test_set", f"{PARTS}.secret_files.read_arrays"),
        unpacks=1100,
    ),
    Target(
        "secret part of a corpus",
        beside(READ["corpus-v1/corpus.commit"], read_corpus),
        golden("corpus-v1/secret-part.npz"),
        (f"{PARTS}.corpus_files.read_corpus",),
        unpacks=1100,
    ),
    Target(
        "secret part of a model",
        beside(READ["v1/model.commit"], lambda path: read_secret_model(path, seeds.MODEL)),
        lambda: [seeds.secret_model()],
        (f"{HALO2}.secret_model.read_secret_model",),
        slow=True,
        unpacks=1100,
    ),
    Target(
        "secret part of a network",
        beside(READ["v1-sumcheck/model.commit"], lambda path: read_secret_network(path, None)),
        golden("v1-sumcheck/model-secret.npz"),
        (
            f"{SUMCHECK}.secret_network.read_secret_network",
            f"{SUMCHECK}.secret_network.read_network_commitment",
            "proofs.networks.format_weights.weights_from_bytes",
        ),
        slow=True,
        unpacks=1100,
    ),
    Target(
        "secret part of examples",
        beside(READ["v2-sumcheck/data.commit"], read_examples),
        lambda: [seeds.secret_examples()],
        (f"{SUMCHECK}.example_files.read_examples",),
        unpacks=1100,
    ),
)
