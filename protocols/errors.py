"""Errors of the protocol layer: a broken rule carries its stable name, so that tests and drivers can tell rules apart.

ProtocolViolation
|-- RuleViolation      an action the contract's state machine refuses (``rule`` names which rule)
`-- MessageRejected    a signed message, envelope or channel file that is not what it must be (``check`` names why)
InvalidInput
`-- JournalError       a journal that is damaged, locked by another process, or belongs to something else
"""

from __future__ import annotations

from proofs.errors import InvalidInput, ProtocolViolation


class RuleViolation(ProtocolViolation):
    """An action that breaks a rule of the state machine.

    Args:
        rule: stable name of the broken rule, e.g. ``"TooLate"``; equal to the contract's error where it has one.
        detail: what was tried, what would be allowed, and when.
    """

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"refused by rule '{rule}': {detail}")
        self.rule = rule
        self.detail = detail


class MessageRejected(ProtocolViolation):
    """A message from the other side that must not be acted on.

    Args:
        check: stable name of the failed check, e.g. ``"signer"``, ``"canonical"``, ``"sequence"``.
        detail: what was found and what was expected; never a secret.
    """

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(f"message rejected by check '{check}': {detail}")
        self.check = check
        self.detail = detail


class JournalError(InvalidInput):
    """A journal file that cannot be trusted or cannot be opened; the message names the file and the line."""
