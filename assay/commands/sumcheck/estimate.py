"""``assay estimate`` for the sumcheck backend: what committing and proving take, before any work."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.commands.sumcheck.budget import model_left
from assay.commands.sumcheck.commit import calibration_of
from assay.commands.sumcheck.mode import proofs_wanted
from assay.output import Output, Stages, read_bytes
from proofs.commitment.model import NO_OWNER
from proofs.container import MAX_FILE_BYTES
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.machine_speed import machine_speed
from proofs.predicate import CLASS, Predicate
from proofs.sheets import HIDES, HIDES_NOTHING
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import block_for_model, usable
from proofs.sumcheck_backend.bundle_size import fewer_proofs
from proofs.sumcheck_backend.chunks import MAX_EXAMPLES, check_chunk, default_chunk, spans
from proofs.sumcheck_backend.committing import RECEIPT_EXAMPLES
from proofs.sumcheck_backend.data_commitment import ROOT_BYTES, DataCommitment
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.matrices import PRODUCT_LOG_COLUMNS
from proofs.sumcheck_backend.memory import MIB, available_bytes, choose_shard
from proofs.sumcheck_backend.model_commitment import BACKEND, NetworkCommitment
from proofs.sumcheck_backend.questions import AskLogits, AskScore, AskSelection, Question
from proofs.sumcheck_backend.secret_network import read_network_commitment
from proofs.sumcheck_backend.stand_in import ASSUMED_INPUTS, random_inputs
from proofs.wording import counted

if TYPE_CHECKING:
    from proofs.sumcheck_backend.foretold import Foretold

TASKS = ("accuracy", "inference", "retrieval")
QUESTIONS: dict[str, Question] = dict(
    zip(TASKS, (AskScore(), AskLogits(), AskSelection(Predicate(CLASS, 0))), strict=True)
)
GIVEN, FILE, RANDOM, COMMITTED = "given", "file", "random", "committed"
"""Where ranges come from: --calibrate, the file itself, random inputs, a commitment."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The files and numbers of an ``estimate`` command.

    Args:
        model: the ONNX file, or None where ``commit`` is given.
        calibrate, bits, log_columns: as ``commit model`` takes them.
        examples: in all. shard, chunk: as ``prove`` takes them.
        proofs, no_zk: as ``commit model`` takes them. task: a key of ``QUESTIONS``.
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
    task: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A network to be estimated.

    Args:
        ranges: where they come from. calibrated: inputs ``commit model`` would look at.
        left: proofs a commitment may still make, None where nobody counts.
    """

    model: NetworkCommitment
    ranges: str
    calibrated: int
    left: int | None


def estimate_sumcheck(output: Output, sizes: Sizes) -> None:
    """Say what the job takes, and whether it fits."""
    from proofs.sumcheck_backend.foretold import foretell

    if sizes.task not in QUESTIONS:
        raise InvalidInput(f"--task {sizes.task}: choose {', '.join(QUESTIONS)}")
    question = QUESTIONS[sizes.task]
    with output.progress("estimate") as stages:
        subject = _committed(stages, output, sizes) if sizes.commit is not None else _quantised(stages, sizes)
        stages.stage("laying out")
        data = _examples(subject.model, sizes, isinstance(question, AskScore))
        shard, problem = _shard(subject.model, data, question, sizes.shard)
        found = foretell(subject.model, data, question, shard, machine_speed(), subject.calibrated)
    named = sizes.commit if sizes.commit is not None else sizes.model
    title = f"estimate for {named}, {counted(sizes.examples, 'example')}, {sizes.task}, {BACKEND}"
    output.table(title, ["quantity", "value"], found.table())
    _report(output, found, subject, data, [problem] if problem else [], sizes.task)


def _report(
    output: Output, found: Foretold, subject: Subject, data: DataCommitment, problems: list[str], task: str
) -> None:
    hiding, allowed = subject.model.hiding, _allowed(subject.model)
    available = available_bytes() / MIB
    problems += _further_problems(found, subject, data, available)
    for problem in problems:
        output.say(f"this will not fit: {problem}", "red")
    if subject.ranges == RANDOM:
        output.say(
            "ranges are those of random inputs from 0 to 1, since the file states none and --calibrate is not given: "
            "sizes hardly depend on them; `assay commit model` will ask for real inputs"
        )
    output.say(
        "seconds are those of this machine with nothing else to do and kernels compiled, within a factor of two; bytes "
        "within 2%"
    )
    output.say(HIDES if hiding else HIDES_NOTHING, None if hiding else "yellow")
    output.document(
        {
            **asdict(found),
            "srs_bytes": 0,
            "gas_used": None,
            "contract_bytes": None,
            "proof_budget": allowed,
            "proof_budget_left": subject.left,
            "ranges": subject.ranges,
            "fits": not problems,
            "settles_on_chain": False,
            "problems": problems,
            "available_memory_mb": available,
            "task": task,
            "backend": BACKEND,
            "zero_knowledge": hiding,
        }
    )


def _further_problems(found: Foretold, subject: Subject, data: DataCommitment, available: float) -> list[str]:
    """Of set-up memory, of the bundle's size and of both budgets."""
    problems = []
    if subject.ranges != COMMITTED and found.setup_memory_mb > available:
        problems.append(
            f"the set-up takes about {found.setup_memory_mb:.0f} MB, {available:.0f} MB are free for it: fewer or "
            "smaller calibration inputs, or a smaller model"
        )
    if found.proof_bytes > MAX_FILE_BYTES:
        problems.append(
            f"the proofs take {found.proof_bytes} bytes and no reader takes more than {MAX_FILE_BYTES} at once"
        )
    if subject.left is not None and found.shards > subject.left:
        problems.append(
            f"{counted(found.shards, 'proof')} are needed and the commitment may make {subject.left}: commit with a "
            f"larger --proofs{fewer_proofs(data, found.shard)}"
        )
    if data.hiding and (each := -(-data.chunk // found.shard)) > (most := openings(data.log_columns, data.block)):
        problems.append(
            f"{counted(each, 'proof')} are needed about a chunk of examples, which may be opened {most} times: commit "
            "them with a smaller --chunk, or make fewer proofs by a larger --shard"
        )
    return problems


def _allowed(model: NetworkCommitment) -> int | None:
    """Proofs a new commitment like this may make, None where nobody counts."""
    return usable(model.log_columns, model.block) if model.hiding else None


def _committed(stages: Stages, output: Output, sizes: Sizes) -> Subject:
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
    model = read_network_commitment(sizes.commit)
    calibrated = 0 if model.receipt is None else model.receipt.examples
    return Subject(model, COMMITTED, calibrated, model_left(model) if model.hiding else None)


def _quantised(stages: Stages, sizes: Sizes) -> Subject:
    """The network a commitment of the ONNX file would hold, committed to nothing.

    Raises:
        InvalidInput: no file, or unusable calibration. UnsupportedModel: names every node that cannot be proven.
    """
    from proofs.networks.onnx_import import import_float
    from proofs.networks.quantise import Options, quantise

    if sizes.model is None:
        raise InvalidInput("give MODEL.onnx, or --commit model.commit")
    columns = PRODUCT_LOG_COLUMNS if sizes.log_columns is None else sizes.log_columns
    block = block_for_model(proofs_wanted(sizes.no_zk, sizes.proofs, columns), columns)
    raw = read_bytes(sizes.model, "model")
    x = None if sizes.calibrate is None else calibration_of(sizes.calibrate).x
    calibrated, ranges = (0, FILE) if x is None else (min(len(x), RECEIPT_EXAMPLES), GIVEN)
    stages.stage("reading")
    floating = import_float(raw)
    stages.stage("quantising")
    if x is None and floating.input_grid is None:
        x, calibrated, ranges = random_inputs(floating), ASSUMED_INPUTS, RANDOM
    options = Options() if sizes.bits is None else Options(bits=sizes.bits)
    network, _, _ = quantise(floating, x, options)
    shape = IntegerFormat.of(network, floating.model_shape, floating.channels_last)
    model = NetworkCommitment(NO_OWNER, network, bytes(ROOT_BYTES), columns, shape, None, block)
    return Subject(model, ranges, calibrated, _allowed(model))


def _examples(model: NetworkCommitment, sizes: Sizes, labelled: bool) -> DataCommitment:
    """Examples of the model's format and mode, chunked as ``commit data`` would. Raises InvalidInput."""
    total, chunk = sizes.examples, sizes.chunk
    if not 1 <= total <= MAX_EXAMPLES:
        raise InvalidInput(f"{total} examples: 1 to {MAX_EXAMPLES} can be committed together")
    values = model.format.values
    size = check_chunk(default_chunk(values, total) if chunk is None else chunk, values, total)
    roots = (bytes(ROOT_BYTES),) * len(spans(total, size))
    return DataCommitment(model.format, total, size, labelled, model.log_columns, roots, model.block)


def _shard(
    model: NetworkCommitment, data: DataCommitment, question: Question, wanted: int | None
) -> tuple[int, str | None]:
    """Examples a proof, as ``prove`` would choose; where that does not fit, those asked for or one, and why not."""
    try:
        return choose_shard(model, data, question, wanted), None
    except ResourceExceeded as error:
        return min(wanted or 1, data.chunk), str(error)
