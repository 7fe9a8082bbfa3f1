# Folds the magnitudes of a star with each period of 2 to 12 hours; the one that leaves the least
# scatter is the star's. Prints "star period range".
# usage: awk -v star=NAME -f fold.awk CANDIDATE

{
    hour[NR] = $1
    magnitude[NR] = $3
    if (NR == 1 || $3 < low) low = $3
    if (NR == 1 || $3 > high) high = $3
}

END {
    for (period = 2; period <= 12; period++) {
        for (phase = 0; phase < period; phase++) sum[phase] = square[phase] = count[phase] = 0
        for (i = 1; i <= NR; i++) {
            phase = hour[i] % period
            sum[phase] += magnitude[i]
            square[phase] += magnitude[i] ^ 2
            count[phase]++
        }
        scatter = 0
        for (phase = 0; phase < period; phase++) {
            if (count[phase] > 0) scatter += square[phase] - sum[phase] ^ 2 / count[phase]
        }
        # a multiple of the period fits too: it must be better by far
        if (period == 2 || scatter < least * 0.25) { least = scatter; best = period }
    }
    printf "%s %d %.2f\n", star, best, high - low
}
