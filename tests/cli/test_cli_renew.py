"""``assay renew model``: another root and budget under the id there was, and nothing written over."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from cli_kit import assay
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import inputs

from proofs.commitment.secret_files import secret_path
from proofs.sumcheck_backend.secret_network import read_network_commitment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model committed in it."""
    (tmp_path / "m.onnx").write_bytes(mlp(0))
    np.savez(tmp_path / "c.npz", x=inputs(64, 9)[0])
    wanted = ("--backend", "sumcheck", "--calibrate", tmp_path / "c.npz", "--log-columns", 10)
    done = assay("commit", "model", tmp_path / "m.onnx", "-o", tmp_path / "old.commit", *wanted, "--proofs", 3)
    assert done.code == 0, done.err
    return tmp_path


def test_a_model_is_renewed_twice(folder: Path) -> None:
    old, new, newest = (folder / name for name in ("old.commit", "new.commit", "newest.commit"))
    before = old.read_bytes(), secret_path(old).read_bytes()
    done = assay("renew", "model", old, "-o", new, "--json", "-")
    assert done.code == 0, done.err
    first, found = read_network_commitment(old), read_network_commitment(new)
    told = done.document
    assert told["model_id"] == "0x" + first.model_id.hex() == "0x" + found.model_id.hex()
    assert told["weights_before"] == "0x" + first.weights_commitment.hex()
    assert told["weights"] == "0x" + found.weights_commitment.hex() != told["weights_before"]
    assert (told["renewals"], told["again"], told["zero_knowledge"]) == (1, False, True)
    assert (told["proof_budget"], told["proof_budget_left"], told["proof_budget_left_before"]) == (3, 2, 2)
    assert told["worst_round_bits"] >= 100 and told["proof_bytes"] == len(found.earlier[0].proof)
    assert "unchanged" in done.err and "2 more proofs" in done.err
    assert stat.S_IMODE(secret_path(new).stat().st_mode) == 0o600
    assert before == (old.read_bytes(), secret_path(old).read_bytes())
    done = assay("renew", "model", new, "-o", newest, "--json", "-")
    assert done.document["renewals"] == 2 and done.document["model_id"] == told["model_id"]
    explained = assay("explain", newest, "--json", "-")
    assert explained.document["renewals"] == 2 and "renewed 2 times" in explained.err
    assert [root.root for root in read_network_commitment(newest).roots][:2] == [
        first.weights_commitment,
        found.weights_commitment,
    ]


def test_the_same_renewal_again_is_said_to_be_so(folder: Path) -> None:
    old = folder / "old.commit"
    assert assay("renew", "model", old, "-o", folder / "one.commit").code == 0
    done = assay("renew", "model", old, "-o", folder / "two.commit", "--json", "-")
    assert done.document["again"] and "made before" in done.err
    assert (folder / "one.commit").read_bytes() == (folder / "two.commit").read_bytes()


def test_nothing_is_written_over(folder: Path) -> None:
    old, new = folder / "old.commit", folder / "new.commit"
    kept = secret_path(old).read_bytes()
    assay("renew", "model", old, "-o", old, "--json", "-").refused(4, "name another file")
    assay("renew", "model", old, "-o", old, "--force", "--json", "-").refused(4, "name another file")
    assert secret_path(old).read_bytes() == kept
    assert assay("renew", "model", old, "-o", new).code == 0
    assay("renew", "model", old, "-o", new, "--json", "-").refused(4, "is not renewed twice")
    assert assay("renew", "model", old, "-o", new, "--force").code == 0


def test_what_cannot_be_renewed(folder: Path) -> None:
    old, out = folder / "old.commit", folder / "new.commit"
    wanted = ("--backend", "sumcheck", "--calibrate", folder / "c.npz", "--log-columns", 10, "--no-zk")
    assert assay("commit", "model", folder / "m.onnx", "-o", folder / "open.commit", *wanted).code == 0
    assay("renew", "model", folder / "open.commit", "-o", out, "--json", "-").refused(4, "hides nothing")
    assay("renew", "model", folder / "m.onnx", "-o", out, "--json", "-").refused(4, "no commitment for the sumcheck")
    assay("renew", "model", folder / "none.commit", "-o", out, "--json", "-").refused(8, "does not exist")
    assert assay("renew", "model", old, "-o", out).code == 0
    secret_path(out).unlink()
    assay("renew", "model", out, "-o", folder / "third.commit", "--json", "-").refused(8, "does not exist")
    raw = bytearray(out.read_bytes())
    raw[-1] ^= 1
    out.write_bytes(raw)
    assay("renew", "model", out, "-o", folder / "third.commit", "--json", "-").refused(2, "opening-root")


def test_a_secret_part_is_not_written_over_by_a_proof(folder: Path) -> None:
    secret = secret_path(folder / "old.commit")
    before = secret.read_bytes()
    refused = assay(
        "prove", "inference", "--model", folder / "m.onnx", "--commit", folder / "other.commit",
        "--data", folder / "c.npz", "-o", secret,
    )  # fmt: skip
    assert refused.code == 4 and "is a commitment's secret part" in refused.err.replace("\n", " ")
    assert secret.read_bytes() == before
