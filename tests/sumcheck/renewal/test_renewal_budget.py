"""What a renewal costs, that it is written down first, and that one commitment has one renewal."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from chain_kit import chain, new_model, same_weights, spent
from helpers.tiny_hiding import hiding_subject
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import CONTEXT, question

from proofs.budget import Budget
from proofs.commitment.secret_files import secret_path
from proofs.errors import BudgetSpent, InvalidInput, RejectedProof
from proofs.sumcheck.renewal.pair import Side, make_pair
from proofs.sumcheck_backend import renewal, resume
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.renewal import mask_seed, new_seed, renew
from proofs.sumcheck_backend.secret_network import read_secret_network, write_secret_network
from proofs.sumcheck_backend.spending import model_budget
from proofs.sumcheck_backend.verifying import verify


def test_a_renewal_takes_one_opening_of_each() -> None:
    model = new_model()
    made = renew(model)
    assert (spent(model), spent(made.secret), made.again) == (1, 1, False)
    assert made.worst_bits >= made.total_bits >= 100
    assert made.proof_bytes == len(made.secret.commitment.earlier[0].proof)
    budget = model_budget(made.secret.commitment)
    assert budget is not None and (budget.limit, budget.left) == (3, 2)
    assert made.secret.seed != model.seed and same_weights(made.secret, model)
    assert made.secret.matrix().root == made.secret.commitment.weights_commitment


def test_the_opening_kept_is_enough_and_proofs_do_not_take_it() -> None:
    model = new_model()
    budget = model_budget(model.commitment)
    assert budget is not None
    budget.spend("proofs", budget.left)
    with pytest.raises(BudgetSpent, match="one opening is kept for that"):
        budget.spend("one more")
    made = renew(model)
    assert spent(model) == 4 and model_budget(made.secret.commitment).left == 2


def test_the_same_renewal_again_is_the_same_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a crash between writing down and writing out."""
    model = new_model()

    def crash(*_: object) -> bytes:
        assert spent(model) == 1, "the proof is begun before it is paid for"
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(renewal, "prove_equal", crash)
        with pytest.raises(KeyboardInterrupt):
            renew(model)
    one, two = renew(model), renew(model)
    assert one.again and two.again and (spent(model), spent(one.secret)) == (1, 1)
    assert one.secret.commitment == two.secret.commitment and one.secret.seed == two.secret.seed


def test_a_crash_between_the_two_journals(monkeypatch: pytest.MonkeyPatch) -> None:
    model = new_model()
    written = Budget.spend_once

    def first_only(self: Budget, kind: str, purpose: str, openings: int = 1) -> bool:
        if kind == renewal.BIRTH:
            raise KeyboardInterrupt
        return written(self, kind, purpose, openings)

    with monkeypatch.context() as patch:
        patch.setattr(Budget, "spend_once", first_only)
        with pytest.raises(KeyboardInterrupt):
            renew(model)
    made = renew(model)
    assert made.again and (spent(model), spent(made.secret)) == (1, 1)


def test_seeds_are_of_one_renewal() -> None:
    """One model's seed, and other roots or blocks: never the same blocks behind rows, never one mask for two proofs."""
    model = new_model()
    other = replace(model, commitment=replace(model.commitment, weights_commitment=bytes(32)))
    roots = [bytes([place]) * 32 for place in range(3)]
    pairs = [make_pair(10, 1, Side(old, 1024), Side(new, 1024)) for old in roots for new in roots if old != new]
    seeds = [new_seed(model, 1024), new_seed(model, 512), new_seed(other, 1024), model.seed]
    seeds += [mask_seed(model, pair) for pair in pairs]
    assert len(set(seeds)) == 4 + 6 and {len(seed) for seed in seeds} == {32}


def test_a_fork_is_refused() -> None:
    """Another block is another matrix: it would open the old one again."""
    model = new_model(log_columns=12, proofs=5)
    made = renew(model)
    root = made.secret.commitment.weights_commitment.hex()
    with pytest.raises(BudgetSpent, match=f"has spent its one renewal: to 0x{root}; there is no second"):
        renew(model, block=2048)
    assert spent(model) == 1


def test_another_block_costs_what_it_shows() -> None:
    model = new_model(log_columns=12, proofs=5)
    assert model.commitment.block == 1024
    made = renew(model, block=2048)
    assert made.secret.commitment.block == 2048 and made.secret.commitment.model_id == model.commitment.model_id
    assert (spent(model), spent(made.secret)) == (2, 2)


def test_too_little_left_for_another_block() -> None:
    model = new_model(log_columns=12, proofs=5)
    budget = model_budget(model.commitment)
    assert budget is not None
    budget.spend("proofs", budget.left)
    with pytest.raises(BudgetSpent, match="2 more are needed, 1 left"):
        renew(model, block=2048)
    assert not renew(model).again


def test_a_matrix_that_hides_no_proof_is_not_made() -> None:
    model = new_model()
    for block, words in ((256, "hides no proof after"), (300, "no random blocks of 300"), (0, "hides nothing")):
        with pytest.raises(InvalidInput, match=words):
            renew(model, block=block)
    assert spent(model) == 0


def test_commitments_that_cannot_be_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="hides nothing"):
        renew(new_model(proofs=0))
    model = chain()[1]
    monkeypatch.setattr(renewal, "MAX_RENEWALS", 1)
    with pytest.raises(InvalidInput, match="no chain is longer"):
        renew(model)
    monkeypatch.undo()
    monkeypatch.setattr(renewal, "SOUNDNESS_BITS", 120)
    fresh = new_model()
    with pytest.raises(InvalidInput, match="bits of soundness"):
        renew(fresh)
    assert spent(fresh) == 0


def test_files_of_a_renewed_model(tmp_path: Path) -> None:
    model = new_model()
    write_secret_network(tmp_path / "old.commit", model)
    made = renew(read_secret_network(tmp_path / "old.commit", None)).secret
    write_secret_network(tmp_path / "new.commit", made)
    assert stat.S_IMODE(secret_path(tmp_path / "new.commit").stat().st_mode) == 0o600
    read = read_secret_network(tmp_path / "new.commit", mlp(0))
    assert read.commitment == made.commitment and read.matrix().root == made.commitment.weights_commitment
    (tmp_path / "new.commit").write_bytes(model.commitment.to_bytes())
    with pytest.raises(InvalidInput, match="not of this commitment"):
        renew(read_secret_network(tmp_path / "new.commit", None))


def test_proofs_before_and_after_a_renewal() -> None:
    """An old proof verifies with the old file and the new; a new one with the new file alone."""
    own = hiding_subject(public=True)
    made = renew(own.model).secret
    proofs = []
    for model in (own.model, made):
        done = prove(model, own.examples, own.data, question("score"), shard=5, context=CONTEXT)
        resume.forget(done.bundle.statement)
        proofs.append(done.bundle)
    before, after = proofs
    assert before.statement.model == after.statement.model == own.model.commitment.model_id
    assert (before.statement.weights, after.statement.weights) == (
        own.model.commitment.weights_commitment,
        made.commitment.weights_commitment,
    )
    for bundle, model in ((before, own.model), (before, made), (after, made)):
        verify(bundle, model.commitment, own.data)
    with pytest.raises(RejectedProof) as error:
        verify(after, own.model.commitment, own.data)
    assert error.value.check == "statement-weights"
