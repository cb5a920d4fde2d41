"""Valid commitments, secret files, deliveries and documents to mutate, and what their holders do with them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from helpers.tiny_models import mlp

from fuzz.target import GOLDEN, as_file, scratch
from proofs.canonical import parse_canonical
from proofs.commitment.corpus import Document
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery
from proofs.commitment.delivery_check import check_delivery
from proofs.commitment.delivery_open import open_delivery
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.recipe import Recipe
from proofs.commitment.secret_files import secret_path, write_test_set
from proofs.commitment.test_set import commit_test_set
from proofs.commitment.view_format import ViewFormat
from proofs.commitment.wire import encode_test_set
from proofs.corpus_import.options import ViewOptions
from proofs.corpus_import.payload import check_payload
from proofs.corpus_import.source import import_source
from proofs.encoding import keccak256
from proofs.errors import AssayError
from proofs.halo2.architecture import split_model
from proofs.halo2.description import CircuitDescription
from proofs.halo2.secret_model import weights_sha256
from proofs.halo2.srs import folder, import_file, listing
from proofs.outputs_bundle import OutputsBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment

FACTS = json.loads((GOLDEN / "corpus-v1/corpus.json").read_text())
MODEL = mlp(0, (4, 3, 2))
OPTIONS = ViewOptions(8, 1)
SHAPE = InputFormat((8,), 7, 3, 2)
VIEW = ViewFormat((3,), "fixed", 8, 8, 1)
READ = {
    name: (GOLDEN / name).read_bytes()
    for name in (
        *("v1/model.commit", "v1-outputs/model.commit", "corpus-v1/corpus.commit"),
        *("v1-sumcheck/model.commit", "v2-sumcheck/data.commit"),
    )
}
ROWS = b'name,price,size\n"a, b",1.5,2\nc,-3,1e1\nd,0.25,7\n'
ARRAY = np.arange(6, dtype=np.float32).reshape(2, 3) / 8


def beside(public: bytes, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of the secret file that lies beside a public one."""

    def run(raw: bytes) -> object:
        path = scratch() / "public.commit"
        path.write_bytes(public)
        secret_path(path).write_bytes(raw)
        return read(path)

    return run


def archive(compressed: bool = False, **arrays: object) -> bytes:
    """A NumPy archive."""
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def npy(array: object) -> bytes:
    """A NumPy file."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array))
    return buffer.getvalue()


def stand_in_hash(rows: np.ndarray) -> list[int]:
    """No parser looks at the hashes; the circuit's own takes a second to compile."""
    return [int.from_bytes(keccak256(row.astype(">i8").tobytes())[:31], "big") for row in rows]


@cache
def labelled() -> tuple[bytes, bytes, bytes]:
    """A committed test set: its public file, its secret file, and its bytes when handed over."""
    rng = np.random.default_rng(1)
    test_set = commit_test_set(rng.uniform(0, 1, (6, 8)), rng.integers(0, 3, 6), SHAPE, stand_in_hash)
    path = scratch() / "labelled.commit"
    write_test_set(path, test_set)
    return path.read_bytes(), secret_path(path).read_bytes(), encode_test_set(test_set)


def secret_model() -> bytes:
    """The secret part of the golden model."""
    description = CircuitDescription.from_json(ModelCommitment.from_bytes(READ["v1/model.commit"]).details)
    digest = np.frombuffer(weights_sha256(split_model(MODEL)[1]), dtype=np.uint8)
    return archive(True, mask=np.ones((3, description.mask_units), dtype=np.int64), weights_sha256=digest)


def secret_examples() -> bytes:
    """The secret part of the golden examples: integers are not compared with the roots on reading."""
    found = DataCommitment.from_bytes(READ["v2-sumcheck/data.commit"])
    x = np.full((found.total, *found.format.tensor), found.format.low, dtype=np.int16)
    return archive(seed=np.zeros(32, dtype=np.uint8), x=x, labels=np.zeros(found.total, dtype=np.int64))


def delivered(raw: bytes) -> object:
    """What a requester does with a delivery: parse, check before it has the key, open; opened even if it is no good."""
    delivery = Delivery.from_bytes(raw)
    corpus = CorpusCommitment.from_bytes(READ["corpus-v1/corpus.commit"])
    job, key, responder, key_hash, root = (
        bytes.fromhex(FACTS[name][2:]) for name in ("job", "key", "responder", "key_hash", "ciphertext_root")
    )
    try:
        check_delivery(delivery, corpus, FACTS["selected"], root, FACTS["chunk_count"])
    except AssayError:
        return delivery.to_bytes()
    return open_delivery(delivery, corpus, job, responder, key, key_hash)


def picture(kind: str = "PNG", colour: bool = True) -> bytes:
    """A small image."""
    from PIL import Image

    buffer = io.BytesIO()
    pixels = np.arange(144, dtype=np.uint8).reshape(6, 8, 3)
    Image.fromarray(pixels if colour else pixels[..., 0]).save(buffer, kind)
    return buffer.getvalue()


def pictures(raw: bytes) -> object:
    """A folder with one image of a stranger's."""
    images = scratch() / "images"
    images.mkdir(exist_ok=True)
    (images / "a.png").write_bytes(raw)
    return import_source(images, OPTIONS)


def payload(raw: bytes) -> object:
    """What a requester does with a delivered document, under each kind of recipe."""
    kinds = (
        (Recipe("images"), ViewFormat((3, 6, 8), "uint8", 8, 8, 1)),
        (Recipe("csv", (0, 2)), ViewFormat((2,), "int16", 4, 8, 1)),
        (Recipe("npy"), VIEW),
        (Recipe("array"), VIEW),
    )
    return [check_payload(Document(raw, np.zeros(view.shape)), recipe, view) for recipe, view in kinds]


def json_of(parse: Callable[[object], object]) -> Callable[[bytes], object]:
    """A parser of parsed JSON, as a parser of bytes."""
    return lambda raw: parse(parse_canonical(raw, "fuzzed"))


def recommitted(kind: Any) -> Callable[[bytes], object]:
    """Parse, and use what the commands use."""

    def run(raw: bytes) -> object:
        found = kind.from_bytes(raw)
        return found.to_bytes(), getattr(found, "model_id", None), getattr(found, "root", None)

    return run


def circuit_details() -> list[object]:
    """The circuits inside golden commitments."""
    return [ModelCommitment.from_bytes(READ[name]).details for name in ("v1/model.commit", "v1-outputs/model.commit")]


def task_circuit() -> object:
    """The circuit of a golden retrieval."""
    return OutputsBundle.from_bytes((GOLDEN / "v1-outputs/retrieval.assay").read_bytes()).circuit


def reference_string(raw: bytes) -> object:
    """A ceremony's file under its own digest, as whoever trusts that digest imports it; then the cache is listed."""
    found = as_file("file.srs", lambda path: import_file(path, sha256(raw).hexdigest()))(raw)
    listing()
    for path in folder().iterdir():
        path.unlink()
    return found
