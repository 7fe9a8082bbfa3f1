"""Prints a bar for each file of a number of words."""

import pathlib
import sys

from bars import bars

print(bars({pathlib.Path(file).stem: int(open(file).read()) for file in sys.argv[1:]}))
