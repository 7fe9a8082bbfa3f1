"""Leaves out the lines that the limits refuse."""

import sys

from pipeline import limits

with open(sys.argv[1]) as source, open(sys.argv[2], "w") as out:
    for line in source:
        x, y = map(float, line.split(","))
        if limits.LOWEST <= y <= limits.HIGHEST:
            out.write(f"{x},{y}\n")
