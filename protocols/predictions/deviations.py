"""Each way to deviate in protocol B and the inequality under which it does not pay.

``advantage`` is the honest pay-off minus the deviating one, in wei and exact; the deviation does not pay while it is at
least 0. Gas is left out. Letters: K inputs, price p, costs E > Z > P and c of a cheap answer, fee eps, deposit
beta*K*Z; w what a right answer is worth to the client; m wrong answers, f = m/K; n contests drawn with probability q
(the round is contested at all); D the chance that they hit a wrong answer; u answers on credit; r what going on with
the other side is worth; z what a proof really costs the provider; s how likely the client thinks an answer wrong.

Findings where the paper is silent:
- One random contest a round is enough against a rational provider, whatever it saves: D >= m/K, and the deposit is at
  least 2KZ, so lying loses 2mZ in expectation and saves less than mP (``wrong-answers``). Even a contest in some rounds
  only will do, as long as q(p + beta*Z + nZ/K) >= P - c (``all-wrong``).
- Nothing makes the client contest: a contest of a right answer costs it 2Z. It pays the client to contest while
  s*(beta*K*Z + Kp) >= (1 - s)*2Z (``never-contest``), that is from a suspicion of about 1 in K on (beta = 2). So
  without a client bound to contest, providers may answer up to that share wrongly.
- Whoever gives first can lose one step: the last answer without a receipt, or the last receipt without an answer. It is
  worth u*p and nothing on chain stops it (``withhold-last-receipt``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.predictions.bounds import detection
from protocols.predictions.paths import Role
from protocols.predictions.terms import PredictionTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """The numbers an inequality is about; values and costs are in wei, probabilities exact, times in seconds."""

    terms: PredictionTerms
    example_cost: int = 0
    inference_cost: int = 0
    cheap_cost: int = 0
    real_proving_cost: int = 0
    value: int = 0
    wrong: int = 1
    contests: int = 1
    contest_chance: Fraction = Fraction(1)
    suspicion: Fraction = Fraction(0)
    credit: int = 1
    relation: int = 0
    prove_s: int = 0
    margin_s: int = 0
    round_proof_cost: int = 0
    link: int = 0
    disputes: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.wrong <= self.k and 0 <= self.contests <= self.terms.contests):
            raise InvalidInput(f"{self.wrong} wrong of {self.k}, {self.contests} of {self.terms.contests} contests")

    @property
    def k(self) -> int:
        """K."""
        return self.terms.round

    @property
    def z(self) -> int:
        """Z."""
        return self.terms.proving_cost

    @property
    def p(self) -> int:
        """The price of an answer."""
        return self.terms.answer_price

    @property
    def saving(self) -> int:
        """P - c, what one wrong answer saves the provider."""
        return self.inference_cost - self.cheap_cost

    @property
    def at_stake(self) -> int:
        """What a caught provider loses against an honest one: beta*K*Z, K*p, and nZ earned on n contests."""
        return self.terms.penalty + self.k * self.p + self.contests * self.z

    @property
    def caught(self) -> Fraction:
        """q*D for m wrong answers."""
        return self.contest_chance * detection(self.k, self.wrong, self.contests)

    @property
    def audit_cost(self) -> Fraction:
        """2nZq, what the client's random contests cost it when nothing is wrong."""
        return self.contest_chance * self.contests * self.terms.contest_cost

    @property
    def gain(self) -> Fraction:
        """K(w - p) - 2nZq, what an honest round is worth to the client before the fee."""
        return self.k * (self.value - self.p) - self.audit_cost

    @property
    def earned(self) -> int:
        """What an uncontested honest round earns the provider: K(p - P) - eps."""
        return self.k * (self.p - self.inference_cost) - self.terms.fee


@dataclass(frozen=True, slots=True)
class Deviation:
    """A deviation: who, what instead of what, and when it does not pay.

    Args:
        name: stable identifier. actor: who deviates. instead_of, does: the honest and the deviating conduct.
        inequality: in letters. advantage: honest minus deviating pay-off, wei; ``>= 0`` is the inequality.
    """

    name: str
    actor: Role
    instead_of: str
    does: str
    inequality: str
    advantage: Callable[[Stakes], Fraction | int]

    def deterred(self, stakes: Stakes) -> bool:
        """Whether the deviation does not pay."""
        return self.advantage(stakes) >= 0


def deviation_inequalities() -> tuple[Deviation, ...]:
    """Every deviation of provider and client."""
    return _PROVIDER + _CLIENT


def _overload(s: Stakes) -> int:
    """Contesting K1 right answers in the last second: 2Z each if the proofs fit, the whole deposit if they do not."""
    if s.terms.contests * s.prove_s + s.margin_s <= s.terms.prove_window:
        return s.terms.contests * s.terms.contest_cost
    return -(s.terms.penalty + s.k * s.p)


_SERVE = "answer all K with the model, prove what is contested, collect"
_PROVE = "prove a contested right answer"
_COLLECT = "collect the last receipt"
_ASK = "ask, sign for every answer, contest n drawn at random"

_PROVIDER = (
    Deviation("stay-out-provider", Role.PROVIDER, _SERVE, "never accept", "K(p - P) >= eps", lambda s: s.earned),
    Deviation(
        "wrong-answers", Role.PROVIDER, _SERVE, "answer m of K cheaply and wrongly",
        "qD(beta*KZ + Kp + nZ) >= m(P - c), D = 1 - C(K-m, n)/C(K, n) >= 1 - (1 - f)^n",
        lambda s: s.caught * s.at_stake - s.wrong * s.saving,
    ),
    Deviation(
        "all-wrong", Role.PROVIDER, _SERVE, "answer everything cheaply and wrongly",
        "q(beta*KZ + Kp + nZ) >= K(P - c)",
        lambda s: s.contest_chance * min(s.contests, 1) * s.at_stake - s.k * s.saving,
    ),
    Deviation(
        "refuse-answers", Role.PROVIDER, _SERVE, "leave m questions unanswered", "m(p - P) >= 0",
        lambda s: s.wrong * (s.p - s.inference_cost),
    ),
    Deviation(
        "answer-nothing", Role.PROVIDER, _SERVE, "accept, then answer nothing", "K(p - P) >= 0",
        lambda s: s.earned + s.terms.fee,
    ),
    Deviation(
        "never-prove", Role.PROVIDER, _PROVE, "prove nothing, or too late", "beta*KZ + Kp + 2Z >= Z",
        lambda s: s.terms.penalty + s.k * s.p + s.terms.contest_cost - s.z,
    ),
    Deviation(
        "unprofitable-proof", Role.PROVIDER, _PROVE, "rather lose the deposit than make the proof",
        "beta*KZ + Kp + 2Z >= z",
        lambda s: s.terms.penalty + s.k * s.p + s.terms.contest_cost - s.real_proving_cost,
    ),
    Deviation("not-collect", Role.PROVIDER, _COLLECT, "collect nothing", "Kp >= 0", lambda s: s.k * s.p),
    Deviation(
        "old-receipt", Role.PROVIDER, _COLLECT, "collect a receipt over m answers fewer", "mp >= 0",
        lambda s: s.wrong * s.p,
    ),
    Deviation(
        "forged-receipt", Role.PROVIDER, _COLLECT, "show a receipt the client did not sign",
        "0 >= 0 (refused)", lambda _: 0,
    ),
    Deviation(
        "two-answers", Role.PROVIDER, _SERVE, "sign a wrong answer beside the right one to the same question",
        "qD(beta*KZ + Kp + nZ) + c >= 0, m = 1", lambda s: _second(s) * s.at_stake + s.cheap_cost,
    ),
)  # fmt: skip

_CLIENT = (
    Deviation(
        "stay-out-client", Role.CLIENT, _ASK, "never open", "K(w - p) - 2nZq >= eps",
        lambda s: s.gain - s.terms.fee,
    ),
    Deviation(
        "check-itself", Role.CLIENT, "contest one answer", "work the right answer out itself", "E >= 2Z",
        lambda s: s.example_cost - s.terms.contest_cost,
    ),
    Deviation(
        "never-contest", Role.CLIENT, "contest an answer it thinks wrong with probability s", "contest nothing",
        "s(beta*KZ + Kp) >= (1 - s)2Z",
        lambda s: s.suspicion * (s.terms.penalty + s.k * s.p) - (1 - s.suspicion) * s.terms.contest_cost,
    ),
    Deviation(
        "contest-everything", Role.CLIENT, _ASK, "contest K1 answers, none of them wrong", "(K1 - qn)2Z >= 0",
        lambda s: s.terms.contests * s.terms.contest_cost - s.audit_cost,
    ),
    Deviation(
        "overload", Role.CLIENT, "contest nothing", "contest K1 right answers in the last second, for the deposit",
        "K1 * t + margin <= prove window (else it wins beta*KZ + Kp)", _overload,
    ),
    Deviation(
        "withhold-all-receipts", Role.CLIENT, _ASK, "take the u answers given on credit and sign for none",
        "K(w - p) - 2nZq >= uw", lambda s: s.gain - s.credit * s.value,
    ),
    Deviation(
        "withhold-last-receipt", Role.CLIENT, _ASK, "sign for all but the last u answers", "r >= u*p",
        lambda s: s.relation - s.credit * s.p,
    ),
    Deviation(
        "ask-nothing", Role.CLIENT, _ASK, "open, then ask nothing (to lock up the provider's deposit)",
        "K(w - p) - 2nZq >= 0", lambda s: s.gain,
    ),
    Deviation(
        "unsigned-contest", Role.CLIENT, "contest nothing", "contest what was never answered, twice, too often, late",
        "0 >= 0 (refused)", lambda _: 0,
    ),
)  # fmt: skip


def _second(s: Stakes) -> Fraction:
    """q times the chance that n random contests hit the one question with two answers."""
    return s.contest_chance * detection(s.k, 1, s.contests)
