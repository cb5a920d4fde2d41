"""Deviations where rounds are proven at once, each with the inequality under which it does not pay.

Beside the letters of ``deviations``: y what the proof of a round costs the provider; l contests of proven answers that
tie its commitment to the escrow's; d most contests the client spends on answers a proof contradicts.

The escrow is as it was, so no ending pays anybody anything else. What is new is who spends contests:
- The provider earns Z with every contest of a right answer, and nothing with a proof: only going on with the client
  makes it hand one over (``withhold-round-proof``). So the price of the answers should hold what y is.
- A proof speaks of its own commitment. Where no proven answer is contested, a provider may commit to a cheap network
  there, answer with it and prove it all (``another-network``). l contests of a round find that as n find wrong answers;
  unlike these they add up over rounds, since both commitments stay what they are.
"""

from __future__ import annotations

from protocols.predictions.bounds import detection
from protocols.predictions.deviations import Deviation
from protocols.predictions.paths import Role

_PROVE = "prove the round with the network of the escrow's circuit"
_CHECK = "sign for a proven round, contest l of its answers"


def round_proof_deviations() -> tuple[Deviation, ...]:
    """Every deviation that rounds proven at once add."""
    return _PROVIDER + _CLIENT


_PROVIDER = (
    Deviation(
        "withhold-round-proof", Role.PROVIDER, _PROVE, "give no proof, or one that does not verify",
        "r >= y + (qn - l)Z",
        lambda s: s.relation - s.round_proof_cost - (s.contest_chance * s.contests - s.link) * s.z,
    ),
    Deviation(
        "wrong-answers-proven-right", Role.PROVIDER, _PROVE, "answer m of K wrongly, and prove the right outputs",
        "beta*KZ + Kp + lZ >= m(P - c)",
        lambda s: s.terms.penalty + s.k * s.p + s.link * s.z - s.wrong * s.saving,
    ),
    Deviation(
        "another-network", Role.PROVIDER, _PROVE, "answer m of K wrongly, by a cheap network committed for the proofs",
        "D(beta*KZ + Kp + lZ) >= m(P - c), D = 1 - C(K-m, l)/C(K, l)",
        lambda s: detection(s.k, s.wrong, s.link) * (s.terms.penalty + s.k * s.p + s.link * s.z) - s.wrong * s.saving,
    ),
    Deviation(
        "provoke-disputes", Role.PROVIDER, _PROVE, "answer rightly, and prove another network that contradicts it",
        "r >= (d - l)Z", lambda s: s.relation - (s.disputes - s.link) * s.z,
    ),
)  # fmt: skip

_CLIENT = (
    Deviation(
        "deny-round-proof", Role.CLIENT, _CHECK, "say that the proof does not verify, and contest n at random",
        "(qn - l)2Z >= 0", lambda s: (s.contest_chance * s.contests - s.link) * s.terms.contest_cost,
    ),
    Deviation(
        "deny-and-keep", Role.CLIENT, _CHECK, "hold back receipts until the proof comes, and then sign for none",
        "r >= Kp + 2Zl, where all K were given on credit",
        lambda s: s.relation - s.k * s.p - s.link * s.terms.contest_cost,
    ),
)  # fmt: skip
