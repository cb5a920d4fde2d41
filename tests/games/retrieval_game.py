"""Games of retrieval on a real chain: each event as the transaction that is it, golden proofs, real documents."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golden_job import BUYER, DAY_S, DEPLOYER, FEE_RECIPIENT, SELLER, STRANGER
from golden_search import ABSENT, BATCH, FOUND, NONCE, RETRIEVAL_ADDRESS, SCALE_BITS, TOTAL, VIEW, GoldenSearch, note_of
from raw_chain import Mined, RawChain, transaction
from retrieval_goods import FALSE_DOCUMENT, Goods, committed

from escrow.chain import Chain
from escrow.deployment import binding_code
from escrow.dev_clock import advance_to, mine
from escrow.outputs_adapter import Halo2OutputsAdapter
from escrow.retrieval import RetrievalEscrow
from escrow.solc import compile_verifier
from protocols.games.render import function_name
from protocols.retrieval.events import (
    Accept,
    Acknowledge,
    ComplainDecryption,
    ComplainView,
    Deliver,
    Draw,
    Event,
    Open,
    Reveal,
    SubmitBatch,
    TopUp,
)
from protocols.retrieval.machine import JobState
from protocols.retrieval.paths import Role, Scenario, Step
from protocols.retrieval.terms import WINDOW_FIELDS, Predicate, RetrievalTerms
from protocols.solidity import ZERO_ADDRESS

MIN_WINDOW_S = 60
START = 2_000_000_000
"""Chain time of every opening, Unix seconds: after any block that deployment can have made."""
USED_KEY_HASH = b"\xbb" * 32
HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935"  # EIP-2935: answers for 8,191 block hashes
KEPT_BLOCKS = 256  # without it
GAMES = ("within the cap", "over the cap", "nothing found", "a false view", "a random sample")


@dataclass(frozen=True)
class RetrievalStage:
    """A chain on which the golden search can be bought; the responder has posted ``USED_KEY_HASH`` once."""

    chain: Chain
    escrow: RetrievalEscrow
    adapter: Halo2OutputsAdapter
    golden: GoldenSearch

    def account(self, place: int) -> str:
        """A development account's address."""
        return self.chain.dev_signers()[place].address

    def terms(self, **changes: object) -> RetrievalTerms:
        """The golden search's terms for this deployment."""
        golden, windows = self.golden, dict.fromkeys(WINDOW_FIELDS, DAY_S)
        corpus, _ = committed(false_view=False)
        terms = RetrievalTerms(
            requester=self.account(BUYER),
            responder=self.account(SELLER),
            model_id=golden.model_id,
            weights_commitment=golden.weights_commitment,
            nonce=NONCE,
            corpus_root=corpus.commitment.root,
            format_digest=VIEW.digest,
            total=TOTAL,
            batch=BATCH,
            predicate=Predicate.CLASS,
            outputs=golden.outputs,
            selected=FOUND,
            threshold=0,
            scale_bits=SCALE_BITS,
            verifier=self.adapter.address,
            verifier_codehash=self.chain.codehash(self.adapter.address),
            srs_digest=golden.srs_digest,
            token=ZERO_ADDRESS,
            proving_cost=10**14,
            base_fee=10**15,
            price=3 * 10**14,
            cap=2,
            deposit=5 * 10**15,
            fee=10**13,
            fee_recipient=self.account(FEE_RECIPIENT),
            **windows,
        )
        return replace(terms, **changes)

    def sample(self, **changes: object) -> RetrievalTerms:
        """The same as a random audit of everything."""
        none = {"outputs": 0, "selected": 0, "scale_bits": 0, "verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32)}
        return self.terms(**{**none, "predicate": Predicate.SAMPLE, "cap": TOTAL, **changes})


def prepare_retrieval(url: str, golden: GoldenSearch) -> RetrievalStage:
    """Deploy everything on a fresh anvil, at the address the golden tag was made for."""
    chain = Chain.connect(url)
    deployer = chain.dev_signers()[DEPLOYER]
    escrow = RetrievalEscrow.deploy(chain, deployer, MIN_WINDOW_S)
    assert escrow.address == RETRIEVAL_ADDRESS
    compiled = compile_verifier(golden.source)
    verifier, _ = chain.deploy(deployer, compiled.abi, compiled.bytecode, step="verifier.deploy")
    adapter = Halo2OutputsAdapter.deploy(
        chain,
        deployer,
        verifier=verifier,
        codehash=compiled.codehash,
        binding=binding_code(golden.binding),
        points=golden.points,
    )
    RawChain(chain).rpc("anvil_setCode", HISTORY, "0x")  # so that a draw lapses within a test's patience
    stage = RetrievalStage(chain, escrow, adapter, golden)
    _use_key_hash(stage)
    return stage


def _use_key_hash(stage: RetrievalStage) -> None:
    """An earlier job of the same responder, in which it delivers under ``USED_KEY_HASH`` and nobody acknowledges."""
    chain, escrow = stage.chain, stage.escrow
    requester, responder = chain.dev_signers()[BUYER], chain.dev_signers()[SELLER]
    terms = stage.sample(nonce=NONCE + 1)
    job_id, _ = escrow.open(requester, terms)
    escrow.accept(responder, terms)
    for _ in range(3):
        mine(chain)
    escrow.draw(requester, job_id)
    escrow.deliver(responder, job_id, USED_KEY_HASH, bytes(32), TOTAL)
    advance_to(chain, chain.now() + 2 * DAY_S)
    escrow.finalise(requester, job_id)
    for place in (BUYER, SELLER, FEE_RECIPIENT):
        escrow.withdraw(chain.dev_signers()[place])


def game_of(stage: RetrievalStage, name: str) -> RetrievalGame:
    """One of ``GAMES``."""
    corpus, chunks = committed(false_view=name == "a false view")
    root = corpus.commitment.root
    terms = {
        "within the cap": stage.terms(),
        "over the cap": stage.terms(cap=1),
        "nothing found": stage.terms(selected=ABSENT),
        "a false view": stage.terms(corpus_root=root),
        "a random sample": stage.sample(),
    }[name]
    bits = () if terms.sampled else tuple(batch.bits for batch in stage.golden.searches[terms.selected])
    facts = {"drawn": tuple(range(TOTAL))} if terms.sampled else {"bits": bits}
    wrong = FALSE_DOCUMENT if name == "a false view" else None
    scenario = Scenario(
        name=name, terms=terms, stranger=stage.account(STRANGER), wrong_view=wrong, start=START,
        min_window=MIN_WINDOW_S, kept_blocks=KEPT_BLOCKS, **facts,
    )  # fmt: skip
    goods = Goods(corpus, chunks, stage.escrow.job_id_of(terms), scenario.selected)
    words = goods.words(terms.responder, USED_KEY_HASH)
    return RetrievalGame(stage, replace(scenario, words=words), goods)


class RetrievalGame:
    """The job of one scenario on a prepared chain."""

    def __init__(self, stage: RetrievalStage, scenario: Scenario, goods: Goods) -> None:
        self.stage, self.scenario, self.goods = stage, scenario, goods
        self.raw = RawChain(stage.chain)
        self.addresses = {role: scenario.address(role) for role in Role}
        self.base = 0  # height of the opening
        self._encoded: dict[tuple[Event, bytes], str] = {}

    def play(self, step: Step, job: JobState) -> Mined:
        """Mine the step, made in ``job``, in a block of its own at exactly ``step.time`` and at its height."""
        self._fill(step, job)
        mined = self.raw.mine(self._call(step, job), step.time)
        if isinstance(step.event, Open) and mined.refusal is None:
            self.base = self._height()
        return mined

    def refusal(self, step: Step, job: JobState) -> str | None:
        """Name of the error that refuses the step at its time, without mining it; None if it would count."""
        return self.raw.refusal(self._call(step, job), step.time)

    def data(self, function: str, *args: object) -> str:
        """Call data of an escrow function."""
        return str(self.stage.escrow.contract.encode_abi(function, list(args)))

    def _fill(self, step: Step, job: JobState) -> None:
        """Mine empty blocks, a second each, until the step's block is next."""
        if not isinstance(step.event, Draw) or job.state.name != "PROVING" or step.reverts == "TooLate":
            return
        missing = self.base + step.event.block - self._height() - 1
        if missing > 0:
            self.raw.rpc("anvil_mine", hex(missing), hex(1))

    def _height(self) -> int:
        return int(self.raw.rpc("eth_blockNumber"), 16)

    def _call(self, step: Step, job: JobState) -> dict[str, str]:
        event = step.event
        key = (event, job.ciphertext_root)
        if key not in self._encoded:
            self._encoded[key] = self._encode(event, job.ciphertext_root)
        value = event.value if isinstance(event, Open | Accept | TopUp) else 0
        return transaction(event.sender, self.stage.escrow.address, self._encoded[key], value)

    def _encode(self, event: Event, root: bytes) -> str:
        if isinstance(event, Open):
            return self.data("open", self.scenario.terms.as_abi_tuple())
        return self.data(function_name(event), self.goods.job_id, *self._arguments(event, root))

    def _arguments(self, event: Event, root: bytes) -> tuple[object, ...]:
        """What a move says besides the job."""
        match event:
            case SubmitBatch():
                return (self._batch(event),)
            case Deliver():
                return event.key_hash, event.ciphertext_root, event.chunk_count
            case Acknowledge():
                return (event.ciphertext_root,)
            case Reveal():
                return (event.key,)
            case ComplainDecryption() | ComplainView():
                return self.goods.arguments(event, root)
            case _:
                return ()

    def _batch(self, event: SubmitBatch) -> tuple[object, ...]:
        """The golden proof the event speaks of; an invalid one has its last byte changed or claims other bits."""
        searches = self.stage.golden.searches
        selected = self.scenario.terms.selected if not self.scenario.terms.sampled else FOUND
        batches = searches[selected]
        index = event.index % len(batches)
        golden, opening = batches[index], self.goods.corpus.opening(index)
        tampered = not event.valid and event.bits == golden.bits
        proof = golden.proof[:-1] + bytes([golden.proof[-1] ^ 1]) if tampered else golden.proof
        committed_part = (list(opening.hashes), list(opening.payload_roots), list(opening.path))
        return (event.index, *committed_part, note_of(selected), golden.tag_hash, event.bits, proof)
