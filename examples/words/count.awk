# How often each word stands in a text.
{ for (i = 1; i <= NF; i++) n[$i]++ }
END { for (word in n) print n[word], word }
