"""Code on chain against a build of one's own: trust in sources, not in addresses."""

from __future__ import annotations

from escrow.artifacts import Artifact
from escrow.chain import Chain
from proofs.errors import ProtocolViolation


class CodeMismatch(ProtocolViolation):
    """The code at an address is not what its sources compile to.

    Args:
        what: the contract, in words.
        address: where it is.
        expected: code hash of one's own build (32 bytes).
        found: code hash on chain (32 bytes).
    """

    def __init__(self, what: str, address: str, expected: bytes, found: bytes) -> None:
        super().__init__(
            f"{what} at {address} is not the agreed code: its code hash is 0x{found.hex()}, an honest build has "
            f"0x{expected.hex()}; send no money, and compare version, parameters and address with the other party"
        )
        self.what = what
        self.address = address
        self.expected = expected
        self.found = found


def immutable_word(artifact: Artifact, name: str, code: bytes) -> bytes:
    """The 32-byte word that immutable ``name`` has in ``code``, if ``code`` is a deployment of ``artifact``.

    Read from the code, not asked of the contract: a contract that is not ours could answer anything, or differently to
    each caller. Code that is too short gives zeros; either way the caller compares the code hash of the result.
    """
    start, length = artifact.immutable_references[name][0]
    return code[start : start + length].ljust(length, b"\0")


def require_code(chain: Chain, what: str, address: str, expected: bytes) -> None:
    """Raise CodeMismatch unless the code at ``address`` has hash ``expected``; ChainError when there is no code."""
    found = chain.codehash(address)
    if found != expected:
        raise CodeMismatch(what, address, expected, found)
