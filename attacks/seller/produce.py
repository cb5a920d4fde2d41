"""Real proofs made with ezkl, in a child process with a time limit.

    python -m attacks.seller.produce SPEC.json OUT.json     (the child)

The reference string is made on the spot, which is fine for an attack on hiding and for nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import ezkl
import numpy as np

from attacks.seller.public import PublicProof, PublicView, read_contract
from attacks.seller.victim import FEATURES, SCALE_BITS, TAG_LIMBS, Victim, make_victim, to_onnx

TIMEOUT_S = 300
ROOT = Path(__file__).resolve().parents[2]
BINDINGS = {"polycommit": "polycommit", "hashed": "hashed/public"}


@dataclass(frozen=True, slots=True)
class Run:
    """One proof to make: of which model and mask, on which input and job tag (all as seeds)."""

    model_seed: int
    job_seed: int
    mask_seed: int = 0
    nudged: bool = False
    blind_seed: int = 0


@dataclass(frozen=True, slots=True)
class Circuit:
    """The public circuit all runs share."""

    units: int = 0
    blinds: int = 0
    binding: str = "polycommit"

    def victim(self, run: Run) -> Victim:
        """The secret model of a run."""
        return make_victim(run.model_seed, self.units, mask_seed=run.mask_seed, nudged=run.nudged, blinds=self.blinds)


def produce(circuit: Circuit, runs: Sequence[Run]) -> PublicView:
    """Proofs of all runs under one set-up, as everybody sees them."""
    with tempfile.TemporaryDirectory() as folder:
        spec, out = Path(folder) / "spec.json", Path(folder) / "public.json"
        spec.write_text(json.dumps({"circuit": asdict(circuit), "runs": [asdict(run) for run in runs]}))
        subprocess.run(
            [sys.executable, "-m", "attacks.seller.produce", str(spec), str(out)], check=True, timeout=TIMEOUT_S,
            cwd=ROOT, env={**os.environ, "EZKL_REPO_PATH": folder}, capture_output=True,
        )  # fmt: skip
        return PublicView.from_json(out.read_text())


def run_arguments(binding: str) -> ezkl.PyRunArgs:
    """Hashed input, public output; small digits so that a tiny circuit holds the range table."""
    args = ezkl.PyRunArgs()
    args.input_visibility, args.param_visibility, args.output_visibility = "hashed/public", BINDINGS[binding], "public"
    args.input_scale = args.param_scale = SCALE_BITS
    args.decomp_base, args.decomp_legs, args.logrows = 64, 6, 8
    args.disable_freivalds = True
    return args


def write_job(seed: int, blinds: int, blind_seed: int = 0) -> None:
    """A random input and job tag, and secret blinds of 24 bits and a sign, as ezkl's JSON."""
    rng, secret = np.random.default_rng(seed), np.random.default_rng([seed, blind_seed])
    x = rng.integers(-16, 17, FEATURES) / 16
    tag = [*rng.integers(0, 2**16, TAG_LIMBS), *secret.integers(-(2**24) + 1, 2**24, blinds)]
    scaled = [int(value) / 2**SCALE_BITS for value in tag]
    Path("job.json").write_text(json.dumps({"input_data": [x.tolist(), scaled]}))


def compile_for(victim: Victim) -> None:
    """Put one model's weights into the circuit; settings and keys stay as they are."""
    Path("model.onnx").write_bytes(to_onnx(victim))
    ezkl.compile_circuit("model.onnx", "circuit", "settings.json")


def set_up(victim: Victim, binding: str) -> None:
    """Settings, circuit, reference string, keys and verifier contract in the current directory."""
    Path("model.onnx").write_bytes(to_onnx(victim))
    write_job(0, victim.blinds)
    ezkl.gen_settings("model.onnx", "settings.json", run_arguments(binding))
    ezkl.calibrate_settings("job.json", "model.onnx", "settings.json", "resources", scales=[SCALE_BITS])
    compile_for(victim)
    ezkl.gen_srs("srs", json.loads(Path("settings.json").read_text())["run_args"]["logrows"])
    ezkl.setup("circuit", "vk", "pk", "srs")
    with contextlib.suppress(RuntimeError):  # the source is written before a compiler is looked for
        asyncio.run(_contract())


async def _contract() -> None:
    await ezkl.create_evm_verifier("vk", "settings.json", "verifier.sol", "verifier.abi", "srs")


def prove(victim: Victim, run: Run) -> PublicProof:
    """One fresh proof, verified."""
    compile_for(victim)
    write_job(run.job_seed, victim.blinds, run.blind_seed)
    ezkl.gen_witness("job.json", "circuit", "witness.json", "vk", "srs")
    ezkl.mock("witness.json", "circuit")
    ezkl.prove("witness.json", "circuit", "pk", "proof.json", "srs")
    ezkl.verify("proof.json", "settings.json", "vk", "srs")
    made = json.loads(Path("proof.json").read_text())
    instances = tuple(int.from_bytes(bytes.fromhex(word), "little") for word in made["instances"][0])
    return PublicProof(bytes(made["proof"]), instances)


def main() -> None:
    """The child; leaves without interpreter shutdown, which can crash after ezkl."""
    spec, out = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]).resolve()
    circuit, runs = Circuit(**spec["circuit"]), [Run(**run) for run in spec["runs"]]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        set_up(circuit.victim(runs[0]), circuit.binding)
        proofs = tuple(prove(circuit.victim(run), run) for run in runs)
        out.write_text(PublicView(read_contract(Path("verifier.sol").read_text()), proofs).to_json())
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
