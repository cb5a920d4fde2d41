"""Train the small MNIST network of the halo2 examples and write it as ONNX.

    python -m examples.mnist_cnn.train            examples/models/mnist_cnn.onnx
    python -m examples.mnist_cnn.train --out FILE

Two convolutions (4 and 8 channels, 5x5, stride 2, ReLU) and one dense layer on 28x28 pixels: 2,202 parameters and
28,480 multiply-adds an image. Strides instead of pools, because the halo2 circuits neither divide nor compare windows.
Pixels are p / 255. Images are shifted by up to one pixel while training. PyTorch is needed here only
(``pip install -e .[train]``); data is read from ``ASSAY_DATA``. Two runs on one machine give the same weights, another
CPU others of the same quality, which is why the trained model is committed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, save
from torch import Tensor, nn

from examples.lenet.train import accuracy, pixels
from examples.safetynets.data import Digits, load_mnist

OUT = Path(__file__).resolve().parents[1] / "models" / "mnist_cnn.onnx"
SEED, EPOCHS, BATCH, PEAK_RATE = 2012, 16, 128, 8e-3
SHIFT = 1  # pixels
OPSET, IR_VERSION = 17, 8
NAMES = {0: "conv1", 2: "conv2", 5: "fc"}  # place in the network -> name in the file


def network_of() -> nn.Sequential:
    """The untrained network; images (N, 1, 28, 28) to logits (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 5, stride=2),
        nn.ReLU(),
        nn.Conv2d(4, 8, 5, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def shifted(images: Tensor, generator: torch.Generator) -> Tensor:
    """Each batch moved by its own whole number of pixels, filled with black."""
    down, across = (int(v) for v in torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator))
    return nn.functional.pad(images, (across, -across, down, -down))


def train(digits: Digits, epochs: int = EPOCHS) -> nn.Sequential:
    """The network after ``epochs`` passes with Adam under a one-cycle learning rate."""
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    generator = torch.Generator().manual_seed(SEED)
    network = network_of()
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


def to_onnx(network: nn.Sequential) -> ModelProto:
    """Plain float32 ONNX with a batch dimension "N"."""
    nodes, constants, current = [], [], "image"
    for place, layer in enumerate(network):
        out = "logits" if place == len(network) - 1 else f"t{place}"
        inputs, extra = [current], {}
        if place in NAMES:
            for part in ("weight", "bias"):
                inputs.append(f"{NAMES[place]}.{part}")
                constants.append(numpy_helper.from_array(getattr(layer, part).detach().numpy(), inputs[-1]))
        if isinstance(layer, nn.Conv2d):
            kind, extra = "Conv", {"kernel_shape": list(layer.kernel_size), "strides": list(layer.stride)}
        elif isinstance(layer, nn.Linear):
            kind, extra = "Gemm", {"transB": 1}
        else:
            kind = "Flatten" if isinstance(layer, nn.Flatten) else "Relu"
        nodes.append(helper.make_node(kind, inputs, [out], name=NAMES.get(place, out), **extra))
        current = out
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])
    graph = helper.make_graph(nodes, "mnist_cnn", [image], [logits], constants)
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
