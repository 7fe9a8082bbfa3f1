"""Prints a rate, the mean loss of its runs, their standard deviation and their number.

usage: summary.py RATE RUN...
"""

import json
import statistics
import sys

rate, *runs = sys.argv[1:]
losses = []
for run in runs:
    with open(run) as file:
        losses.append(json.load(file)["loss"])
print(rate, f"{statistics.mean(losses):.5f} {statistics.pstdev(losses):.5f} {len(losses)}")
