"""Whether a retrieval escrow on chain is this project's code: what both parties check before they lock anything."""

from __future__ import annotations

from eth_utils.address import to_checksum_address

from escrow.artifacts import load
from escrow.chain import Chain
from escrow.code_check import immutable_word, require_code
from escrow.retrieval import RetrievalEscrow


def check_retrieval_escrow(chain: Chain, escrow: RetrievalEscrow) -> None:
    """Check that the escrow, and the judge it asks about complaints, are what their sources compile to.

    Minimum window and the judge's address are read from the escrow's code, which its hash then binds.

    Raises:
        CodeMismatch: one of them is something else.
        ChainError: no contract there, or unreachable.
    """
    money = load("RetrievalEscrow")
    code = chain.code(escrow.address)
    min_window = immutable_word(money, "minWindow", code)
    judge = to_checksum_address(immutable_word(money, "judge", code)[-20:])
    expected = money.runtime_codehash({"judge": judge, "minWindow": min_window})
    require_code(chain, "the retrieval escrow", escrow.address, expected)
    require_code(chain, "the document judge", judge, load("DocumentJudge").runtime_codehash({}))
