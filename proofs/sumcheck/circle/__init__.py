"""The code of rate 1/4 on the circle x^2 + y^2 = 1 over the integers modulo 2^31 - 1, whose group has 2^31 points.

All but the compiled loops work over any Mersenne prime: tests count over small ones what none can count over this one.
"""
