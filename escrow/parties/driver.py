"""What the parties of every protocol share: a journal and a channel key per job, and the loop that decides and acts."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from escrow.chain import Chain
from escrow.reverts import Reverted
from escrow.rpc import passing
from escrow.signers import LocalSigner
from proofs.errors import ChainError, InvalidInput
from proofs.files import write_atomic
from protocols.canonical import JsonValue
from protocols.channel import DirectoryChannel
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.journal import Journal
from protocols.sealing import ChannelKey, Direction

POLL_S = 0.5
# How long a chain that answered before may be silent: a deposit is at stake, and a hiccup must not end the party.
PATIENCE_S = 900.0
FINISHED = "finished"
TOO_EARLY = "TooEarly"
"""The contracts' error for a move before its time."""
# Left in the account for gas when a deposit is weighed against the balance.
GAS_RESERVE_WEI = 20_000_000 * 10**9 * 10
Say = Callable[[str], None]
T = TypeVar("T")
A = TypeVar("A")


@dataclass(frozen=True)
class Job(Generic[T]):
    """One job of one party: terms, ids, journal, channel and its own sealing key. The key is secret."""

    terms: T
    job_id: bytes
    journal: Journal
    channel: DirectoryChannel
    key: ChannelKey


class Driver(ABC, Generic[T, A]):
    """``step`` decides and carries out one action; ``run`` steps until nothing is left to do.

    T are the protocol's terms, A its actions.

    Args:
        chain, escrow: where the jobs live: the chain and the escrow's address.
        signer: the party's account, key in this process.
        folder: private working folder (journals, channel keys), mode 0700.
        channel_root: folder shared with the other party.
        say: told what happens, in words.
    """

    role: str
    outgoing: Direction
    job: Job[T]

    def __init__(
        self, chain: Chain, escrow: str, signer: LocalSigner, folder: Path, channel_root: Path, say: Say
    ) -> None:
        self.chain, self.signer, self.folder = chain, signer, folder
        self.channel_root, self.say = channel_root, say
        self.domain = Domain(chain.chain_id, escrow)
        self.last_said = ""
        make_folder(folder)

    @property
    def address(self) -> str:
        """The party's account."""
        return str(self.signer.address)

    @abstractmethod
    def decide(self) -> A:
        """The next action, from chain and journal."""

    @abstractmethod
    def carry_out(self, action: A) -> None:
        """Do it."""

    @abstractmethod
    def ending(self, action: A) -> str | None:
        """Why nothing is left to do, if that is what ``action`` says."""

    @abstractmethod
    def waits(self, action: A) -> bool:
        """Whether only the chain or the other side can bring the next action about."""

    def run(self, poll_s: float = POLL_S, until: Callable[[], bool] | None = None) -> str:
        """Step until done, and write down that it is; returns why nothing is left to do.

        Args:
            until: asked before each step; if it says so, this run ends here and a later one goes on.
        """
        while True:
            if until is not None and until():
                self.close()
                return "done for now"
            action = self._patient_step(poll_s)
            why = self.ending(action)
            if why is not None:
                if not any(entry.kind == FINISHED for entry in self.job.journal.entries[-1:]):
                    note(self.job, FINISHED, {"why": why})
                self.close()
                return why
            if self.waits(action):
                time.sleep(poll_s)

    def _patient_step(self, poll_s: float) -> A:
        """One step; while the chain is out of reach, the same again: every step starts from what the chain says.

        Likewise while no block is late enough for a move whose time has come by the clock.
        """
        give_up = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.step()
            except ChainError as error:
                hopeful = passing(error) or (isinstance(error, Reverted) and error.name == TOO_EARLY)
                if not hopeful or time.monotonic() > give_up:
                    raise
                self.say_once(str(error))
                time.sleep(poll_s)

    def step(self) -> A:
        """Decide on one action and carry it out; waiting and being done change nothing."""
        action = self.decide()
        self.say_once(describe(action))
        self.carry_out(action)
        return action

    def say_once(self, words: str) -> None:
        """Say it unless it was the last thing said."""
        if words != self.last_said:
            self.say(words)
            self.last_said = words

    def close(self) -> None:
        """Release the journal."""
        self.job.journal.close()

    def home(self, job_id: bytes) -> Path:
        """The private folder of one job."""
        return self.folder / job_id.hex()

    def open_job(self, terms: T, job_id: bytes) -> Job[T]:
        """The journal, channel and key of a job; made on first use, found again after a restart."""
        home = self.home(job_id)
        make_folder(home)
        journal = Journal(home / "journal.jsonl", self.role.encode() + job_id)
        try:
            channel = DirectoryChannel(self.channel_root / job_id.hex(), self.outgoing)
            return Job(terms, job_id, journal, channel, _channel_key(home / "channel.key"))
        except BaseException:
            journal.close()
            raise

    def received(self, sequence: int) -> bytes | None:
        """The other side's message as it came, None until there is one; an unreadable one is passed over."""
        try:
            return self.job.channel.receive(sequence)
        except MessageRejected as error:
            self.say_once(f"passed over an unreadable message: {error}")
            return None


def make_folder(folder: Path) -> None:
    """A private working folder. Raises InvalidInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InvalidInput(
            f"cannot use {folder} as working folder: {error.strerror}; make room or choose another, then run this again"
        ) from None


def note(job: Job[Any], kind: str, body: Mapping[str, JsonValue] | None = None) -> None:
    """Write down a fact; on disk before this returns."""
    job.journal.append(kind, dict(body or {}))


def describe(action: object) -> str:
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
