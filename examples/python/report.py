"""Fills the template, which no job names."""

import json
import sys

with open(sys.argv[1]) as source, open("template.txt") as template:
    text = template.read().format(**json.load(source))
with open(sys.argv[2], "w") as out:
    out.write(text)
