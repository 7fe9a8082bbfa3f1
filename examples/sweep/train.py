"""Learns a line from noisy points by stochastic gradient descent.

usage: train.py RATE SEED OUT
"""

import json
import os
import random
import sys

rate, seed, out = sys.argv[1:]
draw = random.Random(f"sweep {seed}")
points = [(x, 3 * x - 1 + draw.gauss(0, 0.1)) for x in (draw.uniform(-1, 1) for _ in range(400))]
slope = offset = 0.0
for x, y in points[:300]:
    error = slope * x + offset - y
    slope -= float(rate) * error * x
    offset -= float(rate) * error

rest = points[300:]
loss = sum((slope * x + offset - y) ** 2 for x, y in rest) / len(rest)
with open(out, "w") as file:
    json.dump({"slope": round(slope, 4), "offset": round(offset, 4), "loss": round(loss, 6)}, file)
if "TORC_OUTPUT" in os.environ:  # values: torc data train, and the page of torc report
    with open(os.environ["TORC_OUTPUT"], "a") as file:
        print(f"loss={loss:.6f}", f"slope={slope:.4f}", f"offset={offset:.4f}", sep="\n", file=file)
