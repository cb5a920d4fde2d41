"""One ImageNet prediction of MobileNetV2 at full size, proven with committed weights, and forgeries of it refused."""
