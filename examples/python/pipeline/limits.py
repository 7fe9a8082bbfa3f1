"""What a measurement can be."""

LOWEST = 0.0
HIGHEST = 100.0
