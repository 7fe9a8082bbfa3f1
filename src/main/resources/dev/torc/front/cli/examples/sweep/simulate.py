"""simulate.py RATE OUT: writes how many people are ill on each day, as CSV."""
import sys

import model

rate, out = float(sys.argv[1]), sys.argv[2]
if not 0 < rate < 1:
    sys.exit(f"rate {rate} is not between 0 and 1")
with open(out, "w") as file:
    print("day,ill", file=file)
    for day, ill in enumerate(model.days(rate)):
        print(f"{day},{ill:.1f}", file=file)
