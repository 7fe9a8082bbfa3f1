"""Finds where the two fitted curves cross, and the area between them up to there.

Stores the crossing as the value key1.

usage: post.py LEFT RIGHT OUT
"""

import json
import math
import os
import sys

*fits, out = sys.argv[1:]
curves = []
for name in fits:
    with open(name) as file:
        curves.append(json.load(file))


def difference(x):
    left, right = (c["amplitude"] * math.exp(-c["decay"] * x) for c in curves)
    return left - right


left, right = curves
crossing = math.log(left["amplitude"] / right["amplitude"]) / (left["decay"] - right["decay"])
steps = 400_000
width = crossing / steps
area = sum(difference((step + 0.5) * width) for step in range(steps)) * width
with open(out, "w") as file:
    json.dump({"crossing": round(crossing, 3), "area": round(area, 4)}, file)
with open(os.environ["TORC_OUTPUT"], "a") as file:
    print(f"key1={round(crossing, 3)}", file=file)
