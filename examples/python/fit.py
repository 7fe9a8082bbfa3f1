"""Lays a line through the points."""

import json
import sys

from pipeline import line

with open(sys.argv[1]) as source:
    points = [tuple(map(float, row.split(","))) for row in source]
slope, offset = line.through(points)
with open(sys.argv[2], "w") as out:
    json.dump({"slope": slope, "offset": offset, "points": len(points)}, out)
