"""What everybody sees of a seller's proofs: the verifier contract's constants, the proofs and their instances."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Contract:
    """Constants of a generated verifier: digest, log2 of the rows, domain generator, and its transcript steps.

    ``steps`` are byte counts to absorb (as hex text) and squeezes, in order; the last counts the evaluations' bytes.
    """

    vk_digest: int
    log_rows: int
    omega: int
    steps: tuple[str, ...]

    def phase_points(self, phase: int) -> slice:
        """Where the curve points of a phase (0: columns, 1: lookup multiplicities) lie in a proof."""
        sizes = [int(step, 16) for step in self.steps if step.startswith("0x")]
        return slice(sum(sizes[:phase]), sum(sizes[: phase + 1]))


@dataclass(frozen=True, slots=True)
class PublicProof:
    """One proof's bytes and public instances."""

    proof: bytes
    instances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublicView:
    """Everything public about some proofs made under one verifier contract."""

    contract: Contract
    proofs: tuple[PublicProof, ...]

    def to_json(self) -> str:
        """Readable JSON; integers as decimal text."""
        constants = {**asdict(self.contract), "steps": list(self.contract.steps)}
        constants |= {name: str(value) for name, value in constants.items() if isinstance(value, int)}
        proofs = [{"proof": p.proof.hex(), "instances": [str(i) for i in p.instances]} for p in self.proofs]
        return json.dumps({"contract": constants, "proofs": proofs}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> PublicView:
        """The inverse of ``to_json``."""
        found: dict[str, Any] = json.loads(text)
        c = found["contract"]
        contract = Contract(int(c["vk_digest"]), int(c["log_rows"]), int(c["omega"]), tuple(c["steps"]))
        proofs = (
            PublicProof(bytes.fromhex(p["proof"]), tuple(int(i) for i in p["instances"])) for p in found["proofs"]
        )
        return cls(contract, tuple(proofs))


def read_contract(source: str) -> Contract:
    """Constants and transcript steps of a generated Halo2Verifier.sol, read from its source."""

    def constant(name: str) -> int:
        found = re.search(rf"mstore\(0x[0-9a-f]+, (0x[0-9a-f]+)\) // {name}\b", source)
        if found is None:
            raise ValueError(f"no constant '{name}': not a generated Halo2Verifier contract")
        return int(found.group(1), 16)

    body = source[source.index("// Phase 1") : source.index("// Read batch opening proof")]
    found = re.finditer(r"add\(proof_cptr, (0x[0-9a-f]{3,})\)|squeeze_challenge(?:_cont)?(?=\()", body)
    steps = tuple(step.group(1) or step.group(0) for step in found)
    return Contract(constant("vk_digest"), constant("k"), constant("omega"), steps)
