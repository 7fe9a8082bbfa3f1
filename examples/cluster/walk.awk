# A walk on a grid: one unit to one of four sides, as often as steps says. Prints where it ended and
# how far that is from where it began. Its numbers are its own: those of awk differ between awks.
function random() {
  state = state * 16807 % 2147483647
  return state / 2147483647
}

BEGIN {
  state = seed * 7919
  for (i = 0; i < steps; i++) {
    side = int(4 * random())
    x += (side == 0) - (side == 1)
    y += (side == 2) - (side == 3)
  }
  printf "%d %d %d %.1f\n", seed, x, y, sqrt(x * x + y * y)
}
