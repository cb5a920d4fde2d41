"""What seller and buyer share: one look at the chain, a journal and a channel key per job, the step-and-wait loop."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from requests import RequestException

from escrow.chain import Chain
from escrow.parties.listing import Checked
from escrow.signers import LocalSigner
from proofs.errors import ChainError, InvalidInput
from proofs.files import write_atomic
from protocols.accuracy.actions import Action, Done, FetchTestSet, Finalise, Wait, Withdraw
from protocols.accuracy.events import State
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import ChainView, Limits
from protocols.canonical import JsonValue
from protocols.channel import DirectoryChannel
from protocols.eip712 import Domain
from protocols.journal import Journal
from protocols.sealing import ChannelKey, Direction

POLL_S = 0.5
# How long a chain that answered before may be silent: a deposit is at stake, and a hiccup must not end the party.
PATIENCE_S = 900.0
FINISHED = "finished"
# Left in the account for gas when a deposit is weighed against the balance.
GAS_RESERVE_WEI = 20_000_000 * 10**9 * 10
Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One job of one party: terms, ids, journal, channel and its own sealing key. The key is secret."""

    terms: AccuracyTerms
    job_id: bytes
    journal: Journal
    channel: DirectoryChannel
    key: ChannelKey


class Party(ABC):
    """Base of both drivers. ``step`` decides and carries out one action; ``run`` steps until nothing is left to do.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals, channel keys), mode 0700.
        channel_root: folder shared with the other party.
        limits: the party's prudence. say: told what happens, in words.
    """

    role: str
    outgoing: Direction
    job: Job

    def __init__(
        self, checked: Checked, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        self.checked, self.signer, self.folder = checked, signer, folder
        self.channel_root, self.limits, self.say = channel_root, limits, say
        self.last_said = ""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidInput(f"cannot use {folder} as working folder: {error.strerror}") from None

    @property
    def chain(self) -> Chain:
        """The chain the escrow is on."""
        return self.checked.escrow.chain

    @property
    def domain(self) -> Domain:
        """EIP-712 domain of the party's messages."""
        return Domain(self.chain.chain_id, self.checked.escrow.address)

    @property
    def address(self) -> str:
        """The party's account."""
        return str(self.signer.address)

    def run(self, poll_s: float = POLL_S) -> str:
        """Step until done, and write down that it is; returns why nothing is left to do."""
        while True:
            action = self._patient_step(poll_s)
            if isinstance(action, Done):
                if not any(entry.kind == FINISHED for entry in self.job.journal.entries[-1:]):
                    note(self.job, FINISHED, {"why": action.why})
                self.close()
                return action.why
            if isinstance(action, Wait | FetchTestSet):
                time.sleep(poll_s)

    def _patient_step(self, poll_s: float) -> Action:
        """One step; while the chain is out of reach, the same again: every step starts from what the chain says."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.step()
            except ChainError as error:
                if not isinstance(error.__cause__, RequestException) or time.monotonic() > give_up:
                    raise
                self._say_once(str(error))
                time.sleep(poll_s)

    def step(self) -> Action:
        """Decide on one action and carry it out; Wait and Done change nothing."""
        action = self.decide()
        self._say_once(describe(action))
        self.carry_out(action)
        return action

    def _say_once(self, words: str) -> None:
        if words != self.last_said:
            self.say(words)
            self.last_said = words

    def home(self, job_id: bytes) -> Path:
        """The private folder of one job."""
        return self.folder / job_id.hex()

    @abstractmethod
    def decide(self) -> Action:
        """The next action, from chain and journal."""

    @abstractmethod
    def carry_out(self, action: Action) -> None:
        """Do it."""

    @abstractmethod
    def close(self) -> None:
        """Release the journal."""

    def finish(self, action: Action, job_id: bytes) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Finalise):
            self.checked.escrow.finalise(self.signer, job_id)
        elif isinstance(action, Withdraw):
            self.checked.escrow.withdraw(self.signer)
        return isinstance(action, Finalise | Withdraw | Wait | Done)

    def open_job(self, terms: AccuracyTerms, job_id: bytes) -> Job:
        """The journal, channel and key of a job; made on first use, found again after a restart."""
        home = self.home(job_id)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = Journal(home / "journal.jsonl", self.role.encode() + job_id)
        channel = DirectoryChannel(self.channel_root / job_id.hex(), self.outgoing)
        return Job(terms, job_id, journal, channel, _channel_key(home / "channel.key"))

    def view(self, terms: AccuracyTerms, job_id: bytes) -> ChainView:
        """One look at the chain for this job."""
        escrow, registry = self.checked.escrow, self.checked.registry
        status = escrow.job(job_id)
        batches = range(terms.batches) if status.state is State.PROVING else range(0)
        return ChainView(
            now=self.chain.now(),
            state=status.state,
            deadline=status.deadline,
            correct=status.correct,
            batches_done=frozenset(j for j in batches if escrow.batch_done(job_id, j)),
            seed=status.seed,
            ciphertext_root=status.ciphertext_root,
            owed=escrow.owed(self.address),
            balance=max(self.chain.balance(self.address) - GAS_RESERVE_WEI, 0),
            eligible=registry.eligible(terms.model_id, terms.seller, terms.format_digest, terms.min_stake),
            prior_aborts=escrow.aborts(terms.model_id),
        )


def note(job: Job, kind: str, body: Mapping[str, JsonValue] | None = None) -> None:
    """Write down a fact; on disk before this returns."""
    job.journal.append(kind, dict(body or {}))


def describe(action: Action) -> str:
    """An action in words."""
    name = type(action).__name__
    fields = [str(getattr(action, field)) for field in ("why", "reason", "index", "amount") if hasattr(action, field)]
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return f"{spaced}: {', '.join(fields)}" if fields else spaced


def _channel_key(path: Path) -> ChannelKey:
    """Called under the journal's lock, so that one process at a time makes the key."""
    if path.exists():
        return ChannelKey(path.read_bytes())
    key = ChannelKey.generate()
    write_atomic(path, key.secret, secret=True)
    return key
