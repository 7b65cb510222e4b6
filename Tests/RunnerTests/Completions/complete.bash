# Completes $1 as bash would; prints what it offers. A word in the making is the last, or empty after a space.
source <(flatline completions bash)
read -ra COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_flatline
printf '%s\n' "${COMPREPLY[@]}" | sort -u
