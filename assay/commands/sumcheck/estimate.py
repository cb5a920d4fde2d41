"""``assay estimate`` for the sumcheck backend: what proving a score takes, before any work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.commands.sumcheck.commit import calibration_of
from assay.commands.sumcheck.mode import proofs_wanted
from assay.output import Output, Stages, read_bytes
from proofs.commitment.model import NO_OWNER
from proofs.container import MAX_FILE_BYTES
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.sheets import HIDES, HIDES_NOTHING
from proofs.sumcheck_backend.blocks import block_for_model
from proofs.sumcheck_backend.chunks import MAX_EXAMPLES, check_chunk, default_chunk, spans
from proofs.sumcheck_backend.data_commitment import ROOT_BYTES, DataCommitment
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.matrices import PRODUCT_LOG_COLUMNS
from proofs.sumcheck_backend.memory import MIB, available_bytes, choose_shard
from proofs.sumcheck_backend.model_commitment import BACKEND, NetworkCommitment
from proofs.sumcheck_backend.questions import AskScore
from proofs.sumcheck_backend.secret_network import read_network_commitment

if TYPE_CHECKING:
    from proofs.sumcheck_backend.foretold import Foretold


@dataclass(frozen=True, slots=True)
class Sizes:
    """The files and numbers of an ``estimate`` command.

    Args:
        model: the ONNX file, or None where ``commit`` is given.
        calibrate, bits, log_columns: as ``commit model`` takes them.
        examples: in all. shard, chunk: as ``prove`` takes them.
        proofs, no_zk: as ``commit model`` takes them.
    """

    model: Path | None
    commit: Path | None
    calibrate: Path | None
    bits: int | None
    log_columns: int | None
    examples: int
    shard: int | None
    chunk: int | None
    proofs: int | None
    no_zk: bool


def estimate_sumcheck(output: Output, sizes: Sizes) -> None:
    """Say what proving a score on so many examples takes, and whether it fits."""
    from proofs.sumcheck_backend.foretold import foretell

    with output.progress("estimate") as stages:
        model = _committed(stages, output, sizes) if sizes.commit is not None else _quantised(stages, sizes)
        stages.stage("laying out")
        data = _examples(model, sizes.examples, sizes.chunk)
        shard, problem = _shard(model, data, sizes.shard)
        found = foretell(model, data, AskScore(), shard)
    named = sizes.commit if sizes.commit is not None else sizes.model
    output.table(f"estimate for {named}, {sizes.examples} examples", ["quantity", "value"], found.rows())
    _report(output, found, problem, model.hiding)


def _report(output: Output, found: Foretold, problem: str | None, hiding: bool) -> None:
    if problem is None and found.proof_bytes > MAX_FILE_BYTES:
        problem = f"the proofs take {found.proof_bytes} bytes and no reader takes more than {MAX_FILE_BYTES} at once"
    if problem is not None:
        output.say(f"this will not fit: {problem}", "red")
    output.say("seconds hold within a factor of about three, where kernels are compiled and no memory is short")
    output.say(HIDES if hiding else HIDES_NOTHING, None if hiding else "yellow")
    available = available_bytes() / MIB
    fields = {"fits": problem is None, "available_memory_mb": available, "backend": BACKEND, "zero_knowledge": hiding}
    output.document({**asdict(found), **fields})


def _committed(stages: Stages, output: Output, sizes: Sizes) -> NetworkCommitment:
    """The network of a commitment. Raises InvalidInput for options that would choose another."""
    given = (sizes.calibrate, sizes.bits, sizes.log_columns, sizes.proofs)
    if sizes.commit is None or sizes.no_zk or given != (None,) * 4:
        raise InvalidInput(
            "--calibrate, --bits, --log-columns, --proofs and --no-zk are for an ONNX file; a commitment has them: "
            "leave them out"
        )
    if sizes.model is not None:
        output.say(f"{sizes.model} is not looked at: the commitment says all that counts", "yellow")
    stages.stage("reading")
    return read_network_commitment(sizes.commit)


def _quantised(stages: Stages, sizes: Sizes) -> NetworkCommitment:
    """The network a commitment of the ONNX file would hold, committed to nothing.

    Raises:
        InvalidInput: no file, or it needs calibration. UnsupportedModel: names every node that cannot be proven.
    """
    from proofs.networks.onnx_import import import_float
    from proofs.networks.quantise import Options, quantise

    if sizes.model is None:
        raise InvalidInput("give MODEL.onnx, or --commit model.commit")
    columns = PRODUCT_LOG_COLUMNS if sizes.log_columns is None else sizes.log_columns
    block = block_for_model(proofs_wanted(sizes.no_zk, sizes.proofs, columns), columns)
    raw = read_bytes(sizes.model, "model")
    calibration = None if sizes.calibrate is None else calibration_of(sizes.calibrate)
    stages.stage("reading")
    floating = import_float(raw)
    stages.stage("quantising")
    options = Options() if sizes.bits is None else Options(bits=sizes.bits)
    network, _, _ = quantise(floating, None if calibration is None else calibration.x, options)
    shape = IntegerFormat.of(network, floating.model_shape, floating.channels_last)
    return NetworkCommitment(NO_OWNER, network, bytes(ROOT_BYTES), columns, shape, None, block)


def _examples(model: NetworkCommitment, total: int, chunk: int | None) -> DataCommitment:
    """Labelled examples of the model's format and mode, chunked as ``commit data`` would. Raises InvalidInput."""
    if not 1 <= total <= MAX_EXAMPLES:
        raise InvalidInput(f"{total} examples: 1 to {MAX_EXAMPLES} can be committed together")
    values = model.format.values
    size = check_chunk(default_chunk(values, total) if chunk is None else chunk, values, total)
    roots = (bytes(ROOT_BYTES),) * len(spans(total, size))
    return DataCommitment(model.format, total, size, True, model.log_columns, roots, model.block)


def _shard(model: NetworkCommitment, data: DataCommitment, wanted: int | None) -> tuple[int, str | None]:
    """Examples a proof, as ``prove`` would choose; where that does not fit, those asked for or one, and why not."""
    try:
        return choose_shard(model, data, AskScore(), wanted), None
    except ResourceExceeded as error:
        return min(wanted or 1, data.chunk), str(error)
