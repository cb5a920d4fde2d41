"""Games of protocol A' on a real chain: each event as the transaction that is it, golden proofs, real ciphertexts."""

from __future__ import annotations

from dataclasses import dataclass

from golden_job import BUYER, DAY_S, DEPLOYER, ESCROW_ADDRESS, FEE_RECIPIENT, NONCE, SELLER, STRANGER
from raw_chain import Mined, RawChain, transaction
from sampled_golden import BATCH, FALSE_VIEW, FORMAT, SAMPLE, GoldenSampled
from sampled_goods import SampledGoods

from escrow.chain import Chain
from escrow.deployment import CircuitDeployment, deploy_circuit
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from escrow.solc import compile_verifier
from protocols.games.render import function_name
from protocols.sampled.drawing import drawn
from protocols.sampled.events import (
    Accept,
    Complain,
    Complaint,
    Event,
    HandOver,
    Open,
    PostCiphertext,
    Proceed,
    RevealKey,
    SubmitBatch,
)
from protocols.sampled.machine import JobState
from protocols.sampled.paths import Role, Scenario, Step
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms

MIN_WINDOW_S = 60
STAKE_WEI = 10**18
START = 2_000_000_000
"""Chain time of every opening, Unix seconds: after any block that deployment can have made."""
TARGETS = {"one proof is enough": 2, "every proof is needed": 3, "missed by one example": 4, "a false view": 3}
GAMES = tuple(TARGETS)


@dataclass(frozen=True)
class SampledStage:
    """A chain on which the golden job can be opened."""

    chain: Chain
    registry: ModelRegistry
    escrow: SampledEscrow
    circuit: CircuitDeployment
    golden: GoldenSampled

    def account(self, place: int) -> str:
        """A development account's address."""
        return self.chain.dev_signers()[place].address

    def terms(self, name: str) -> SampledTerms:
        """The terms of one of ``GAMES``."""
        digests = self.golden.digests
        windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
        return SampledTerms(
            buyer=self.account(BUYER),
            seller=self.account(SELLER),
            model_id=digests["model_id"],
            nonce=NONCE,
            data_root=self.golden.data_root(name == "a false view"),
            format_digest=FORMAT.digest,
            total=len(self.golden.right),
            batch=BATCH,
            sample=len(SAMPLE),
            target=TARGETS[name],
            verifier=self.circuit.adapter,
            verifier_codehash=self.circuit.adapter_codehash,
            srs_digest=digests["srs_digest"],
            example_cost=3 * 10**15,
            proving_cost=2 * 10**15,
            inference_cost=10**15,
            fee=10**16,
            fee_recipient=self.account(FEE_RECIPIENT),
            min_stake=STAKE_WEI,
            max_aborts=0,
            **windows,
        )


def prepare_games(url: str, golden: GoldenSampled) -> SampledStage:
    """Deploy everything on a fresh anvil, at the address the golden tag was made for."""
    chain = Chain.connect(url)
    signers = chain.dev_signers()
    registry = ModelRegistry.deploy(chain, signers[DEPLOYER], 7 * DAY_S)
    escrow = SampledEscrow.deploy(chain, signers[DEPLOYER], registry.address, MIN_WINDOW_S)
    assert escrow.address == ESCROW_ADDRESS
    stored, digests = golden.stored, golden.digests
    circuit = deploy_circuit(
        chain,
        signers[DEPLOYER],
        compile_verifier(golden.source),
        binding=stored["binding"],
        points=stored["points"],
        scale_bits=stored["scale_bits"],
    )
    names = ("architecture_digest", "weights_commitment", "quantisation_digest", "format_digest")
    model_id, _ = registry.register(signers[SELLER], *(digests[name] for name in names), stake_wei=STAKE_WEI)
    assert model_id == digests["model_id"]
    return SampledStage(chain, registry, escrow, circuit, golden)


def game_of(stage: SampledStage, name: str) -> SampledGame:
    """One of ``GAMES``; the seed is one that draws the golden sample."""
    terms = stage.terms(name)
    job_id = stage.escrow.job_id_of(terms)
    seeds = (number.to_bytes(32, "big") for number in range(10_000))
    false_view = name == "a false view"
    goods = SampledGoods(stage.golden, false_view, job_id, bytes.fromhex(terms.buyer[2:]))
    scenario = Scenario(
        name=name,
        terms=terms,
        stranger=stage.account(STRANGER),
        right=stage.golden.right,
        false_view=FALSE_VIEW if false_view else None,
        start=START,
        seed=next(seed for seed in seeds if drawn(terms, job_id, seed) == SAMPLE),
        job_id=job_id,
        words=goods.words(),
        min_window=MIN_WINDOW_S,
    )
    return SampledGame(stage, scenario, goods)


class SampledGame:
    """The job of one scenario on a prepared chain."""

    def __init__(self, stage: SampledStage, scenario: Scenario, goods: SampledGoods) -> None:
        self.stage, self.scenario, self.goods = stage, scenario, goods
        self.raw = RawChain(stage.chain)
        self.addresses = {role: scenario.address(role) for role in Role}
        self._encoded: dict[tuple[Event, bytes], str] = {}

    def play(self, step: Step, job: JobState) -> Mined:
        """Mine the step, made in ``job``, in a block of its own at exactly ``step.time``."""
        return self.raw.mine(self._call(step, job), step.time)

    def refusal(self, step: Step, job: JobState) -> str | None:
        """Name of the error that refuses the step at its time, without mining it; None if it would count."""
        return self.raw.refusal(self._call(step, job), step.time)

    def data(self, function: str, *args: object) -> str:
        """Call data of an escrow function."""
        return str(self.stage.escrow.contract.encode_abi(function, list(args)))

    def _call(self, step: Step, job: JobState) -> dict[str, str]:
        event, root = step.event, job.ciphertext_root
        if (event, root) not in self._encoded:
            self._encoded[event, root] = self._encode(event, root)
        value = event.value if isinstance(event, Open | Accept) else 0
        return transaction(event.sender, self.stage.escrow.address, self._encoded[event, root], value)

    def _encode(self, event: Event, root: bytes) -> str:
        if isinstance(event, Open):
            return self.data("open", self.scenario.terms.as_abi_tuple())
        return self.data(_function(event), self.scenario.job_id, *self._arguments(event, root))

    def _arguments(self, event: Event, root: bytes) -> tuple[object, ...]:
        """What a move says besides the job."""
        match event:
            case PostCiphertext():
                return event.sample_key, self.goods.texts(root, event.matches), b""
            case Complain():
                return self.goods.complaint(event, root)
            case SubmitBatch():
                return (self._batch(event),)
            case _:
                return _words(event, self.scenario.seed)

    def _batch(self, event: SubmitBatch) -> tuple[object, ...]:
        """The golden proof the event speaks of; an invalid one has its last byte changed or claims another count.

        Nothing is proven on other examples than pairs of the rest: there some proof stands for one.
        """
        golden, known = self.stage.golden, self.stage.golden.pairs
        pair = known.get(event.indices) or next(iter(known.values()))
        if event.valid and event.indices in known and event.count != pair.count:
            raise ValueError(f"no golden proof shows {event}")
        tampered = not event.valid and event.count == pair.count
        proof = pair.proof[:-1] + bytes([pair.proof[-1] ^ 1]) if tampered else pair.proof
        note = golden.digests["note"]
        return (list(event.indices), *self.goods.openings(event.indices), note, pair.tag_hash, event.count, proof)


def _words(event: Event, seed: bytes) -> tuple[object, ...]:
    """The arguments of a move that consist of its own words."""
    match event:
        case Accept():
            return (event.seed,)
        case HandOver():
            hashes = (event.sample_key_hash, event.rest_key_hash)
            return (seed if event.seed_fits else bytes(32), event.ciphertext_root, event.chunk_count, *hashes)
        case Proceed():
            return (event.ciphertext_root,)
        case RevealKey():
            return (event.key,)
        case _:
            return ()


def _function(event: Event) -> str:
    """The contract's name of a move."""
    if isinstance(event, Complain):
        return "complainDecryption" if event.kind is Complaint.DECRYPTION else "complainView"
    return function_name(event)
