# Reads "star period range" of all stars; prints each with its class, and how many there are. The
# same as a table in CSV. Curves among the files are passed over.
# usage: awk -v table=FILE -f classify.awk FOLDED...

BEGIN { print "star,period,range,class" > table }

FILENAME ~ /\.svg$/ { next }

{
    class = $2 <= 6 ? "short" : "long"
    print $0, class
    print $1 "," $2 "," $3 "," class > table
    stars++
}

END { print "stars", stars + 0 }
