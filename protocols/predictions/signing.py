"""Signing and checking answers and receipts, thousands a second: the EIP-712 hashing done by hand, once per round.

Domain and job are the same for a whole round, so the domain separator is computed once and each signature costs two
short hashes and one ECDSA operation. The curve arithmetic is libsecp256k1 where ``coincurve`` is installed, otherwise
eth-keys' own in Python (some 200 to 400 a second). Both sign deterministically (RFC 6979), so equal messages have equal
signatures. The result is the signature of ``protocols.eip712`` byte for byte; a test compares them.
"""

from __future__ import annotations

from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_keys.main import KeyAPI
from eth_utils.address import to_checksum_address
from eth_utils.exceptions import ValidationError

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.eip712 import NAME, VERSION, Domain
from protocols.errors import MessageRejected
from protocols.predictions.messages import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt

SIGNATURE_BYTES = 65
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: a larger s is the malleated twin of a signature (EIP-2), which the escrow refuses."""
_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_ANSWER_TYPE_HASH = keccak256(ANSWER_TYPE.encode())
_RECEIPT_TYPE_HASH = keccak256(RECEIPT_TYPE.encode())
_CURVE = KeyAPI()  # chooses libsecp256k1 where it is installed


def domain_separator(domain: Domain) -> bytes:
    """EIP-712 hash of the domain, 32 bytes; the escrow computes the same."""
    words = [_DOMAIN_TYPE.encode(), NAME.encode(), VERSION.encode()]
    return keccak256(
        b"".join(map(keccak256, words))
        + domain.chain_id.to_bytes(32, "big")
        + bytes.fromhex(domain.escrow[2:]).rjust(32, b"\0")
    )


def struct_hash(message: Answer | Receipt) -> bytes:
    """EIP-712 hash of the message's struct, 32 bytes."""
    if isinstance(message, Answer):
        numbers = message.index.to_bytes(32, "big") + message.h.to_bytes(32, "big")
        return keccak256(_ANSWER_TYPE_HASH + message.job_id + numbers + message.outputs_hash)
    return keccak256(_RECEIPT_TYPE_HASH + message.job_id + message.answered.to_bytes(32, "big"))


def digest(separator: bytes, message: Answer | Receipt) -> bytes:
    """The 32 bytes that are signed."""
    return keccak256(b"\x19\x01" + separator + struct_hash(message))


class RoundSigner:
    """Signs the answers or receipts of one job; holds the private key (secret).

    Args:
        account: the provider's (answers) or the client's (receipts) key. domain: chain and escrow of the job.
    """

    __slots__ = ("_key", "_separator")

    def __init__(self, account: LocalAccount, domain: Domain) -> None:
        self._key = _CURVE.PrivateKey(bytes(account.key))
        self._separator = domain_separator(domain)

    def sign(self, message: Answer | Receipt) -> bytes:
        """65-byte signature r, s, v (low s, v 27 or 28), as the escrow reads it."""
        raw = self._key.sign_msg_hash(digest(self._separator, message)).to_bytes()
        return bytes(raw[:64]) + bytes([raw[64] + 27])


class RoundVerifier:
    """Checks the answers or receipts of one signer in one domain.

    Args:
        signer: EIP-55 address of the provider (answers) or the client (receipts). domain: chain and escrow of the job.
    """

    __slots__ = ("_separator", "_signer")

    def __init__(self, signer: str, domain: Domain) -> None:
        self._signer = signer
        self._separator = domain_separator(domain)

    def check(self, message: Answer | Receipt, signature: bytes) -> None:
        """The signer made ``signature`` (untrusted bytes) over ``message`` in this domain.

        Raises:
            MessageRejected: a signature in another form (``"signature"``) or by another key (``"signer"``).
        """
        found = recover(digest(self._separator, message), signature)
        if found != self._signer:
            kind = type(message).__name__
            raise MessageRejected("signer", f"{kind} is signed by {found} (or was altered), expected {self._signer}")


def recover(signed_digest: bytes, signature: bytes) -> str:
    """EIP-55 address whose key made ``signature`` (untrusted) over the digest.

    Raises:
        MessageRejected: not 65 bytes in the one canonical form (v 27 or 28, low s), or no key fits.
    """
    check_form(signature)
    try:
        parsed = _CURVE.Signature(signature[:64] + bytes([signature[64] - 27]))
        public = _CURVE.ecdsa_recover(signed_digest, parsed)
    except (BadSignature, ValidationError, ValueError) as error:
        raise MessageRejected("signature", "no key fits the signature; ask the sender to sign again") from error
    return str(to_checksum_address(keccak256(public.to_bytes())[12:]))


def check_form(signature: object) -> bytes:
    """``signature`` as 65 bytes in the form the escrow takes.

    Raises:
        MessageRejected: another length, v other than 27 or 28, or a high s.
    """
    if not isinstance(signature, bytes):
        raise InvalidInput(f"a signature is bytes, got {type(signature).__name__}")
    good = len(signature) == SIGNATURE_BYTES and signature[64] in (27, 28)
    if not good or int.from_bytes(signature[32:64], "big") > HALF_ORDER:
        raise MessageRejected("signature", "the signature is not 65 bytes in canonical form (v 27 or 28, low s)")
    return signature


def backend_name() -> str:
    """Which curve arithmetic signs here, for reports: ``coincurve`` or ``native``."""
    return "coincurve" if "CoinCurve" in type(_CURVE.backend).__name__ else "native"
