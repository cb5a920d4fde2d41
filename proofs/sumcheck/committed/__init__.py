"""Integer networks with committed weights, proven on committed examples: the sum-check backend's protocol.

Every activation is committed, so every layer is proven alone: look-ups for what is not linear, one sum-check a layer
for what is, one sum-check that brings all claims to one point, one opening.
"""
