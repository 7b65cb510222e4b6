# Completes $1 as an interactive zsh would; prints what it offers. $2 is the program whose script it is.
zmodload zsh/zpty
work=$(mktemp -d)
cat >$work/init <<'INIT'
PROMPT=
autoload -Uz compinit && compinit -u -D
source <($PROGRAM completions zsh)
# Every offer, written down before it is made.
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- $hits >>$WORK/hits
  builtin compadd "$@"
}
finish() { zle complete-word; touch $WORK/done }
zle -N finish
bindkey '^I' finish
print ready >$WORK/ready
INIT
export WORK=$work PROGRAM=$2
zpty z zsh -f -i
zpty -w z "source $work/init"
for i in {1..100}; do [[ -e $work/ready ]] && break; sleep 0.05; done
zpty -w -n z "$1"$'\t'
for i in {1..100}; do [[ -e $work/done ]] && break; sleep 0.05; done
[[ -e $work/hits ]] && sort -u $work/hits
zpty -d z
rm -rf $work
