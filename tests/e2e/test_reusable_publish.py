"""Selling behind the verifier all circuits share: published, checked by rebuilding, settled with real proofs."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace

import pytest
from e2e_processes import Actor, wait_for
from e2e_settled import check_settled
from e2e_world import BUYER, NOBODY, SELLER, STAKE, TOTAL, World

from assay.cli import run
from escrow.code_check import CodeMismatch
from escrow.dev_accounts import dev_account
from escrow.parties.listing import Listing, check_listing, publish
from escrow.reusable import deploy_shared
from escrow.solc import compile_verifier
from proofs.errors import InvalidInput
from proofs.halo2.artefacts import build
from proofs.halo2.reusable import SOURCE_SHA256, reusable_key, shared_source
from protocols.accuracy.events import State


def actor(world: World, name: str, account: int | None, *words: object) -> Actor:
    """``assay`` as a process of its own; with an account, on the chain and answering a JSON file."""
    common: tuple[object, ...] = ()
    if account is not None:
        common = ("--rpc", world.chain.url, "--dev-account", account, "--json", world.root / f"{name}.json")
    command = [sys.executable, "-m", "assay", *(str(word) for word in (*words, *common))]
    return Actor(name, command, world.root / f"{name}.log")


def done(*actors: Actor) -> None:
    for each in actors:
        each.start()
    wait_for(*actors)


def put_on_sale(world: World, *, known: Listing | None = None, verifier: str | None = None) -> Listing:
    return publish(
        world.chain,
        world.seller,
        world.model.commitment,
        world.escrow,
        STAKE,
        known=known,
        reusable=True,
        verifier=verifier,
    )


def test_published_once_checked_by_rebuilding_and_told_apart(world: World) -> None:
    """Key and adapter are all a seller deploys; the buyer compares both digests with its own build's."""
    source = reusable_key(build(world.model.description)).source
    shared = deploy_shared(world.chain, dev_account(world.chain, NOBODY), compile_verifier(source))
    seller = str(world.seller.address)
    listing = put_on_sale(world, verifier=shared.lower())
    assert world.deployments(seller) == 2
    assert put_on_sale(world, known=listing, verifier=shared.lower()) == listing
    assert put_on_sale(world, known=listing) == listing
    assert put_on_sale(world, verifier=shared) == listing
    assert world.deployments(seller) == 2
    found = check_listing(world.chain, Listing.from_bytes(listing.to_bytes())).deployment
    key = reusable_key(build(world.model.description))
    assert (found.verifier, found.vka_digest) == (shared, key.digest)
    own = publish(world.chain, world.seller, world.model.commitment, world.escrow, STAKE, known=listing)
    assert own.adapter != listing.adapter and check_listing(world.chain, own).deployment.vka is None
    with pytest.raises(CodeMismatch, match="shared verifier"):
        put_on_sale(world, known=listing, verifier=str(world.escrow.address))
    for wrong in (world.escrow.address, shared, found.vka):
        with pytest.raises(CodeMismatch, match="verifier adapter"):
            check_listing(world.chain, replace(listing, adapter=str(wrong)))


def test_verifier_without_reusable_is_refused_before_anything_is_sent(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--commit", str(world.root / "seller" / "model.commit"), "--escrow", world.escrow.address, "--stake", "1"]
    places = ["-o", str(world.root / "m"), "--rpc", world.chain.url, "--dev-account", str(SELLER)]
    assert run(["seller", "publish", *chosen, *places, "--verifier", "0x" + "11" * 20]) == InvalidInput.exit_code
    assert "--reusable" in capsys.readouterr().err
    assert world.deployments(str(world.seller.address)) == 0


@pytest.mark.slow
def test_a_whole_audit_by_commands(world: World) -> None:
    """Also that this ezkl writes, for any circuit, the source whose digest is known."""
    assert hashlib.sha256(shared_source().encode()).hexdigest() == SOURCE_SHA256
    root = world.root
    listing, model = root / "model.listing", root / "seller" / "model.commit"
    done(actor(world, "shared", NOBODY, "deploy", "--for", "verifier"))
    shared = json.loads((root / "shared.json").read_text())["shared_verifier"]
    chosen = ("--commit", model, "--escrow", world.escrow.address, "--stake", STAKE, "-o", listing)
    published = actor(world, "publish", SELLER, "seller", "publish", *chosen, "--reusable", "--verifier", shared)
    data = ("commit", "data", root / "data.npz", "--format", model, "-o", root / "data.commit")
    done(published, actor(world, "data", None, *data))
    assert check_listing(world.chain, Listing.from_bytes(listing.read_bytes())).deployment.verifier == shared
    served = ("--listing", listing, "--model", root / "model.onnx", "--commit", model, "--channel", world.channel)
    seller = actor(world, "run", SELLER, "seller", "run", *served, "--state", root / "seller" / "jobs")
    wanted = ("--listing", listing, "--data-commit", root / "data.commit", "--target", TOTAL - 1, "--window", 3600)
    places = ("--channel", world.channel, "--state", root / "buyer" / "jobs")
    done(seller, actor(world, "audit", BUYER, "buyer", "audit", *wanted, *places))
    check_settled(world, State.COMPLETED)
