"""From "a layer's accumulators at a point are so much" to claims about its weights, its biases and what it reads."""
