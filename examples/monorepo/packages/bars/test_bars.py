from bars import bars

assert bars({"b": 2, "a": 1}) == "a         #\nb         ##"
