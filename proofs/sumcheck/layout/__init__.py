"""Tensors as parts of one flat vector, and the linear functionals that claims about them are."""
