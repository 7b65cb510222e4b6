# Completes its first argument as fish would; prints what it offers. The second is the program whose script it is.
$argv[2] completions fish | source
complete -C $argv[1] | string replace -r '\t.*' '' | sort -u
