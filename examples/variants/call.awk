# Prints the places of one chromosome where the reads hold another base than the reference, at least
# `depth` times: chromosome, position, reference, base, number of reads.
#
# usage: awk -v chromosome=NAME -v depth=N -f call.awk REFERENCE READS

$1 != chromosome { next }
FILENAME == ARGV[1] { reference[$2] = $3; next }
$3 != reference[$2] { reads[$2 " " $3]++ }

END {
  for (place in reads) {
    if (reads[place] >= depth) {
      split(place, at, " ")
      print chromosome, at[1], reference[at[1]], at[2], reads[place] | "sort -k2,2n -k4,4"
    }
  }
}
