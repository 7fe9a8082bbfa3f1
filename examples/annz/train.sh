# Prints a seed and its score, the remainder where a congruential generator stands after 50 steps.
# It stands for the training of a network, which is the same for the same seed.
#
# usage: train.sh SEED
set -eu
state=$1
step=0
while [ "$step" -lt 50 ]; do
  state=$(((state * 1103515245 + 12345) % 2147483648))
  step=$((step + 1))
done
echo "$1 $((state % 100003))"
