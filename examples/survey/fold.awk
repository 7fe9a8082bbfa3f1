# Folds the magnitudes of a star with each period of 2 to 12 hours; the one that leaves the least
# scatter is the star's. Prints "star period range", and draws its magnitudes over that period.
# usage: awk -v star=NAME -v curve=FILE -f fold.awk CANDIDATE

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
    if (ENVIRON["TORC_OUTPUT"]) { # values: torc data fold, and the page of torc report
        printf "period=%d\nrange=%.2f\n", best, high - low >> ENVIRON["TORC_OUTPUT"]
    }

    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"420\" height=\"200\" font-family=\"sans-serif\" font-size=\"13\">\n" > curve
    printf "<text x=\"14\" y=\"22\">%s: %d hours</text>\n", star, best > curve
    for (i = 1; i <= NR; i++) { # two periods; the bright are above
        for (turn = 0; turn < 2; turn++) {
            x = 20 + (hour[i] % best + turn * best) * 380 / (2 * best)
            y = 40 + (magnitude[i] - low) * 145 / (high - low)
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#1d5fa8\"/>\n", x, y > curve
        }
    }
    print "</svg>" > curve
}
