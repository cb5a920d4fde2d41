"""Protocol A': the accuracy audit with a seeded sample, an encrypted hand-over and complaints (arXiv 2210.08674, B)."""
