"""The two sides of a prediction round at work on the chain: who answers, and who asks."""
