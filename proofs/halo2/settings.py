"""ezkl settings that both sides derive alone: fixed arguments in, canonical settings out.

``gen_settings`` lists range checks and look-ups in an order that differs from run to run, and the order changes the
verifying key. Sorting them makes the settings, and so the key, a function of the circuit description. ``num_rows`` is
a report of a trial layout that comes out 2 rows larger about once in fifty runs on one and the same graph (measured on
23.0.5); the key does not depend on it, so the canonical settings name the whole column instead.
"""

from __future__ import annotations

import json
from typing import Any

from proofs.errors import InvalidInput, RejectedProof, UnsupportedModel
from proofs.halo2.description import PARAM_VISIBILITY, Circuit, RunParameters

# Rows halo2 and ezkl keep to themselves in every column.
RESERVED_ROWS = 8
NEVER_REBASE = 1_000
ALLOWED_OPERATIONS = frozenset(
    "Input CONST ADD SUB MULT NEG EINSUM CONV SUM LEAKYRELU SIGN".split()
    + "CONCAT SLICE RESHAPE MOVEAXIS PAD IDENTITY".split()
)
"""Exact arithmetic, copies, and what a signed decomposition decides."""
# An operation whose inputs are first multiplied up to one scale.
RESCALED = "RESCALED INPUT ("
MAX_LOGROWS = 22
# More rows than halo2 leaves out of a block of columns (blinding factors and one), so that a block never overflows.
UNUSED_ROWS = 16


def run_args(scale_bits: int, binding: str, parameters: RunParameters) -> dict[str, object]:
    """The PyRunArgs of an accuracy circuit. Inputs hashed, outputs public, Freivalds' argument off (it doubles the
    verifier), nothing rebased, no range check left out."""
    return {
        "input_visibility": "hashed/public",
        "output_visibility": "public",
        "param_visibility": PARAM_VISIBILITY[binding],
        "input_scale": scale_bits,
        "param_scale": scale_bits,
        "decomp_base": parameters.base,
        "decomp_legs": parameters.legs,
        "logrows": parameters.logrows,
        "lookup_range": list(parameters.lookup_range),
        # ezkl's rebasing division accepts either neighbouring quotient, so a prover could choose how each value rounds
        # after seeing the labels: nothing is ever divided, scales add up instead.
        "scale_rebase_multiplier": NEVER_REBASE,
        "disable_freivalds": True,
        "ignore_range_check_inputs_outputs": False,
    }


def canonical_settings(settings: dict[str, Any]) -> bytes:
    """settings.json with its unordered lists sorted, its clock removed, and its count of assigned cells made even.

    ``gen_settings`` counts a couple of cells more in about one run of fourteen. The count only says how many blocks of
    columns the circuit gets, so it is replaced by the largest with that many blocks; the verifying key stays the same.
    """
    fixed = dict(settings)
    for name in ("required_range_checks", "required_lookups"):
        fixed[name] = sorted(fixed.get(name, []), key=json.dumps)
    fixed["timestamp"] = 0
    fixed["num_rows"] = 1 << settings["run_args"]["logrows"]
    arguments = settings["run_args"]
    block = arguments["num_inner_cols"] * ((1 << arguments["logrows"]) - UNUSED_ROWS)
    fixed["total_assignments"] = (settings["total_assignments"] // block + 1) * block - 1
    return json.dumps(fixed, sort_keys=True).encode()


def needed_logrows(settings: dict[str, Any]) -> int:
    """The smallest k whose 2^k rows hold the circuit, its hash module and its tables. Raises UnsupportedModel."""
    rows = needed_rows(settings)
    logrows = logrows_of(rows)
    if logrows > MAX_LOGROWS:
        raise UnsupportedModel(
            f"the circuit needs {rows} rows, 2^{logrows}: more than the 2^{MAX_LOGROWS} this backend "
            "proves. Use a smaller batch or model, or the sum-check backend"
        )
    return logrows


def needed_rows(settings: dict[str, Any]) -> int:
    """Rows that the circuit, its hash module or its largest table takes, whichever are most."""
    tables = [high - low + 1 for low, high in settings["required_range_checks"]]
    low, high = settings["run_args"]["lookup_range"]
    return int(max([settings["num_rows"], high - low + 1, *tables, *_module_rows(settings)]))


def logrows_of(rows: int) -> int:
    """The smallest k whose 2^k rows hold so many besides the reserved ones."""
    return (rows + RESERVED_ROWS - 1).bit_length()


def check_operations(kinds: list[str]) -> None:
    """Check that the compiled circuit holds only operations whose constraints leave the prover no choice.

    Raises RejectedProof('operations'). Exact arithmetic, copies, and the sign of a decomposed value are allowed; a
    division, a rebasing, a root or a table is not: ezkl 23.0.5 accepts two quotients for one division.
    """
    strange = sorted({kind for kind in kinds if not _trusted(kind)})
    if strange:
        raise RejectedProof("operations", f"the circuit would hold {strange[:5]}, which this backend does not trust")


def _trusted(kind: str) -> bool:
    """Whether one compiled operation is exact; what stands inside a scaled-up input must be so itself."""
    if kind.startswith(RESCALED) and kind.endswith(")"):
        return _trusted(kind[len(RESCALED) : -1])
    if kind.startswith("LEAKYRELU"):
        return kind == "LEAKYRELU (slope=0)"
    return kind.partition(" ")[0].partition("(")[0] in ALLOWED_OPERATIONS


def check_parameters(settings: dict[str, Any], description: Circuit) -> None:
    """Check that the committed parameters are exactly the model's and the mask's: the wrapper has no constant.

    A constant of the wrapper would be a committed parameter, hence the seller's to choose.
    Raises RejectedProof('wrapper-constants').
    """
    if folded_parameters(settings, description):
        committed = settings["module_sizes"]["polycommit"]
        raise RejectedProof(
            "wrapper-constants",
            f"the circuit commits {committed} parameters, model and mask have {description.committed_values}",
        )


def check_rows(settings: dict[str, Any], description: Circuit) -> None:
    """Check that the circuit fits the rows its description fixes. Raises InvalidInput: a task may need more of them."""
    needed = needed_logrows(settings)
    if needed > description.parameters.logrows:
        raise InvalidInput(
            f"batches of {description.batch} need 2^{needed} rows, the model is committed for 2^"
            f"{description.parameters.logrows}: commit these inputs with a smaller batch, or the model with a larger"
        )


def folded_parameters(settings: dict[str, Any], description: Circuit) -> bool:
    """Whether a ``polycommit`` circuit commits to more or fewer values than the model's weights and the mask's."""
    if description.binding != "polycommit":
        return False
    return bool(sum(settings["module_sizes"]["polycommit"]) != description.committed_values)


def _module_rows(settings: dict[str, Any]) -> list[int]:
    poseidon = settings.get("module_sizes", {}).get("poseidon", [0, [0]])
    return [int(poseidon[0])]
