# The processes of a job: how they are found, measured and ended.

# Looks for the living processes with a line in their environment that begins with MARK, for the
# process ROOT, for those found before, and for all descendants of these. Sets torc_live to words
# PID:BIRTH; fails if it could not look.
torc_scan() {
  torc_found=$(
    {
      head -n 99999 /proc/[0-9]*/environ | tr '\000' '\n' # head tells which file a line is from
      printf '\n%s processes %s\n' "$1" "$torc_live"
      cat /proc/[0-9]*/stat
    } 2>/dev/null | LC_ALL=C awk -v mark="$1" -v root="$2" '
      index($0, mark " processes ") == 1 {
        for (i = split($0, list, " "); i > 2; i--) known[list[i]] = 1
        table = 1
        next
      }
      !table && /^==> \/proc\/[0-9]+\/environ <==$/ { split($2, path, "/"); pid = path[3]; next }
      !table { if (index($0, mark) == 1) marked[pid] = 1; next }
      {
        pid = $1
        sub(/^.*\) /, "")
        if ($1 == "Z" || $1 == "X") next
        any = 1
        parent[pid] = $2
        word[pid] = pid ":" $20
        if (pid == root || pid in marked || word[pid] in known) tree[pid] = 1
      }
      END {
        do {
          more = 0
          for (pid in parent)
            if (!(pid in tree) && parent[pid] in tree) { tree[pid] = 1; more = 1 }
        } while (more)
        for (pid in tree) line = line word[pid] " "
        if (any) print line "."
      }' 2>/dev/null
  )
  case $torc_found in
    *.) torc_live=${torc_found%.} ;;
    *) return 1 ;;
  esac
}

# Sets torc_first to the signal that the process PID gets first: TERM if it would take no notice of
# SIGNAL; nothing if another process hands the signal on to it: it is the first one of a container,
# or belongs to a job of a torc that this job runs.
torc_first() {
  torc_first=$2
  if [ -n "$torc_sweep" ] && grep -q '^NSpid:.*[[:space:]].*[[:space:]]1$' "/proc/$1/status"; then
    torc_first=
  fi
  case $(tr '\000' '\n' <"/proc/$1/environ" | sed -n 's/^TORC_BUILD=//p') in
    '' | "$torc_build") ;;
    *) torc_first= ;;
  esac
  case $torc_first in
    '' | TERM) return ;;
    HUP) torc_bit=0 ;;
    INT) torc_bit=1 ;;
    QUIT) torc_bit=2 ;;
    USR1) torc_bit=9 ;;
    *) torc_bit=11 ;;
  esac
  torc_mask=$(sed -n 's/^SigIgn:.*\(........\)$/\1/p' "/proc/$1/status")
  [ $((0x${torc_mask:-0} >> torc_bit & 1)) = 0 ] || torc_first=TERM
  # A bash without a trap for INT goes on with its next command if its child handled INT.
  case $torc_first$(readlink "/proc/$1/exe") in
    INT*/bash | 'INT*/bash (deleted)')
      torc_script "$1" | tr '\n' ' ' |
        grep -Eiq '(^|[^a-z_])trap[[:space:]].*([^a-z_](sig)?int|[[:space:]]2)([^a-z0-9_]|$)' ||
        torc_first=TERM
      ;;
  esac
} 2>/dev/null

# Prints the arguments of a shell, and the script that they name.
torc_script() {
  cd "/proc/$1/cwd"
  tr '\000' '\n' <"/proc/$1/cmdline" | {
    read -r torc_word # the shell itself
    while IFS= read -r torc_word; do
      printf '%s\n' "$torc_word"
      [ ! -f "$torc_word" ] || cat "$torc_word"
    done
  }
}

# Ends all processes that torc_scan finds for MARK and ROOT. Those that exist now get SIGNAL, and
# TERM after half the grace; all get KILL after the grace. Sets torc_live to those that did not die,
# normally none. Two scans in a row must find none: a process that just begins another program has
# no environment for a moment. They are stopped first, so that none starts another one unseen.
torc_end() {
  torc_told=
  torc_none=0
  while [ "$torc_none" -lt 2 ]; do
    torc_none=$((torc_none + 1))
    torc_scan "$1" "$2" || continue
    for torc_process in $torc_live; do
      case $torc_told in
        *" $torc_process "*) ;;
        *)
          kill -s STOP "${torc_process%:*}"
          torc_told="$torc_told $torc_process "
          torc_none=0
          ;;
      esac
    done 2>/dev/null
  done
  for torc_process in $torc_told; do
    torc_first "${torc_process%:*}" "$3"
    [ -z "$torc_first" ] || kill -s "$torc_first" "${torc_process%:*}"
  done 2>/dev/null
  # The youngest first: if a parent ended while a child is stopped, the kernel would hang up both.
  for torc_process in $(printf '%s\n' $torc_told | sort -t : -k 2nr -k 1nr); do
    kill -s CONT "${torc_process%:*}"
  done 2>/dev/null
  torc_now # only now: the search for processes takes nothing of their grace
  torc_kill=$((torc_now + torc_grace * 100))
  torc_half=$((torc_now + torc_grace * 50))
  [ "$3" != TERM ] || torc_half=$torc_kill # it was sent already
  torc_none=0
  [ -n "$torc_told" ] || torc_none=2
  while [ "$torc_none" -lt 2 ]; do
    if torc_scan "$1" "$2" && [ -z "${torc_live% }" ]; then
      torc_none=$((torc_none + 1))
      continue
    fi
    torc_none=0
    torc_now
    if [ "$torc_now" -ge "$torc_half" ]; then
      for torc_process in $torc_live; do
        case $torc_now:$torc_told in
          *" $torc_process "*) torc_first=TERM ;;
          *) torc_first= ;; # it started later
        esac
        [ "$torc_now" -lt "$torc_kill" ] || torc_first=KILL
        [ -z "$torc_first" ] || kill -s "$torc_first" "${torc_process%:*}"
        [ -z "$torc_first" ] || kill -s CONT "${torc_process%:*}"
      done 2>/dev/null
      torc_half=$torc_kill
    fi
    [ "$torc_now" -lt $((torc_kill + 1000)) ] || break
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# Measures the memory in KiB that the kernel cannot take back from the job and sets torc_peak, the
# highest so far; fails if the job is above its limit. Only above it are pages that processes share
# counted once, which takes longer.
torc_measure() {
  torc_scan "$torc_mark/$torc_name/" "$torc_pid" || return 0
  torc_files=''
  torc_shares=''
  for torc_process in $torc_live; do
    torc_process=${torc_process%:*}
    if [ "$torc_process" != "$torc_pid" ]; then # the shell around the job is not the job
      torc_files="$torc_files /proc/$torc_process/status"
      torc_shares="$torc_shares /proc/$torc_process/smaps_rollup"
    fi
  done
  [ -n "$torc_files" ] || return 0
  # A kernel before 4.5 tells only VmRSS, one before 5.4 no Pss_Anon.
  torc_used=$(cat $torc_files 2>/dev/null | LC_ALL=C awk '
    /^VmRSS:/ { all += $2 }
    /^Rss(Anon|Shmem):/ { told = 1; now += $2 }
    END { printf "%.0f", told ? now : all }')
  [ "${torc_used:-0}" -gt 0 ] || return 0
  if [ "$torc_memory" -gt 0 ] && [ "$torc_used" -gt "$torc_memory" ]; then
    torc_share=$(cat $torc_shares 2>/dev/null | LC_ALL=C awk '
      /^Pss_(Anon|Shmem):/ { now += $2 }
      END { printf "%.0f", now }')
    [ "${torc_share:-0}" -le 0 ] || torc_used=$torc_share
  fi
  [ "$torc_peak" != - ] && [ "$torc_peak" -ge "$torc_used" ] || torc_peak=$torc_used
  [ "$torc_memory" = 0 ] || [ "$torc_used" -le "$torc_memory" ]
}
