# awk -f call.awk reference.fa PLACED: prints position, base of the reference, base of the sample and
# number of reads, wherever two reads or more agree on another base. It takes the role of bcftools call.
FNR == NR { if (!/^>/) reference = reference $0; next }
{ for (i = 1; i <= length($2); i++) count[$1 + i - 1, substr($2, i, 1)]++ }
END {
  for (at = 1; at <= length(reference); at++) {
    base = substr(reference, at, 1)
    for (i = 1; i <= 4; i++) {
      other = substr("ACGT", i, 1)
      if (other != base && count[at, other] >= 2 && count[at, other] >= count[at, base])
        print at, base, other, count[at, other]
    }
  }
}
