# awk -f place.awk reference.fa READS.fq: prints where in the reference each read fits best, and the
# read. One base in ten may differ. It takes the role of bwa, minimap2 or bowtie.
FNR == NR { if (!/^>/) reference = reference $0; next }
FNR % 4 == 1 { name = $0 }
FNR % 4 == 2 {
  best = int(length($0) / 10) + 1
  place = 0
  for (at = 1; at <= length(reference) - length($0) + 1; at++) {
    differ = 0
    for (i = 1; i <= length($0) && differ < best; i++)
      if (substr($0, i, 1) != substr(reference, at + i - 1, 1)) differ++
    if (differ < best) { best = differ; place = at }
  }
  if (place) print place, $0
}
END {
  if (FNR % 4) {
    print FILENAME ": cut off in read " name > "/dev/stderr"
    exit 1
  }
}
