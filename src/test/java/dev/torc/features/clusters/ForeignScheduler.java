package dev.torc.features.clusters;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the programs of six schedulers print, as their sources and manuals have it. No setting of
 * torc is used here.
 */
enum ForeignScheduler {
  PBS(
      "pbs",
      "qsub qstat qdel",
      "qsub -N torc-1 -q workq -l select=3:ncpus=4:mem=4mb -l walltime=01:01:02 -r n -m n -C  -j oe"
          + " -o /p/log -V /p/it's a.sh",
      "qstat ",
      List.of("Q", "H", "W", "T"),
      List.of("R", "E", "S", "U"),
      List.of("has finished", "unknown")),

  LSF(
      "lsf",
      "bsub bjobs bkill",
      "bsub -J torc-1 -q normal -n 4 -R span[hosts=1] -R rusage[mem=4MB] -M 4MB -W 62 -rn -oo"
          + " /p/log /p/it's a.sh",
      "bjobs -a -noheader -o jobid stat ",
      List.of("PEND", "PSUSP", "WAIT"),
      List.of("RUN", "USUSP", "SSUSP", "PROV", "UNKWN", "ZOMBI"),
      List.of("DONE", "EXIT", "unknown")),

  SGE(
      "sge",
      "qsub qstat qdel",
      "qsub -terse -N torc-1 -q all.q -pe smp 4 -l h_rt=3662 -l h_vmem=1M -r n -m n -C  -S /bin/sh"
          + " -j y -o /p/log -V /p/it's a.sh",
      "qstat -u me",
      List.of("qw", "hqw", "hRwq", "Rq", "Eqw", "Ehqw", "EhRqw"),
      List.of(
          "r", "hr", "t", "Rr", "Rt", "s", "ts", "S", "tS", "T", "tT", "Rs", "Rts", "RS", "RtS",
          "RT", "RtT", "dr", "dt", "dRr", "dRt", "ds", "dS", "dT", "dRs", "dRS", "dRT"),
      List.of("unknown")),

  CONDOR(
      "condor",
      "condor_submit condor_q condor_rm",
      "condor_submit -terse -batch-name torc-1 executable=/p/it's a.sh output=/p/log error=/p/log"
          + " universe=vanilla getenv=true should_transfer_files=NO transfer_executable=false"
          + " request_cpus=4 request_memory=4 requirements=NumJobStarts == 0"
          + " periodic_remove=NumJobStarts > 0 && JobStatus == 1 -queue 1",
      "condor_q -af ClusterId JobStatus",
      List.of("1", "5"),
      List.of("2", "6", "7"),
      List.of("3", "4", "unknown")),

  FLUX(
      "flux",
      "flux flux flux",
      "flux submit --job-name=torc-1 --cores-per-task=4 --time-limit=3662s --output=/p/log"
          + " /p/it's a.sh",
      "flux jobs -n -o {id.f58} {status} ",
      List.of("DEPEND", "PRIORITY", "SCHED"),
      List.of("RUN", "CLEANUP"),
      List.of("COMPLETED", "FAILED", "CANCELED", "TIMEOUT", "unknown")),

  HYPERQUEUE(
      "hq",
      "hq hq hq",
      "hq --output-mode=quiet submit --name=torc-1 --cpus=4 --resource mem=4 --time-request=3662s"
          + " --crash-limit=never-restart --directives=off --stdout=none --stderr=/p/log"
          + " /p/it's a.sh",
      "hq --output-mode=quiet job list --all",
      List.of("WAITING"),
      List.of("RUNNING"),
      List.of("FINISHED", "FAILED", "CANCELED", "ABORTED", "unknown"));

  /** The true state of a job. */
  enum Truth {
    WAITING,
    RUNNING,
    OVER;

    Truth next() {
      return values()[Math.min(ordinal() + 1, 2)];
    }
  }

  /** What a program prints, and its exit status. */
  record Answer(String out, String err, int exit) {}

  private final String executor;
  private final String programs;
  private final String submission;
  private final String question;
  private final List<List<String>> words;

  ForeignScheduler(
      String executor,
      String programs,
      String submission,
      String question,
      List<String> waiting,
      List<String> running,
      List<String> over) {
    this.executor = executor;
    this.programs = programs;
    this.submission = submission;
    this.question = question;
    this.words = List.of(waiting, running, over);
  }

  /** The executor's name on the page of schedulers. */
  String executor() {
    return executor;
  }

  String submitter() {
    return programs.split(" ")[0];
  }

  String lister() {
    return programs.split(" ")[1];
  }

  String canceller() {
    return programs.split(" ")[2];
  }

  /** The command that submits a script which asks for many resources. */
  String submission() {
    return submission;
  }

  /** The beginning of the command that asks for states. */
  String question() {
    return question;
  }

  boolean namesIds() {
    return question.endsWith(" ");
  }

  /** An id; all have the same length, as a scheduler's ids have for months. */
  String id(int number) {
    return switch (this) {
      case PBS -> (1000 + number) + ".head";
      case FLUX -> "fA" + (10 + number) + "x";
      default -> "" + (1000 + number);
    };
  }

  /** The words that may be printed for a state; {@code unknown} for a forgotten job. */
  List<String> words(Truth truth) {
    return words.get(truth.ordinal());
  }

  /** Whether the scheduler prints this word for cancelled jobs, and for no others. */
  boolean tellsCancelled(String word) {
    return (this == FLUX || this == HYPERQUEUE) && word.equals("CANCELED");
  }

  /** What the submitting program prints when it took a script. */
  String taken(String id) {
    return switch (this) {
      case LSF -> "Job <%s> is submitted to queue <normal>.\n".formatted(id);
      case CONDOR -> "%s.0 - %s.0\n".formatted(id, id);
      default -> id + "\n";
    };
  }

  /** What the submitting program prints when it refuses a script. */
  String refusal() {
    return switch (this) {
      case PBS -> "qsub: Unknown queue";
      case LSF -> "nosuch: No such queue. Job not submitted.";
      case SGE -> "Unable to run job: Job was rejected because job requests unknown queue \"no\".";
      case CONDOR -> "ERROR: No 'executable' parameter was provided";
      case FLUX -> "flux-submit: ERROR: [Errno 22] Invalid queue specified: no";
      case HYPERQUEUE -> "Error: Unknown resource no";
    };
  }

  String unreachable() {
    return switch (this) {
      case PBS -> "qstat: cannot connect to server head (errno=15010)\n";
      case LSF -> "LSF is down. Please wait ...\n";
      case SGE ->
          "error: commlib error: got select error (Connection refused)\n"
              + "error: unable to send message to qmaster using port 6444 on host \"head\"\n";
      case CONDOR -> "Error: Can't find address of schedd head\n";
      case FLUX ->
          "flux-jobs: ERROR: Unable to connect to Flux: broker socket /run/flux/local was not"
              + " found\n";
      case HYPERQUEUE -> "No running instance of HQ found at \"/home/me/.hq-server\".\n";
    };
  }

  String cancelling(String one, String two) {
    return switch (this) {
      case PBS, SGE -> "qdel " + one + " " + two;
      case LSF -> "bkill " + one + " " + two;
      case CONDOR -> "condor_rm " + one + " " + two;
      case FLUX -> "flux cancel " + one + " " + two;
      case HYPERQUEUE -> "hq --output-mode=quiet job cancel " + one + "," + two;
    };
  }

  /** The cancelling program's answer for a job that is over. */
  Answer tooLate(String id) {
    return switch (this) {
      case PBS -> new Answer("", "qdel: Job has finished " + id + "\n", 35);
      case LSF -> new Answer("", "Job <%s>: Job has already finished\n".formatted(id), 255);
      case SGE -> new Answer("", "denied: job \"%s\" does not exist\n".formatted(id), 1);
      case CONDOR ->
          new Answer("", "Couldn't find/remove all jobs in cluster %s\n".formatted(id), 1);
      case FLUX -> new Answer("", "flux-cancel: ERROR: %s: job is inactive\n".formatted(id), 1);
      case HYPERQUEUE ->
          new Answer(
              "",
              "ERROR Canceling job %s failed; all tasks are already finished\n".formatted(id),
              0);
    };
  }

  /**
   * The answer of the program that tells the states.
   *
   * @param words each job's word, one of {@link #words}, by id
   */
  Answer listing(Map<String, String> words) {
    List<String> ids = List.copyOf(words.keySet());
    List<String> known =
        ids.stream()
            .filter(id -> !List.of("unknown", "has finished").contains(words.get(id)))
            .toList();
    List<String> unknown = ids.stream().filter(id -> !known.contains(id)).toList();
    String rows = known.stream().map(id -> row(id, words.get(id))).collect(Collectors.joining());
    return switch (this) {
      case PBS ->
          new Answer(
              known.isEmpty() ? "" : header() + rows,
              unknown.stream()
                  .map(
                      id ->
                          words.get(id).equals("unknown")
                              ? "qstat: Unknown Job Id " + id + "\n"
                              : "qstat: %s Job has finished, use -x or -H to obtain historical job information\n"
                                  .formatted(id))
                  .collect(Collectors.joining()),
              unknown.isEmpty() ? 0 : 153);
      case LSF ->
          new Answer(
              rows,
              unknown.stream()
                  .map("Job <%s> is not found\n"::formatted)
                  .collect(Collectors.joining()),
              unknown.isEmpty() ? 0 : 255);
      case FLUX ->
          new Answer(
              rows,
              unknown.stream().map("JobID %s unknown\n"::formatted).collect(Collectors.joining()),
              known.isEmpty() ? 1 : 0);
      case SGE -> new Answer(known.isEmpty() ? "" : header() + rows, "", 0);
      default -> new Answer(rows, "", 0);
    };
  }

  private String header() {
    return this == PBS
        ? "Job id            Name             User              Time Use S Queue\n"
            + "----------------  ---------------- ----------------  -------- - -----\n"
        : "job-ID  prior   name       user         state submit/start at     queue        slots"
            + " ja-task-ID\n"
            + "-".repeat(115)
            + "\n";
  }

  private String row(String id, String word) {
    return switch (this) {
      case PBS ->
          "%-17s %-16s %-16s  %8s %s %s\n"
              .formatted(id, "torc-4f2a9c1e-7*", "me", "00:00:01", word, "workq");
      case SGE ->
          "%7s 0.55500 torc-4f2a9 me           %-5s 11/21/2026 12:00:00 all.q@n1        4\n"
              .formatted(id, word);
      default -> id + " " + word + "\n";
    };
  }
}
