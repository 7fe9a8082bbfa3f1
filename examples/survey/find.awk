# Reads "hour star magnitude", sorted by star; writes a file for each star that varies.
# usage: awk -v range=MAGNITUDES -v to=PREFIX -f find.awk FIELD

$2 != star { finish(); star = $2; lines = ""; low = high = $3 }

{
    lines = lines $0 "\n"
    if ($3 < low) low = $3
    if ($3 > high) high = $3
}

END { finish() }

function finish() {
    if (lines != "" && high - low >= range) printf "%s", lines > (to star ".txt")
}
