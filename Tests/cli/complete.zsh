# Types a line and a tab into an interactive zsh, and prints what the line becomes.
zmodload zsh/zpty
zpty -b shell "zsh -f -i"
zpty -w shell "PS1='' RPS1='' ; unsetopt zle_bracketed_paste 2>/dev/null; source $1 2>/dev/null; bindkey '^I' complete-word; echo READY-\$((1+1))"
text=
repeat 100 { zpty -r -t shell chunk && text+=$chunk || sleep 0.1; [[ $text == *READY-2* ]] && break }
zpty -w -n shell $'\C-u'"$2"$'\t'
zpty -w -n shell $'\C-aecho "LINE \C-e"\n'
text=
repeat 50 { zpty -r -t shell chunk && text+=$chunk || sleep 0.1; [[ $text == *$'\n'LINE* ]] && break }
print -r -- "$text" | tr -d '\r' | grep '^LINE' | tail -1
zpty -d shell
