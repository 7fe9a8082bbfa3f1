#compdef torc
# Completion of torc for zsh; made by: torc completion zsh
# torc itself finds what fits the last word. It tells how to go on, then pairs of word and meaning.
_torc() {
  local -a said values shown
  local how value meaning
  said=("${(@0)$("${(Q)words[1]}" completion zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" \
    </dev/null 2>/dev/null)}")
  how=$said[1]
  said=("${(@)said[2,-1]}")
  case $how in
    files | folders)
      [[ $PREFIX != --*=* ]] || compset -P '*='
      if [[ $how = files ]]; then _files; else _files -/; fi
      return
      ;;
  esac
  while (( $#said > 1 )); do
    value=$said[1] meaning=$said[2]
    said=("${(@)said[3,-1]}")
    values+=("$value")
    shown+=("${value}${meaning:+  -- $meaning}")
  done
  if [[ $how = open ]]; then
    compadd -S '' -- "${values[@]}"
  elif [[ $how = told ]]; then
    compadd -l -d shown -- "${values[@]}"
  else
    compadd -- "${values[@]}"
  fi
}
if [[ $funcstack[1] = _torc ]]; then _torc "$@"; else compdef _torc torc; fi
