"""One game of protocol B on a real chain: each event as the transaction that is it, signatures made by real keys.

Whether a proof verifies is not a matter of the protocol, so a tiny contract stands where the verifier adapter does and
takes a proof for valid iff its first byte is not 0. Proofs of the real circuit against the real adapter are tested
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from eth_account import Account
from eth_account.signers.local import LocalAccount
from raw_chain import Mined, RawChain, transaction

from escrow.chain import Chain
from escrow.dev_accounts import MNEMONIC
from escrow.predictions import PredictionEscrow
from proofs.encoding import keccak256
from protocols.eip712 import Domain
from protocols.games.game import Step
from protocols.predictions.answers import outputs_hash
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer, Rule
from protocols.predictions.machine import JobState
from protocols.predictions.messages import Answer, Receipt
from protocols.predictions.paths import Outputs, Role, Scenario
from protocols.predictions.signing import RoundSigner
from protocols.predictions.terms import PredictionTerms
from protocols.solidity import ZERO_ADDRESS

MIN_WINDOW_S, START = 60, 2_000_000_000
CLIENT, PROVIDER, STRANGER, FEE_RECIPIENT, DEPLOYER = range(5)
# verify(bytes32,bytes32,bytes,bytes) -> the first byte of the last argument; the zeros make it longer than a delegation
VERDICT_CODE = bytes.fromhex("60643560240135" + "60001a" + "600052" + "60206000f3") + bytes(8)
_CREATE = bytes.fromhex(f"60{len(VERDICT_CODE):02x}600c60003960{len(VERDICT_CODE):02x}6000f3")
# the errors that the machine knows by one name
SAME = {"ProofRefused": Rule.PROOF_REJECTED}


@dataclass(frozen=True)
class PredictionStage:
    """A chain with a prediction escrow on it."""

    chain: Chain
    escrow: PredictionEscrow
    verifier: str

    @staticmethod
    def account(place: int) -> LocalAccount:
        """A development account, with its key."""
        Account.enable_unaudited_hdwallet_features()
        return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{place}")

    def scenario(self, size: int, contests: int) -> Scenario:
        """A game between development accounts."""
        terms = PredictionTerms(
            client=self.account(CLIENT).address,
            provider=self.account(PROVIDER).address,
            model_id=b"\x01" * 32,
            weights_commitment=b"\x02" * 32,
            nonce=7,
            format_digest=b"\x03" * 32,
            round=size,
            contests=contests,
            outputs=2,
            verifier=self.verifier,
            verifier_codehash=keccak256(VERDICT_CODE),
            srs_digest=b"\x05" * 32,
            token=ZERO_ADDRESS,
            proving_cost=10_000,
            answer_price=150,
            beta=3,
            fee=4,
            fee_recipient=self.account(FEE_RECIPIENT).address,
            accept_window=100,
            round_window=200,
            prove_window=300,
        )
        return Scenario(
            name=f"K = {size}, K1 = {contests}",
            terms=terms,
            stranger=self.account(STRANGER).address,
            hashes=tuple(range(11, 11 + size)),
            outputs=tuple((index, -index) for index in range(size)),
            start=START,
            min_window=MIN_WINDOW_S,
        )


def prepare_predictions(url: str) -> PredictionStage:
    """Deploy escrow and verdict contract on a fresh anvil."""
    chain = Chain.connect(url)
    deployer = chain.dev_signers()[DEPLOYER]
    escrow = PredictionEscrow.deploy(chain, deployer, MIN_WINDOW_S)
    verifier, _ = chain.deploy(deployer, [], _CREATE + VERDICT_CODE, step="verdict")
    return PredictionStage(chain, escrow, verifier)


class PredictionGame:
    """The job of one scenario on a prepared chain."""

    def __init__(self, stage: PredictionStage, scenario: Scenario) -> None:
        self.stage, self.scenario = stage, scenario
        self.raw = RawChain(stage.chain)
        self.addresses = {role: scenario.address(role) for role in Role}
        self.job_id = stage.escrow.job_id_of(scenario.terms)
        domain = Domain(stage.chain.chain_id, stage.escrow.address)
        self._signers = {place: RoundSigner(stage.account(place), domain) for place in (CLIENT, PROVIDER, STRANGER)}
        self._encoded: dict[Event, str] = {}

    def unopened(self) -> JobState:
        """The pure machine before the opening."""
        return self.scenario.unopened()

    def play(self, step: Step[Event]) -> Mined:
        """Mine the step in a block of its own at exactly ``step.time``."""
        mined = self.raw.mine(self._call(step.event), step.time)
        return replace(mined, refusal=SAME.get(str(mined.refusal), mined.refusal))

    def refusal(self, step: Step[Event]) -> str | None:
        """Name of the error that refuses the step at its time, without mining it; None if it would count."""
        refusal = self.raw.refusal(self._call(step.event), step.time)
        return SAME.get(str(refusal), refusal)

    def data(self, function: str, *args: object) -> str:
        """Call data of an escrow function."""
        return str(self.stage.escrow.contract.encode_abi(function, list(args)))

    def _call(self, event: Event) -> dict[str, str]:
        if event not in self._encoded:
            self._encoded[event] = self._encode(event)
        value = event.value if isinstance(event, Open | Accept) else 0
        return transaction(event.sender, self.stage.escrow.address, self._encoded[event], value)

    def _encode(self, event: Event) -> str:
        match event:
            case Open():
                return self.data("open", self.scenario.terms.as_abi_tuple())
            case Accept():
                return self.data("accept", self.job_id)
            case Contest():
                answer = Answer(job_id=self.job_id, index=event.index, h=event.h, outputs_hash=event.outputs_hash)
                words = (event.index, event.h, event.outputs_hash)
                return self.data("contest", self.job_id, words, self._sign(answer, PROVIDER, event.signed))
            case ProveAnswer():
                outputs, proof = self._outputs(event), bytes([event.valid])
                return self.data("proveAnswer", self.job_id, event.index, bytes(32), 0, list(outputs), proof)
            case Collect():
                receipt = Receipt(job_id=self.job_id, answered=event.answered)
                return self.data("collect", self.job_id, event.answered, self._sign(receipt, CLIENT, event.signed))
            case Finalise():
                return self.data("finalise", self.job_id)

    def _sign(self, message: Answer | Receipt, signer: int, sound: bool) -> bytes:
        """The right party's signature, or somebody else's."""
        return self._signers[signer if sound else STRANGER].sign(message)

    def _outputs(self, event: ProveAnswer) -> Outputs:
        """The outputs behind the event's hash; for a hash nothing has, any."""
        if event.index >= len(self.scenario.outputs):
            return (99, 99)
        found = [self.scenario.outputs_of(event.index, wrong) for wrong in (False, True)]
        known = [outputs for outputs in found if outputs_hash(outputs) == event.outputs_hash]
        return known[0] if known else (99, 99)
