# Prints how many networks there are, their mean score, and the seed of the best.
#
# usage: summary.sh STATS...
set -eu
cat "$@" | awk '
  { sum += $2 }
  NR == 1 || $2 > most { most = $2; best = $1 }
  END { printf "networks %d\nmean %.2f\nbest %s\n", NR, sum / NR, best }'
