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
