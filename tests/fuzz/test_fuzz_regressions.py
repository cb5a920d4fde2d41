"""What fuzzing found, held for ever: each input once ended in another error than ours, or took memory without bound."""

from __future__ import annotations

import json
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from helpers.tiny_models import mlp

from assay.data import load_labelled
from assay.inputs import load_inputs
from assay.report.timings import read_timings
from escrow.accuracy import AccuracyEscrow
from escrow.artifacts import load
from escrow.predictions import PredictionEscrow
from escrow.retrieval import RetrievalEscrow
from escrow.sampled import SampledEscrow
from escrow.signers import create_keystore, load_keystore
from fuzz import hostile_node
from fuzz.guard import Outcome, attempt
from fuzz.mutate_archive import HEADERS, npy, packed
from fuzz.seeds_commitments import MODEL, OPTIONS, READ, archive, beside
from fuzz.target import as_file, scratch
from fuzz.targets import TARGETS
from proofs.commitment import archive_limits
from proofs.commitment.archive_limits import check_unpacked
from proofs.commitment.secret_files import SUFFIX, read_arrays
from proofs.corpus_import.source import import_source
from proofs.errors import AssayError, ChainError, InvalidInput, MissingArtifact, ResourceExceeded
from proofs.halo2.architecture import split_model
from proofs.halo2.secret_model import read_secret_model
from proofs.onnx_check import check_model

DEEP = b"[" * 100_000


@cache
def zeros(member: str = "x.npy", size: int = 50 << 20) -> bytes:
    """An archive of nothing but zeros, which deflate to a thousandth."""
    return packed([(member, npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size},), }}", bytes(size)))])


def refused(run: Callable[[bytes], object], raw: bytes) -> Outcome:
    """The outcome of an input that must be refused by an error of ours, within the fuzzer's limits."""
    outcome = attempt(run, raw)
    assert outcome.fault is None and not outcome.accepted
    return outcome


@pytest.mark.parametrize("header", HEADERS)
def test_headers_of_arrays(header: str) -> None:
    """NumPy raises TokenError, OverflowError and others for them; all of these are strange."""
    labelled = as_file("data.npz", load_labelled)
    refused(labelled, packed([("x.npy", npy(header, b"")), ("y.npy", npy("", b""))]))
    refused(as_file("rows.npy", lambda path: import_source(path, OPTIONS)), npy(header, b""))


def test_members_that_are_no_arrays() -> None:
    """NumPy hands them out as bytes."""
    members = [("x.npy", b"no array"), ("y.npy", b"")]
    for read in (load_labelled, load_inputs):
        with pytest.raises(InvalidInput, match="no arrays"):
            as_file("data.npz", read)(packed(members))


def test_archives_under_a_password() -> None:
    raw = bytearray(archive(x=np.ones((2, 3)), y=np.ones(2)))
    for magic, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.index(magic) + flags] |= 1
    refused(as_file("data.npz", load_labelled), bytes(raw))


@pytest.mark.parametrize("member", ["x.npy", "more.npy"])
def test_bombs_are_not_unpacked(member: str) -> None:
    raw = zeros(member)
    for read in (load_inputs, lambda path: import_source(path, OPTIONS)):
        assert refused(as_file("rows.npz", read), raw).peak_bytes < 20 << 20
    with pytest.raises(InvalidInput, match="more than 250 times"):
        as_file("data.npz", load_inputs)(raw)


def test_own_archives_may_be_empty_but_must_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / f"data.commit{SUFFIX}"
    path.write_bytes(zeros())
    assert read_arrays(path, {"x"}, "own")["x"].size == 50 << 20
    monkeypatch.setattr(archive_limits.psutil, "virtual_memory", lambda: SimpleNamespace(available=49 << 20))
    with pytest.raises(ResourceExceeded, match="50 MiB, 49 MiB of memory are free"):
        read_arrays(path, {"x"}, "own")


def test_what_unpacks_to_little_may_be_empty() -> None:
    check_unpacked(zeros(size=30 << 20), "small")
    check_unpacked(b"no archive", "other")
    with pytest.raises(zipfile.BadZipFile):
        check_unpacked(b"PK", "cut")


@pytest.mark.parametrize(
    "mask", [np.ones(1000, np.int64), np.int64(1), np.full((3, 3), "a"), np.ones((2, 1), np.int64)]
)
def test_masks_of_another_form(mask: np.ndarray) -> None:
    read = beside(READ["v1/model.commit"], lambda path: read_secret_model(path, MODEL))
    from fuzz.seeds_commitments import secret_model

    digest = np.load(as_path(secret_model()))["weights_sha256"]
    with pytest.raises(InvalidInput, match="mask of the wrong size"):
        read(archive(mask=mask, weights_sha256=digest))


def as_path(raw: bytes) -> Path:
    path = scratch() / "as_path.npz"
    path.write_bytes(raw)
    return path


def test_warnings_about_a_strangers_image_are_not_shown() -> None:
    from fuzz.seeds_commitments import picture, pictures

    raw = picture()
    chunk = b"\0\0\0\1acTL\0" + (0x3E5C3D26).to_bytes(4, "big")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        attempt(pictures, raw[:33] + chunk + raw[33:])


def weights_of(change: Callable[[onnx.TensorProto], object]) -> bytes:
    model = onnx.load_from_string(mlp())
    change(model.graph.initializer[0])
    return bytes(model.SerializeToString())


def external(tensor: onnx.TensorProto) -> None:
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


@pytest.mark.parametrize("kind", [99, onnx.TensorProto.UNDEFINED, onnx.TensorProto.STRING])
def test_stored_values_of_strange_types(kind: int) -> None:
    with pytest.raises(AssayError):
        split_model(weights_of(lambda tensor: setattr(tensor, "data_type", kind)))


def test_the_splitter_reads_no_other_file() -> None:
    with pytest.raises(InvalidInput, match="are in another file"):
        split_model(weights_of(external))


@pytest.mark.parametrize("field", ["input", "output"])
@pytest.mark.parametrize("op", ["Gemm", "MatMul", "Conv", "ConvTranspose"])
def test_multiplications_without_inputs_or_outputs(op: str, field: str) -> None:
    """Beside a node that is not supported, so that nothing has looked at their number before they are counted."""
    model = onnx.load_from_string(mlp())
    model.graph.node[1].op_type, model.graph.node[-1].op_type = "Det", op
    model.graph.node[-1].ClearField(field)
    outcome = attempt(check_model, bytes(model.SerializeToString()))
    assert outcome.fault is None


@pytest.mark.parametrize("answer", [[], {}, None, 2, [[]], "x", "0x", [[[["a"]]]], {"timestamp": None}, True])
def test_answers_of_a_hostile_node(answer: object) -> None:
    chain, raw = hostile_node.chain(), hostile_node.result(answer)
    asked = (
        *(chain.block_number, chain.now, chain.dev_signers, lambda: chain.balance(hostile_node.ADDRESS)),
        *(lambda: chain.codehash(hostile_node.ADDRESS), hostile_node.events),
    )
    for question in asked:
        assert attempt(hostile_node.asking(question), raw).fault is None


@pytest.mark.parametrize("kind", [AccuracyEscrow, PredictionEscrow, RetrievalEscrow, SampledEscrow])
def test_states_no_contract_has(kind: type) -> None:
    words = json.loads(hostile_node.words_of(kind.artifact_name, "job"))["result"]
    answer = hostile_node.result(f"0x{255:064x}{words[66:]}")
    with pytest.raises(ChainError):
        hostile_node.asking(lambda: hostile_node.client(kind).job(hostile_node.JOB))(answer)


@pytest.mark.parametrize("error", ["no", None, [1], {"code": "x", "message": None}, {"message": {"a": 1}}])
def test_refusals_in_any_form(error: object) -> None:
    raw = json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()
    refused(hostile_node.asking(hostile_node.chain().block_number), raw)


@pytest.mark.parametrize("change", [{"data": "0x"}, {"topics": [["0x"]]}, {"blockNumber": None}, {"topics": None}])
def test_logs_in_any_form(change: dict[str, object]) -> None:
    raw = hostile_node.result([hostile_node.log() | change])
    refused(hostile_node.asking(hostile_node.events), raw)


KEYSTORE_CHANGES = [
    ("c", 10**9),
    ("c", -1),
    ("c", True),
    ("dklen", 1 << 40),
    ("n", 1 << 40),
    ("r", 1 << 30),
    ("p", "x"),
]


@pytest.mark.parametrize(("name", "value"), KEYSTORE_CHANGES)
def test_keystores_may_not_ask_for_much(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "key.json"
    create_keystore(path, "password", key=b"\x01" * 32, iterations=2)
    stored = json.loads(path.read_text())
    stored["crypto"]["kdfparams"][name] = value
    path.write_text(json.dumps(stored))
    with pytest.raises(InvalidInput, match="key derivation no wallet uses"):
        load_keystore(path, "password")


def test_files_nested_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(as_file("key.json", lambda path: load_keystore(path, "password")), DEEP)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "X.json").write_bytes(DEEP)
    monkeypatch.setattr("escrow.artifacts.contracts_folder", lambda: tmp_path)
    with pytest.raises(MissingArtifact):
        load("X")


def test_endless_numbers_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    record = {"immutableReferences": {"a": [{"start": float("inf"), "length": 1}]}}
    (tmp_path / "out" / "X.json").write_text(json.dumps(record))
    monkeypatch.setattr("escrow.artifacts.contracts_folder", lambda: tmp_path)
    with pytest.raises(MissingArtifact):
        load("X")
    document = {"verdict": "proved", "prove_s": 10**400, "peak_memory_mb": float("inf"), "verify_s": float("nan")}
    assert as_file("prove.json", lambda path: read_timings(path, stamped=True))(json.dumps(document).encode())


@pytest.fixture
def high_limit() -> Iterator[None]:
    """The recursion limit that web3 sets, under which Python's decoder overruns its stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize("raw", [DEEP, b'{"result":' + DEEP, ('["\u2200",' + "[" * 100_000).encode("utf-16-le")])
def test_depth_does_not_end_the_process(raw: bytes, high_limit: None) -> None:
    """Answers of a node and of a service, problem documents, keystores, budgets: each was read by the bare decoder."""
    refused(hostile_node.asking(hostile_node.chain().block_number), raw)
    for name in ("response of the service", "question to the service", "budget", "options and problems"):
        target = next(target for target in TARGETS if target.name == name)
        for body in (raw, b"\0" + raw, b"\1" + raw):
            assert attempt(target.run, body).fault is None
