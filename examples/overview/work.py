"""Fits amplitude * exp(-decay * x) to samples, with the error of the decay by bootstrap.

All resamples are drawn before the first is fitted, so the memory taken grows with their number.
Posts the area below the fitted curve as an event, or that there were too few resamples.

usage: work.py SAMPLES OUT
"""

import json
import math
import os
import random
import statistics
import sys


def fit(xs, ys, chosen, bins):
    """Least squares on the logarithms of the means of the bins; returns amplitude and decay."""
    counts = [0] * bins
    sums = [0.0] * bins
    for i in chosen:
        bin = xs[i]
        counts[bin] += 1
        sums[bin] += ys[i]
    points = [
        ((bin + 0.5) * 5 / bins, math.log(total / count))
        for bin, (count, total) in enumerate(zip(counts, sums))
        if count and total > 0
    ]
    slope, start = statistics.linear_regression(*zip(*points))
    return math.exp(start), -slope


source, out = sys.argv[1:]
with open(source) as file:
    samples = json.load(file)
bins = samples["bins"]
xs = [min(int(x * bins / 5), bins - 1) for x, _ in samples["points"]]
ys = [y for _, y in samples["points"]]

every = range(len(xs))
draw = random.Random(0)
resamples = [draw.choices(every, k=len(every)) for _ in range(samples["resamples"])]

amplitude, decay = fit(xs, ys, every, bins)
decays = [fit(xs, ys, resample, bins)[1] for resample in resamples]
result = {
    "amplitude": round(amplitude, 3),
    "decay": round(decay, 3),
    "error": round(statistics.stdev(decays), 4),
}
with open(out, "w") as file:
    json.dump(result, file)

if samples["resamples"] < 100:
    event = {"error": f"{samples['resamples']} resamples are too few to tell the error of the decay"}
else:
    event = {"result": round(amplitude / decay * (1 - math.exp(-5 * decay)), 3)}
with open(os.environ["TORC_EVENTS"], "a") as file:
    print(json.dumps(event), file=file)
