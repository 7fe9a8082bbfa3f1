# The jobs of a batch, one after the other: claim, run, status.

# Whether PROGRAM is found in a PATH: so a missing program is told from a program that exits 127.
torc_find() (
  case $1 in
    */*)
      [ -f "$1" ] && [ -x "$1" ]
      exit
      ;;
  esac
  IFS=:
  set -f
  for torc_place in $2; do
    [ -f "${torc_place:-.}/$1" ] && [ -x "${torc_place:-.}/$1" ] && exit
  done
  exit 1
)

# Runs one step, a process of a job: FOLDER PROGRAM PATH, then the words for env.
torc_step() {
  torc_birth "$$"
  [ "$torc_birth" = "$torc_start" ] || return # the script was killed, and this process left over
  torc_place=$1
  cd "$torc_place" 2>/dev/null || {
    torc_trouble="its folder $torc_place cannot be entered"
    return 127
  }
  torc_find "$2" "$3" || {
    torc_trouble="there is no program $2"
    return 127
  }
  shift 3
  torc_with "$@" </dev/null >&3 2>&3 3>&-
}

# Runs the job, in a shell of its own: the text that runs before each job changes that shell only.
# At its end it tells the waiting shell how it ended: a wait that a signal interrupts does not tell.
torc_shell() {
  # A signal amid the last lines would leave half of them.
  trap 'torc_code=$?; trap "" TERM USR1 HUP; torc_tell "$torc_code"' EXIT
  trap 'exit 143' TERM USR1
  trap 'exit 129' HUP
  export TORC_CLAIM="${torc_mark#*=}/$torc_name/"
  [ -d "${TMPDIR:-/}" ] || unset TMPDIR # the folder was made on the submitting node
  torc_trouble="its log cannot be written: $torc_log"
  [ "$torc_mode" = append ] && [ -f "$torc_log" ] && [ ! -L "$torc_log" ] || rm -f "$torc_log"
  exec 3>>"$torc_log"
  umask "$torc_umask" # the job's files get the usual modes
  torc_trouble='the text that runs before jobs failed'
  eval "$torc_before" </dev/null >&3 2>&3 3>&- || exit
  unset IFS # the text may have set it for itself
  torc_trouble=
  torc_code=0
  torc_steps || torc_code=$?
  torc_tell "$torc_code" # here too: the text that ran before the job may have set a trap of its own
  exit "$torc_code"
}

# Writes the exit status, the CPU times of the shell and of its children, why the job did not start.
torc_tell() {
  {
    printf '%s\n' "$1"
    times
    printf '%s\n' "$torc_trouble"
  } >|"$torc_folder/$torc_name.claim/end"
}

# Reads what torc_tell wrote; fails if a line is missing, since the job's shell was killed.
torc_hear() {
  {
    read -r torc_code && read -r torc_rest && read -r torc_cpu && IFS= read -r torc_trouble
  } 2>/dev/null <"$torc_folder/$torc_name.claim/end"
}

# Runs the job and sets the variables that tell its end. The text torc_sweep removes its containers.
torc_run() {
  torc_live=
  torc_next=$torc_begin torc_pause=100
  torc_shell &
  torc_pid=$!
  while :; do
    torc_tick=
    wait "$torc_pid" 2>/dev/null
    torc_code=$?
    if [ -z "$torc_tick$torc_cancelled" ] || ! kill -0 "$torc_pid" 2>/dev/null; then
      break # the job ended
    fi
    torc_now
    # Where a signal would reach the job too, this file is all that torc does.
    [ ! -e "$torc_folder/$torc_name.unwanted" ] || torc_cancelled=yes
    if [ -n "$torc_cancelled" ]; then
      torc_cause=cancelled
    elif [ "$torc_time" -gt 0 ] && [ "$torc_now" -ge $((torc_begin + torc_time * 100)) ]; then
      torc_cause=timeout
      torc_measure # the memory may not have been measured yet
    elif [ "$torc_now" -ge "$torc_next" ]; then
      torc_looked=$torc_now
      # Measured twice, since a process between fork and exec counts twice.
      if ! torc_measure && ! torc_measure; then
        torc_cause=memory
        torc_message="used $(((torc_used + 1023) / 1024)) MiB of $(((torc_memory + 1023) / 1024)) MiB"
      fi
      torc_now
      # Measures each second if the script holds a memory limit, else more and more seldom; and less
      # often if it takes more than a twentieth of the time. The next tick may come a little early.
      torc_cost=$((20 * (torc_now - torc_looked)))
      [ "$torc_memory" -gt 0 ] || torc_pause=$((torc_pause < 1600 ? torc_pause * 2 : 3200))
      torc_next=$((torc_looked + (torc_cost > torc_pause ? torc_cost : torc_pause) - 20))
    fi
    if [ -n "$torc_cause" ]; then
      ! torc_hear || torc_cause='' torc_message='' # the job ended by itself just now
      torc_usual=TERM
      # Torc writes this file before it cancels a job; it is empty unless Ctrl-C ended the build.
      [ -z "$torc_cancelled" ] || [ ! -s "$torc_folder/$torc_name.unwanted" ] || torc_usual=INT
      torc_end "$torc_mark/$torc_name/" "$torc_pid" "${torc_signal:-$torc_usual}"
      [ -n "${torc_live% }" ] || wait "$torc_pid" 2>/dev/null
      break
    fi
  done
  torc_died=$torc_code
  torc_trouble=
  if ! torc_hear; then
    torc_code=$torc_died torc_cpu=- torc_trouble=''
    [ "$torc_code" -gt 128 ] || torc_trouble="its shell ended with status $torc_code"
  fi
  if [ -z "$torc_cause" ] && [ "$torc_code" != 0 ]; then
    torc_end "$torc_mark/$torc_name/" 0 "${torc_signal:-TERM}" # what the job left running
    # A scheduler that ends all processes of a batch may come to this shell a moment later.
    [ "$torc_code" != 143 ] || [ -n "$torc_cancelled" ] || sleep 1
    [ -z "$torc_cancelled" ] || torc_cause=cancelled # the job's processes saw the signal first
  fi
  # A container's client that was ended while it made the container leaves the container behind.
  [ "$torc_code$torc_cause" = 0 ] || eval "$torc_sweep"
  if [ -n "${torc_live% }" ] && [ "$torc_code$torc_cause" != 0 ]; then
    torc_message="$torc_message processes that cannot be ended: $torc_live"
  fi
  if [ -z "$torc_cause" ] && [ -n "$torc_trouble" ]; then
    torc_cause=not-started torc_message=$torc_trouble
  fi
  [ -n "$torc_cause" ] || torc_cause=exited
}

# Writes that the job was not begun, and the REASON, so that torc submits the job anew.
torc_leave() {
  torc_seal "job $torc_name
reason $1
"
  torc_put "$torc_folder/$torc_name.later" ''
}

torc_refuse() {
  torc_say "is claimed already: not run; $(
    head -n 2 "$torc_folder/$torc_name.claim/by" 2>/dev/null | tr '\n' ' '
  )"
}

# Runs one job: NAME, the seconds that it may take and is likely to take, the KiB that it may use,
# append or new, LOG, and its products as for torc_clear. torc_seen names the function that lists what
# it made: in the places of its products, or in a folder of its own.
torc_job() {
  torc_name=$1 torc_time=$2 torc_likely=$3 torc_memory=$4 torc_mode=$5 torc_log=$6
  shift 6
  torc_now
  torc_begin=$torc_now
  if [ -d "$torc_folder/$torc_name.claim" ]; then
    torc_refuse
    return
  fi
  if [ -e "$torc_folder/$torc_name.later" ]; then
    torc_say 'was left for another submission: not run'
    return
  fi
  if [ -n "$torc_cancelled" ]; then
    torc_leave cancelled
    return
  fi
  # The first job begins in any case: a new submission would give it no more time.
  if [ "$torc_limit" -gt 0 ] && [ -n "$torc_ran" ] &&
    [ $(((torc_begin - torc_origin) / 100 + torc_likely)) -gt "$torc_limit" ]; then
    torc_leave time
    return
  fi
  if ! torc_words=$(mkdir "$torc_folder/$torc_name.claim" 2>&1); then
    if [ -d "$torc_folder/$torc_name.claim" ]; then
      torc_refuse
    else
      torc_say "cannot be claimed on $torc_host: not run; $torc_words"
      torc_exit=1
    fi
    return
  fi
  torc_ran=yes
  torc_when=$(((torc_clock + torc_begin) / 100))
  torc_seal "by script
${torc_who}time $torc_when
"
  torc_put "$torc_folder/$torc_name.claim/by" ''
  torc_cause='' torc_code=0 torc_message='' torc_peak=- torc_cpu=-
  if ! torc_words=$(torc_clear "$@" 2>&1); then
    torc_cause=not-started
    torc_message="what stands in the place of a product cannot be moved: $torc_words"
  elif ! torc_put "$torc_folder/$torc_name.begun" ''; then
    torc_cause=not-started torc_message='torc could not be told that it begins'
  fi
  if [ -n "$torc_cancelled" ]; then
    torc_cause=cancelled
  elif [ -z "$torc_cause" ]; then
    torc_run
  fi
  torc_now
  torc_length=-
  torc_file=$torc_folder/$torc_name.made
  if [ $# -gt 0 ] && [ -n "$torc_stat" ] && [ "$torc_cause$torc_code" = exited0 ] &&
    torc_ways 2>/dev/null && "$torc_seen" "$@" >"$torc_file.$$"; then
    torc_length=$(($(wc -c <"$torc_file.$$")))
    mv -f "$torc_file.$$" "$torc_file" || torc_length=-
  fi
  torc_moment "$torc_begin"
  torc_began=$torc_moment
  torc_moment "$torc_now"
  [ -z "$torc_message" ] || torc_message=$(printf '%s' "$torc_message" | tr '\n\r' '  ')
  torc_seal "job $torc_name
cause $torc_cause
code $torc_code
message $torc_message
begin $torc_began
end $torc_moment
wall $(((torc_now - torc_begin) * 10))
cpu $torc_cpu
peak $torc_peak
${torc_who}system $torc_system
os $torc_os
made $torc_length
"
  torc_put "$torc_folder/$torc_name.status" sync || torc_exit=1
}

# Runs before the first job.
torc_open() {
  torc_name='this batch'
  torc_cancelled='' torc_tick='' torc_ran='' torc_exit=0 torc_live=''
  trap 'torc_cancelled=yes' TERM INT HUP USR1
  trap 'torc_tick=yes' ALRM
  # If a group of users may write to the folder and new files get that group, all its members may
  # write to what the script makes: another member's torc may have to remove it.
  torc_umask=$(umask)
  case $(LC_ALL=C ls -ld "$torc_folder/" 2>/dev/null) in
    d????ws*) umask g=rwx ;;
  esac
  torc_now
  torc_origin=$torc_now
  torc_clock=$(date +%s%N 2>/dev/null)
  case $torc_clock in
    *[!0-9]* | ????????? | ??????????) torc_clock=$(($(date +%s) * 100)) ;; # no fractions here
    *) torc_clock=$((torc_clock / 10000000)) ;;
  esac
  torc_clock=$((torc_clock - torc_now))
  torc_birth "$$"
  torc_start=$torc_birth
  torc_host=$(uname -n)
  torc_system=$(uname -srm)
  torc_library=$(getconf GNU_LIBC_VERSION 2>/dev/null)
  torc_system="$torc_system ${torc_library:-musl}"
  torc_os=$(
    unset ID VERSION_ID
    . /etc/os-release 2>/dev/null
    printf '%s' "${ID-} ${VERSION_ID-}" | tr '\n\r' '  '
  )
  read -r torc_boot </proc/sys/kernel/random/boot_id
  torc_who="host $torc_host
boot $torc_boot
pid $$
start $torc_start
"
  torc_mark=TORC_CLAIM=$$.$torc_start
  torc_setsid=$(command -v setsid)
  torc_stat=$(command -v stat)
  torc_newline='
'
  # For torc_made: prints what the files are that the arguments name, and those in folders that they
  # name, unless $0 forbids that.
  torc_teller="find -H \"\$@\" \$0 -type f ! -path '*$torc_newline*' -exec stat -L -c 'size %s %Y %n' {} + \\
      -size -524289 -exec sha256sum {} +"
  torc_env=$(command -v env)
  # A shell's background jobs ignore INT and QUIT: GNU's env undoes that.
  torc_signals=--default-signal
  "$torc_env" "$torc_signals" true 2>/dev/null || torc_signals=
  (
    trap '' TERM INT HUP USR1
    while sleep 1; do
      torc_birth "$$"
      if [ "$torc_birth" != "$torc_start" ]; then
        torc_end "$torc_mark/" 0 TERM # the script was killed: its job must not go on without it
        exit
      fi
      kill -s ALRM "$$"
    done
  ) </dev/null >/dev/null 2>&1 &
  torc_ticker=$!
}

# Runs after the last job.
torc_close() {
  kill -s KILL "$torc_ticker"
  wait "$torc_ticker" 2>/dev/null
  exit "$torc_exit"
}
