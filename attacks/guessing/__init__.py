"""Confirming a guess of the weights by proving with the guess and comparing what should have been blinded."""
