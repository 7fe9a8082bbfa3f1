# The walks, and the root of the mean square of how far they came.
{ print; sum += $4 * $4 }
END { printf "%d walks, %.1f from home\n", NR, sqrt(sum / NR) }
