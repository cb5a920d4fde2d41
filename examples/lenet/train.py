"""Train the LeNet of the examples on MNIST and write it as ONNX.

    python -m examples.lenet.train            examples/models/lenet/lenet.onnx
    python -m examples.lenet.train --out FILE

LeNet-5 with ReLU and max pools: conv 5x5 (6, padded by 2), 2x2 pool, conv 5x5 (16), 2x2 pool, dense 120, 84, 10; 61,706
parameters. Pixels are p / 255. Images are shifted by up to two pixels while training. PyTorch is needed here only
(``pip install -e .[train]``); data is read from ``ASSAY_DATA``. Two runs on one machine give the same weights, another
CPU others of the same quality, which is why the trained model is committed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, save
from torch import Tensor, nn

from examples.safetynets.data import Digits, load_mnist

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "examples" / "models" / "lenet" / "lenet.onnx"
SEED, EPOCHS, BATCH, PEAK_RATE = 1998, 12, 128, 4e-3
SHIFT = 2  # pixels
OPSET, IR_VERSION = 17, 8
NAMES = {0: "conv1", 3: "conv2", 7: "fc1", 9: "fc2", 11: "fc3"}  # place in the network -> name in the file


def lenet() -> nn.Sequential:
    """The network; images (N, 1, 28, 28) to logits (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def pixels(digits: Digits) -> Tensor:
    """Images as float32 (N, 1, 28, 28) in [0, 1]."""
    return torch.from_numpy(digits.images.astype(np.float32) / np.float32(255))[:, None]


def shifted(images: Tensor, generator: torch.Generator) -> Tensor:
    """Each batch moved by its own whole number of pixels, filled with black."""
    down, across = (int(v) for v in torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator))
    return nn.functional.pad(images, (across, -across, down, -down))


def train(digits: Digits, epochs: int = EPOCHS) -> nn.Sequential:
    """The network after ``epochs`` passes with Adam under a one-cycle learning rate."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    generator = torch.Generator().manual_seed(SEED)
    network = lenet()
    optimiser = torch.optim.Adam(network.parameters(), lr=PEAK_RATE, weight_decay=1e-5)
    steps = epochs * -(-len(digits) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps)
    images, labels = pixels(digits), torch.from_numpy(digits.labels)
    for epoch in range(epochs):
        for rows in torch.randperm(len(digits), generator=generator).split(BATCH):
            optimiser.zero_grad()
            nn.functional.cross_entropy(network(shifted(images[rows], generator)), labels[rows]).backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1} of {epochs}", flush=True)
    return network.eval()


def accuracy(network: nn.Sequential, digits: Digits) -> float:
    """Share of images classified right."""
    with torch.no_grad():
        return float((network(pixels(digits)).argmax(1).numpy() == digits.labels).mean())


def to_onnx(network: nn.Sequential) -> ModelProto:
    """Plain float32 ONNX with a batch dimension "N"."""
    nodes, constants, current = [], [], "image"
    for place, layer in enumerate(network):
        out = "logits" if place == len(network) - 1 else f"t{place}"
        inputs, extra = [current], {}
        if isinstance(layer, nn.Conv2d | nn.Linear):
            for part in ("weight", "bias"):
                inputs.append(f"{NAMES[place]}.{part}")
                constants.append(numpy_helper.from_array(getattr(layer, part).detach().numpy(), inputs[-1]))
        if isinstance(layer, nn.Conv2d):
            pads = [int(p) for p in layer.padding] * 2
            kind, extra = "Conv", {"kernel_shape": list(layer.kernel_size), "pads": pads}
        elif isinstance(layer, nn.Linear):
            kind, extra = "Gemm", {"transB": 1}
        elif isinstance(layer, nn.MaxPool2d):
            kind, extra = "MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}
        else:
            kind = "Flatten" if isinstance(layer, nn.Flatten) else "Relu"
        nodes.append(helper.make_node(kind, inputs, [out], name=NAMES.get(place, out), **extra))
        current = out
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])
    graph = helper.make_graph(nodes, "lenet", [image], [logits], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Train, report the test accuracy, write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    chosen = parser.parse_args()
    network = train(load_mnist("train"), chosen.epochs)
    print(f"test accuracy {accuracy(network, load_mnist('t10k')):.4f}")
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    save(to_onnx(network), chosen.out)
    print(f"wrote {chosen.out}, {chosen.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
