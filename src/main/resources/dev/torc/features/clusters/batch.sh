# How it works. The copy of the script that makes a job's folder NAME.claim has claimed the job; a
# copy that finds the folder there does not run the job. After a claim, what stands in the places of
# the job's products moves to NAME.aside, NAME.begun is written, the job runs, and NAME.status is
# written, whole and last. NAME.later, written instead, says that the script did not begin the job.
# Killed at any moment, the script leaves files that are true so far, and no status.
#
# It needs sh, the POSIX utilities, `env -u` and Linux's /proc. A job runs in a child of this shell
# (torc_shell), which waits for it; each step has a session of its own if there is setsid. A second
# child (the ticker) sends ALRM to this shell each second: then it checks the limits. All processes
# of a job have TORC_CLAIM in their environment: so the script finds those whose parent is gone too.
# Names that begin with torc_ are not exported; the text that runs before jobs must not use them.

torc_signal='' torc_grace=5 torc_sweep='' torc_build='' # jobs say otherwise

# The memory of jobs that do not say how much they need, and the GPUs, as the scheduler tells.
unset TORC_MEMORY
torc_given=${SLURM_MEM_PER_NODE:-${SLURM_MEM_PER_CPU-}}
torc_times=${SLURM_MEM_PER_NODE:+1}
case $torc_given in
  0 | '' | *[!0-9]*) ;; # all that the node has, or unknown
  *) export TORC_MEMORY=$((torc_given * ${torc_times:-${SLURM_CPUS_ON_NODE:-1}})) ;;
esac
export TORC_GPUS="${CUDA_VISIBLE_DEVICES:-${SLURM_STEP_GPUS:-${SLURM_JOB_GPUS-}}}"

torc_say() {
  printf 'torc: %s: %s\n' "$torc_name" "$1" >&2
}

# Sets torc_now to hundredths of seconds since the node's boot; unlike the clock these never jump.
torc_now() {
  read -r torc_up torc_rest </proc/uptime
  torc_now=$((${torc_up%.*} * 100 + 1${torc_up#*.} - 100))
}

# Sets torc_moment to seconds since 1970, from a time in hundredths as torc_now has it.
torc_moment() {
  torc_fraction=$(((torc_clock + $1) % 100 + 100))
  torc_moment=$(((torc_clock + $1) / 100)).${torc_fraction#1}
}

# Sets torc_birth to when a process was started, in the kernel's ticks since boot: with its number
# this names the process for ever. Empty if no such process lives.
torc_birth() {
  torc_birth=
  read -r torc_line 2>/dev/null <"/proc/$1/stat" || return
  set -- ${torc_line##*) } # the process's name, in parentheses, may hold anything
  [ "$1" = Z ] || torc_birth=${20}
}

# Sets torc_sealed to LINES and a line with their Adler-32, by which a reader knows half a file.
torc_seal() {
  for torc_try in 1 2 3; do # a scheduler that ends a batch may kill the utilities too
    torc_bytes=$(printf '%s' "$1" | od -An -v -tu1) && break
  done
  torc_a=1 torc_b=0 # remainders are taken at the end: the numbers have 64 bits
  for torc_byte in $torc_bytes; do
    torc_b=$((torc_b + (torc_a += torc_byte)))
  done
  torc_sealed="$1sum $((torc_b % 65521 * 65536 + torc_a % 65521))"
}

# Writes torc_sealed to FILE, so that a reader sees nothing or all of it; with `sync`, on disk too.
torc_put() {
  for torc_try in 1 2 3; do
    {
      { [ "$2" = sync ] && printf '%s\n' "$torc_sealed" | dd of="$1.$$" conv=fsync 2>/dev/null; } ||
        printf '%s\n' "$torc_sealed" >"$1.$$" # some dd cannot sync
    } && mv -f "$1.$$" "$1" && return
  done
  torc_say "cannot write $1"
  return 1
}

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
  torc_now
  torc_kill=$((torc_now + torc_grace * 100))
  torc_half=$((torc_now + torc_grace * 50))
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

# Prints what the files of products are, named as for torc_clear: `size BYTES SECONDS PATH`, up to
# 256 MiB also `digest SHA-256 PATH`; a folder has size 0. Names with a line end are left out. A
# link counts as the file that it leads to, but links within a folder are left out.
torc_made() {
  {
    export LC_ALL=C torc_teller
    while [ $# -gt 0 ]; do
      if [ "$1" = pattern ]; then
        find -H "$2" -type d \( -name .torc -o -name .git -o -path "${3% *}" \) -prune \
          -o -path "${3#* }" \( -type f -o -type l \) \
          -exec sh -c 'eval "$torc_teller"' '-type d -prune -o' {} +
      elif [ "$2" = folder ]; then
        [ ! -d "$3" ] || [ "${3%"$torc_newline"*}" != "$3" ] || echo "size 0 0 $3/"
        sh -c "$torc_teller" '' "$3/"
      else
        sh -c "$torc_teller" '' "$3"
      fi
      shift 3
    done
  } 2>/dev/null | LC_ALL=C sed -n -e '/^size [0-9]* [0-9]* /p' \
    -e 's/^\([0-9a-f]\{64\}\) [ *]/digest \1 /p'
  echo end
}

# Clears the places of products, each three words: clear or keep, file or folder, path; or (last)
# pattern, folder, and in one word the patterns of folders without matches and of all matches. What
# stands there moves aside, where torc finds it by the product's number, and the folders are made. Of
# a folder that is to stand there again, what it holds moves: mounts on it and shells in it stay.
torc_clear() {
  torc_number=0
  while [ $# -gt 0 ] && [ "$1" != pattern ]; do
    if [ "$1" = clear ] && { [ -e "$3" ] || [ -L "$3" ]; }; then
      [ -d "$torc_folder/$torc_name.aside" ] || mkdir "$torc_folder/$torc_name.aside" || return
      torc_place="$torc_folder/$torc_name.aside/$torc_number"
      if [ "$2" = folder ] && [ -d "$3" ] && [ ! -L "$3" ]; then
        mkdir "$torc_place" && find "$3/." ! -name . -prune \
          -exec sh -c 'torc_place=$1 && shift && mv -f "$@" "$torc_place"' '' "$torc_place" {} + || return
        rmdir "$torc_place" 2>/dev/null # if nothing was in it
      else
        mv -f "$3" "$torc_place" || return
      fi
    fi
    torc_place=$3
    [ "$2" = folder ] || torc_place=${3%/*}
    [ -d "$torc_place/" ] || mkdir -p "$torc_place" || return
    torc_number=$((torc_number + 1))
    shift 3
  done
}

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
# append or new, LOG, and its products as for torc_clear.
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
    torc_made "$@" >"$torc_file.$$"; then
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
