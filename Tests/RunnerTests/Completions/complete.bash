# Completes $1 as bash would; prints what it offers. A word in the making is the last, or empty after a space. $2 is the
# program whose script it is.
source <("$2" completions bash)
read -ra COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
"_${2//[^A-Za-z0-9]/_}"
printf '%s\n' "${COMPREPLY[@]}" | sort -u
