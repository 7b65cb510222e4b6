# Completes its first argument as fish would; prints what it offers.
flatline completions fish | source
complete -C $argv[1] | string replace -r '\t.*' '' | sort -u
