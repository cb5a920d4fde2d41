"""What a settled audit cost: gas of every transaction on its chain, and the record that is kept."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.job.cases import Case
from benchmarks.job.play import Proven
from benchmarks.job.stage import Stage
from escrow.registry import ModelRegistry
from proofs.intervals import proven_interval
from protocols.accuracy.terms import AccuracyTerms

Record = dict[str, Any]


def gas_by_step(stage: Stage) -> dict[str, list[int]]:
    """Gas of each transaction, read from the chain itself: whatever earlier runs sent is there, too."""
    w3, escrow = stage.chain.w3, stage.checked.escrow
    contracts = {str(c.address): c.contract for c in (escrow, ModelRegistry(stage.chain, escrow.registry()))}
    found: dict[str, list[int]] = {}
    for number in range(1, w3.eth.block_number + 1):
        for transaction in w3.eth.get_block(number, full_transactions=True)["transactions"]:
            receipt = w3.eth.get_transaction_receipt(transaction["hash"])  # type: ignore[index]
            contract = contracts.get(str(receipt.get("to")))
            selector = bytes(transaction["input"])[:4]  # type: ignore[index]
            step = "deploy" if contract is None else contract.get_function_by_selector(selector).fn_name
            found.setdefault(step, []).append(int(receipt["gasUsed"]))
    return found


def record_of(case: Case, stage: Stage, terms: AccuracyTerms, proven: list[Proven], wall_s: float) -> Record:
    """The figures of one job. wall_s: of this run; with ``resumed`` it does not cover every proof."""
    status = stage.checked.escrow.job(stage.checked.escrow.job_id_of(terms))
    gas = gas_by_step(stage)
    low, high = proven_interval(status.correct, terms.total, status.batches_verified == terms.batches)
    return {
        "model": case.name,
        "source": case.source,
        "examples": terms.total,
        "batch": terms.batch,
        "logrows": stage.checked.description.parameters.logrows,
        "ending": status.state.name.lower(),
        "correct": status.correct,
        "interval": [low, high],
        "proofs": len(proven),
        "setup_s": round(stage.setup_s, 1),
        "proving_s": round(sum(p.seconds for p in proven), 1),
        "proof_s": round(statistics.median(p.seconds for p in proven), 1),
        "wall_s": round(wall_s, 1),
        "load": [round(min(p.load for p in proven), 1), round(max(p.load for p in proven), 1)],
        "gas": {step: sum(used) for step, used in gas.items()},
        "gas_submit": round(statistics.mean(gas["submitBatch"])),
        "gas_all": sum(sum(used) for used in gas.values()),
    }


def table(jobs: dict[str, Record]) -> str:
    """The jobs as Markdown."""
    lines = [
        "| job | rows | proofs | median proof | set-up | minutes | load | proven right | gas a proof | gas in all |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for job in jobs.values():
        low, high = job["interval"]
        minutes = f"{job['wall_s'] / 60:.1f}" + (" (last run)" if job["resumed"] else "")
        cells = (
            f"{job['model']}, N = {job['examples']}, batch {job['batch']}",
            f"2^{job['logrows']}",
            job["proofs"],
            f"{job['proof_s']:.1f} s",
            f"{job['setup_s']:.0f} s",
            minutes,
            f"{job['load'][0]:.1f} to {job['load'][1]:.1f}",
            f"{job['correct']} ({low:.1%} to {high:.1%})",
            f"{job['gas_submit']:,}",
            f"{job['gas_all']:,}",
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)
