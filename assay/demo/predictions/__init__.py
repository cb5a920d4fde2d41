"""Contested predictions: rounds of signed answers over HTTP, some contested and proven, some not to be proven."""
