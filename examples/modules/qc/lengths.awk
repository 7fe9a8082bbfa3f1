!/^>/ && length($0) >= least { print length($0) }
