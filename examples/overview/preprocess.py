"""Draws noisy samples of decaying curves.

usage: preprocess.py INPUTS OUT...   (each OUT has the name of a curve in INPUTS)
"""

import json
import math
import pathlib
import random
import sys

inputs, *outs = sys.argv[1:]
with open(inputs) as file:
    settings = json.load(file)

for out in outs:
    name = pathlib.Path(out).stem
    curve = settings["curves"][name]
    draw = random.Random(f"{settings['seed']} {name}")
    points = []
    for _ in range(settings["samples"]):
        x = draw.uniform(0, 5)
        y = curve["amplitude"] * math.exp(-curve["decay"] * x) + draw.gauss(0, curve["noise"])
        points.append([round(x, 6), round(y, 6)])
    with open(out, "w") as file:
        samples = {"bins": settings["bins"], "resamples": curve["resamples"], "points": points}
        json.dump(samples, file)
