# Completion of torc for bash; made by: torc completion bash
# torc itself finds what fits. It gets the line up to the cursor, and the characters that separate
# words in readline. The first item of its answer says how to go on, the others are what fits.
_torc() {
  local how= each
  COMPREPLY=()
  while IFS= read -r -d '' each; do
    if [ -z "$how" ]; then how=$each; else COMPREPLY+=("$each"); fi
  done < <("${COMP_WORDS[0]}" completion bash -- "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" \
    </dev/null 2>/dev/null)
  case $how in
    open) compopt -o nospace ;;
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
  esac 2>/dev/null # bash 3 has no compopt
}
complete -F _torc torc
