"""Chains of renewals in a model's commitment: a root is trusted once its link is verified, the id is the first's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chain_kit import chain, flipped, head, links, malformed, new_model, read, refused, same_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from renewal_kit import FAST, P

from proofs.errors import AssayError, RejectedProof
from proofs.sumcheck.ligero.commit import commit_hiding
from proofs.sumcheck.renewal.pair import Side, make_pair
from proofs.sumcheck.renewal.prover import draw_mask, equality_prover
from proofs.sumcheck.transcript import run_prover
from proofs.sumcheck_backend import lineage
from proofs.sumcheck_backend.lineage import Earlier, Root
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import SecretNetwork


def test_a_chain_of_three_verifies() -> None:
    models = chain()
    first, last = models[0].commitment, models[-1].commitment
    assert len({model.commitment.weights_commitment for model in models}) == len({m.seed for m in models}) == 4
    for model in models:
        own = model.commitment
        found = NetworkCommitment.from_bytes(own.to_bytes())
        assert found == own and found.to_bytes() == own.to_bytes()
        assert own.model_id == first.model_id and own.first == first.current
        assert own.hiding and own.block == first.block and same_weights(model, models[0])
    assert last.roots == tuple(model.commitment.current for model in models)
    assert head(models[-1]) == head(models[0]) and links(models[-1])[:2] == links(models[2])
    assert not links(models[0])


def test_an_owner_is_changed_and_the_chain_stays() -> None:
    own = chain()[2].commitment.owned_by(b"\1" * 20)
    assert NetworkCommitment.from_bytes(own.to_bytes()) == own
    assert own.model_id != chain()[2].commitment.model_id == chain()[0].commitment.model_id


def test_the_commitment_under_each_of_its_roots() -> None:
    models = chain()
    last = models[-1].commitment
    for model in models:
        own = model.commitment
        assert last.under(own.weights_commitment) == own
    assert last.under(bytes(32)) is last
    assert models[1].commitment.under(last.weights_commitment) is models[1].commitment


def test_links_are_in_order_and_all_there() -> None:
    models = chain()
    own, renewals = head(models[0]), links(models[-1])
    assert read([*own, *renewals]).current == models[-1].commitment.current
    refused([*own, renewals[1]], "opening-value", 0)
    refused([*own, renewals[0], renewals[2]], "opening-value", 1)
    refused([*own, renewals[1], renewals[0], renewals[2]], "opening-value", 0)
    refused([*own, *renewals, renewals[2]], "renewal-root", 3)
    refused([*own, renewals[0], renewals[0]], "renewal-root", 1)
    assert read([*own, *renewals[:2]]) == models[2].commitment


def test_chains_of_other_models() -> None:
    models, others = chain(), chain(1, seed=1)
    refused([*head(models[0]), *links(others[1])], "opening-value", 0)
    refused([*head(others[0]), *links(models[1])], "opening-value", 0)
    refused([*head(models[0]), *links(models[1]), *links(others[1])], "opening-value", 1)
    again = chain(1, seed=2)  # the same name of a model in nothing: other weights, other root
    refused([*head(again[0]), *links(others[1])], "opening-value", 0)


@pytest.mark.parametrize(
    ("place", "check"),
    [(0, "opening-value"), (36, "opening-value"), (68, "opening-value"), (84, "opening-value"), (-1, "opening-root")],
)
@pytest.mark.parametrize("index", [0, 1])
def test_one_bit_of_a_link(place: int, check: str, index: int) -> None:
    """Root, mask's root, value, combination, columns."""
    models = chain()
    found = [*head(models[0]), *links(models[2])]
    name, payload = found[2 + index]
    found[2 + index] = (name, flipped(payload, place))
    refused(found, check, index)


def test_sections_of_another_form() -> None:
    models = chain()
    own, (first, second) = head(models[0]), links(models[2])
    malformed([*own, (b"SHRD", first[1])], "only renewals")
    malformed([*own, first, own[1]], "only renewals")
    malformed([first, *own], "HEAD and CIRC, in this order")
    malformed([own[0], first, own[1]], "HEAD and CIRC, in this order")
    for length in (0, 36):
        malformed([*own, (b"RENW", first[1][:length])], f"renewal 0 has {length} bytes")
    malformed([*own, (b"RENW", first[1][:100])], "renewal 0: proof ends")
    malformed([*own, first, (b"RENW", second[1] + b"\0")], "renewal 1: proof has 1 bytes after")
    malformed([*own, first, (b"RENW", second[1][:-1])], "renewal 1: proof ends")


def test_lengths_of_chains_and_links_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    models = chain()
    own, (first, second) = head(models[0]), links(models[2])
    malformed([*own, *[first] * 65], "65 renewals; no more than 64")
    monkeypatch.setattr(lineage, "MAX_PROOF_BYTES", len(second[1]) - 37)
    malformed([*own, first, second], "renewal [01] has")


@pytest.mark.parametrize("block", [0, 128, 768, 2048])
def test_blocks_no_rows_have(block: int) -> None:
    models = chain()
    ((name, payload),) = links(models[1])
    refused([*head(models[0]), (name, payload[:32] + block.to_bytes(4, "big") + payload[36:])], "renewal-blocks", 0)


def test_a_block_of_another_length_is_another_claim() -> None:
    models = chain()
    ((name, payload),) = links(models[1])
    refused([*head(models[0]), (name, payload[:32] + (512).to_bytes(4, "big") + payload[36:])], "opening-value", 0)


def test_what_hides_nothing_is_not_renewed() -> None:
    plain, other = new_model(proofs=0), chain()[1]
    refused([*head(plain), *links(other)], "renewal-blocks", 0)


def forged(model: SecretNetwork, change: int) -> NetworkCommitment:
    """Other weights under a new root, and the proof an honest prover's code would make of them."""
    own, old = model.commitment, model.matrix()
    entries = old.rows.copy()
    entries[0, 3] = (int(entries[0, 3]) + change) % P
    new = commit_hiding(FAST, entries.reshape(-1), b"n" * 32, own.log_columns, own.block)
    pair = make_pair(own.log_columns, own.rows, Side(old.root, own.block), Side(new.root, own.block))
    prover = equality_prover(FAST, pair, old, new, draw_mask(FAST, pair, b"m" * 32))
    proof, _ = run_prover([(prover, FAST.scalars)], pair.transcript())
    return own.renewed(Root(new.root, own.block), proof)


def test_one_weight_changed_is_no_renewal() -> None:
    model = chain()[0]
    assert NetworkCommitment.from_bytes(forged(model, 0).to_bytes()).model_id == model.commitment.model_id
    for change in (1, P - 1):
        with pytest.raises(RejectedProof) as error:
            NetworkCommitment.from_bytes(forged(model, change).to_bytes())
        assert error.value.check == "opening-value"


def test_a_root_without_a_proof_is_never_current() -> None:
    own = chain()[0].commitment
    for lie in (
        replace(own, weights_commitment=bytes(32), earlier=(Earlier(own.current, bytes(100)),)),
        own.renewed(Root(bytes(32), own.block), links(chain()[1])[0][1][36:]),
    ):
        assert lie.model_id == own.model_id
        with pytest.raises(Exception, match=r"renewal 0"):
            NetworkCommitment.from_bytes(lie.to_bytes())


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_hostile_bytes_are_refused_as_such(choice: st.DataObject) -> None:
    """Nothing but the project's errors, and nothing renewed that was not."""
    models = chain()
    raw = models[2].commitment.to_bytes()
    place = choice.draw(st.integers(0, len(raw) - 1))
    spoilt = choice.draw(st.sampled_from([flipped(raw, place), raw[:place], raw + raw[place:], raw[:12] + raw[place:]]))
    try:
        found = NetworkCommitment.from_bytes(spoilt)
    except AssayError:
        return
    assert found.to_bytes() == spoilt and found.roots[1:] == models[2].commitment.roots[1:]


def test_too_few_bits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "SOUNDNESS_BITS", 120)
    refused([*head(chain()[0]), *links(chain()[1])], "soundness", 0)
