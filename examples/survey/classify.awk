# Reads "star period range" of all stars; prints each with its class, and how many there are.

{
    print $0, $2 <= 6 ? "short" : "long"
    stars++
}

END { print "stars", stars + 0 }
