"""What others publish for the same work, or what their released code took here; each with its machine."""

# ruff: noqa: E501 - one line a row
from __future__ import annotations

HEAD = ("system", "model", "prove", "verify", "proof", "machine", "weights bound", "hiding")
OTHERS = (
    ("ZKML (EuroSys 2024, halo2 KZG)", "MobileNetV2 1.0/224", "1,225.5 s", "17.7 ms", "17.7 kB", "64 vCPU, 512 GB", "no", "yes"),
    ("+ Artemis commitment", "same", "1,598.8 s", "16.7 ms", "18.1 kB", "64 vCPU", "yes", "yes"),
    ("+ Poseidon hash of the weights in the circuit", "same", "4,914.4 s", "17.9 ms", "21.5 kB", "64 vCPU", "yes", "yes"),
    ("Kang et al. 2022 (halo2)", "MobileNetV2 0.5/224", "1,530.7 s", "6.32 s", "7.6 kB", "128 vCPU", "no", "yes"),
    ("Kang et al. 2022 (halo2)", "MobileNetV2 0.75/192", "2,457.5 s", "10.27 s", "6.0 kB", "128 vCPU", "no", "yes"),
    ("ZKTorch 2025", "ResNet-50/224", "6,270.5 s", "62.8 s", "85 kB", "64 threads, 4 TB", "-", "-"),
    ("zkCNN (CCS 2021)", "LeNet, MNIST", "0.441 s", "5.8 ms", "71 kB", "one core", "see below", "partly"),
    ("zkCNN (CCS 2021)", "VGG16, CIFAR-10", "88.3 s", "59 ms", "341 kB", "one core, 24 GB", "see below", "partly"),
    ("zkCNN (CCS 2021), accuracy on 20 images", "VGG16, CIFAR-10", "520 s", "121 ms", "635 kB", "one core", "see below", "partly"),
    ("zkPyTorch 2025, as claimed", "VGG16, CIFAR-10", "2.2 s", "-", "-", "not stated here", "-", "-"),
    ("DeepProve", "CNN, 264k parameters", "1.24 s", "0.6 s", "-", "not stated", "-", "no"),
    ("zkCNN as released, run by us", "LeNet", "0.45 s", "5.7 ms", "71 KiB", "one core of this kind, 120 MiB", "no", "partly"),
    ("zkCNN as released, run by us", "VGG16", "82 to 89 s", "57 to 61 ms", "341 KiB", "one core of this kind, 12.3 GiB", "no", "partly"),
    ("zkCNN with real generators, run by us", "LeNet", "3.0 s", "66 ms", "71 KiB", "one core of this kind", "yes", "partly"),
    ("zkCNN with real generators, run by us", "VGG16", "473 s", "751 ms", "341 KiB", "one core of this kind, 12.3 GiB", "yes", "partly"),
    ("ezkl 23.0.5, run by us earlier", "LeNet-44k", "163 s, set-up 132 s", "1.8 s", "139 kB", "2 cores, 5.2 GB", "yes", "no"),
)  # fmt: skip
