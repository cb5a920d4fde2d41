"""The project's error tree. Every message names the thing at fault and the next step.

AssayError
|-- InvalidInput          a file, array or option given by the user is unusable
|-- MalformedProof        bytes that are not a canonical bundle, commitment or message
|-- RejectedProof         well-formed, but a check failed (named, with its batch)
|-- UnsupportedModel      a node no backend can prove (node, op, opset, shape, the way round)
|-- ResourceExceeded      work that does not fit (needed, available)
|-- ProverFailed          a proving child process died, hung or refused
|-- MissingArtifact       a file the work depends on is absent (SRS, npm package, secret part)
|-- BudgetSpent           a commitment may not be opened any further
|-- ProtocolViolation     a party's message or action the protocol does not allow here
`-- ChainError            the chain is unreachable, or refused a transaction
"""

from __future__ import annotations


class AssayError(Exception):
    """Root of every error this project raises on purpose; ``exit_code`` is what the command line returns."""

    exit_code = 1


class InvalidInput(AssayError):
    """A file, array or option given by the user cannot be used; the message says which and why."""

    exit_code = 4


class MalformedProof(AssayError):
    """Untrusted bytes that do not parse as a canonical bundle, commitment or message."""

    exit_code = 3


class RejectedProof(AssayError):
    """A well-formed proof failed a check.

    Args:
        check: short stable name of the failed check, e.g. ``"model-commitment"``.
        detail: what was found and what was expected, public values only.
        batch: index of the batch at fault, where there is one.
        part: what a batch is called there.
    """

    exit_code = 2

    def __init__(self, check: str, detail: str, batch: int | None = None, part: str = "batch") -> None:
        where = "" if batch is None else f" ({part} {batch})"
        super().__init__(f"rejected by check '{check}'{where}: {detail}")
        self.check = check
        self.detail = detail
        self.batch = batch


class UnsupportedModel(AssayError):
    """A graph node that cannot be proven. ``problems`` lists every one of them, not only the first."""

    exit_code = 5

    def __init__(self, message: str, problems: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ResourceExceeded(AssayError):
    """The work does not fit. ``needed`` and ``available`` are in the unit the message names."""

    exit_code = 6

    def __init__(self, message: str, needed: float, available: float) -> None:
        super().__init__(message)
        self.needed = needed
        self.available = available


class ProverFailed(AssayError):
    """A proving child process died, hung past its time-out, or reported an error at the named stage."""

    exit_code = 7

    def __init__(self, stage: str, detail: str) -> None:
        super().__init__(f"{stage} failed: {detail}")
        self.stage = stage
        self.detail = detail


class MissingArtifact(AssayError):
    """A file the work depends on is absent; the message says how to obtain it."""

    exit_code = 8


class BudgetSpent(AssayError):
    """A model commitment has used up the proofs its mask can hide; a new commitment is needed."""

    exit_code = 9


class ProtocolViolation(AssayError):
    """A message or action that the protocol does not allow in the present state."""

    exit_code = 10


class ChainError(AssayError):
    """The chain is unreachable, lacks funds or contracts, or refused a transaction."""

    exit_code = 11
