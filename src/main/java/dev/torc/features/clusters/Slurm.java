package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.OwnUser;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Slurm, used through its own commands. It looks jobs up by name, so that another job with a reused
 * id is never read or ended. {@link SlurmWords} interprets Slurm's words.
 */
public final class Slurm implements Scheduler {

  private static final int USUAL_ARRAY = 1001; // tasks, if Slurm's settings do not say otherwise

  /** Names or ids in one command, far below the longest argument. */
  private static final int MOST = 1000;

  /** A line of sacct; further words may follow the state. */
  private static final Pattern RECORD =
      Pattern.compile(
          "(\\d+(?:_\\d+)?)\\|([A-Z_]+)[^|]*\\|(\\d+:\\d+)\\|([\\w.-]+)\\|([^|]*)\\|([^|]*)");

  private static final Pattern SUBMITTED = Pattern.compile("(\\d+)(;\\S+)?");
  private static final Pattern EXIT = Pattern.compile(" ExitCode=(\\d+:\\d+) ");
  private static final Pattern LARGEST = Pattern.compile("(?m)^MaxArraySize *= *(\\d{1,9})$");
  private static final Pattern DATABASE =
      Pattern.compile("(?m)^AccountingStorageType *= *accounting_storage/(slurmdbd|mysql)$");

  /** What scancel prints if there is nothing to do. */
  private static final Pattern OVER =
      Pattern.compile("Invalid job id specified|Job/step already completing or completed");

  private static final List<String> SCANCEL = List.of("scancel");

  static final int NOT_FOUND = 127;

  /** How long the tracker waits for names that only people need. */
  private static final Duration RENAMING = Duration.ofSeconds(10);

  private static final String FOUND_BY = "SLURM_(CONF|CLUSTERS|JWT)";

  /** Renames array tasks: three words for each. Stops at the first that is not allowed. */
  private static final String RENAME =
      """
      while [ $# -gt 0 ]; do
        scontrol update JobId="$1" JobName="$2" ${3:+"Comment=$3"} || exit
        shift 3
      done\
      """;

  private final SchedulerSettings settings;
  private final boolean commented; // by the site or the user
  private final SchedulerWords.Program submitting;
  private final SchedulerWords.Program asking;
  private final SchedulerWords.Program renaming;
  private boolean renames = true; // until it is not allowed
  private String configuration = "";

  Slurm(SchedulerSettings settings, Path folder, Map<String, String> env, Duration patience) {
    this.settings = settings;
    // Jobs must not get the variables of the allocation in which torc itself may run.
    boolean allocated = env.containsKey("SLURM_JOB_ID");
    Map<String, String> plain = without(env, "(SLURM|SQUEUE|SACCT|SCANCEL|SCONTROL)_.*");
    submitting =
        new SchedulerWords.Program(allocated ? without(env, "SLURM_.*") : env, folder, patience);
    asking = new SchedulerWords.Program(plain, folder, patience);
    renaming = new SchedulerWords.Program(plain, folder, RENAMING);
    commented =
        env.containsKey("SBATCH_COMMENT")
            || settings.sbatch().args().stream().anyMatch(arg -> arg.startsWith("--comment"));
  }

  /** Returns an environment without the variables that match, except those that locate Slurm. */
  static Map<String, String> without(Map<String, String> env, String names) {
    Map<String, String> rest = new HashMap<>(env);
    rest.keySet().removeIf(name -> name.matches(names) && !name.matches(FOUND_BY));
    return rest;
  }

  static ProgramOutput ask(SchedulerWords.Program program, List<String> words) {
    List<String> argv = new ArrayList<>(List.of("/usr/bin/env"));
    argv.addAll(words);
    ProgramOutput said = program.ask(argv);
    return said.status() == NOT_FOUND
        ? new ProgramOutput(NOT_FOUND, "", words.getFirst() + " is not installed, or not in PATH")
        : said;
  }

  @Override
  public String remedy() {
    return Scheduler.SlurmLook.REMEDY;
  }

  @Override
  public Submission submit(SubmissionRequest request) {
    ProgramOutput said = ask(submitting.with(request.secrets()), submission(request));
    if (!said.ok()) {
      return SchedulerWords.refusal(said);
    }
    String last = said.text().substring(said.text().lastIndexOf('\n') + 1);
    Matcher id = SUBMITTED.matcher(last.strip());
    if (!id.matches()) {
      return new Submission.NoAnswer("sbatch gave no job id: " + SchedulerWords.line(said.text()));
    }
    return accepted(request, id.group(1));
  }

  private static Submission.Accepted accepted(SubmissionRequest request, String id) {
    int tasks = request.tasks();
    return new Submission.Accepted(
        tasks == 1
            ? List.of(id)
            : IntStream.range(0, tasks).mapToObj(task -> id + "_" + task).toList());
  }

  @Override
  public Submission find(SubmissionRequest request) {
    SlurmQueue queue = queue(List.of(new SchedulerJob(null, request.name(), request.log())));
    if (!queue.trouble().isEmpty()) {
      return new Submission.NoAnswer(queue.trouble());
    }
    Set<String> ids = new TreeSet<>();
    queue.named(request.name()).forEach(listed -> ids.add(listed.id().split("_")[0]));
    if (ids.size() > 1) { // a try that seemed refused was accepted
      return new Submission.NoAnswer("there are %s of %s".formatted(ids, request.name()));
    }
    return ids.isEmpty()
        ? new Submission.Refused("there is no " + request.name())
        : accepted(request, ids.iterator().next());
  }

  /** Returns the sbatch command. The user's options override resources, but not torc's options. */
  private List<String> submission(SubmissionRequest request) {
    List<String> words = new ArrayList<>(List.of("sbatch"));
    addResources(words, request.resources());
    option(words, "--comment=", commented ? "" : request.comment());
    words.addAll(settings.sbatch().args());
    words.addAll(List.of("--parsable", "--no-requeue", "--job-name=" + request.name()));
    String log = request.log().toString().replace("%", "%%");
    if (request.tasks() == 1) {
      words.add("--output=" + log);
    } else {
      words.addAll(List.of("--output=" + log + ".%a", "--array=0-" + (request.tasks() - 1)));
    }
    words.add(request.script().toString());
    return words;
  }

  @Override
  public List<String> atTerminal(SchedulerResources resources) {
    List<String> words = new ArrayList<>(List.of("srun", "--pty"));
    addResources(words, resources);
    words.addAll(settings.sbatch().args());
    return words;
  }

  private void addResources(List<String> words, SchedulerResources resources) {
    option(words, "--account=", settings.sbatch().account());
    option(words, "--partition=", settings.sbatch().partition());
    words.add("--cpus-per-task=" + resources.cpus());
    amount(words, "--mem=", SchedulerResources.mebibytes(resources.memory()), "M");
    if (settings.sbatch().shards() && resources.shards() > 0) {
      words.add("--gres=shard:" + resources.shards());
    } else {
      amount(words, "--gpus=", resources.gpus(), "");
    }
    amount(words, "--nodes=", resources.nodes() == 1 ? 0 : resources.nodes(), "");
    amount(words, "--tmp=", SchedulerResources.mebibytes(resources.disk()), "M");
    amount(words, "--time=", resources.minutes(), "");
  }

  @Override
  public void rename(Map<SchedulerJob, String> tasks) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", RENAME, "sh"));
    tasks.forEach(
        (job, comment) -> words.addAll(List.of(job.id(), job.own(), commented ? "" : comment)));
    renames = renames && ask(renaming, words).ok();
  }

  private static void option(List<String> words, String option, String value) {
    if (!value.isEmpty()) {
      words.add(option + value);
    }
  }

  private static void amount(List<String> words, String option, long value, String unit) {
    option(words, option, value > 0 ? value + unit : "");
  }

  @Override
  public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> all) {
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    SlurmQueue queue = queue(all.stream().map(Slurm::around).toList());
    List<SchedulerJob> forgotten = new ArrayList<>();
    for (SchedulerJob job : all) {
      SlurmQueue.Listed listed = queue.of(around(job));
      if (job.id() == null || !queue.trouble().isEmpty()) {
        String why = job.id() == null ? "its id is not known" : queue.trouble();
        states.put(job, new SchedulerState(Phase.NO_ANSWER, why));
      } else if (isStep(job)) { // only its own torc knew how it ended
        boolean runs = listed != null && !SlurmWords.isEnd(listed.word());
        states.put(job, runs ? new SchedulerState(Phase.RUNNING, "") : SchedulerState.GONE);
      } else if (listed != null) {
        states.put(job, state(listed, job));
      } else {
        states.put(job, SchedulerState.GONE);
        forgotten.add(job);
      }
    }
    if (!forgotten.isEmpty()) {
      states.putAll(recorded(forgotten));
    }
    return states;
  }

  /** Returns whether a script ran as a step of an {@link Allocation}; its id is {@code ID/NAME}. */
  private static boolean isStep(SchedulerJob job) {
    return job.id() != null && job.id().indexOf('/') > 0;
  }

  /** Returns the job to ask Slurm about: for a step, the job in which it ran. */
  private static SchedulerJob around(SchedulerJob job) {
    if (!isStep(job)) {
      return job;
    }
    String[] parts = job.id().split("/");
    return new SchedulerJob(parts[0], parts[1], null);
  }

  private SchedulerState state(SlurmQueue.Listed listed, SchedulerJob job) {
    if (!SlurmWords.isEnd(listed.word())) {
      return SlurmWords.alive(listed.word(), listed.reason(), listed.nodes());
    }
    String exit = "";
    if (listed.word().equals(SlurmWords.FAILED)) { // squeue prints no exit status
      ProgramOutput said =
          ask(asking, List.of("scontrol", "show", "job", "--oneliner", listed.id()));
      Matcher code = EXIT.matcher(said.text());
      if (!said.ok() || !code.find()) {
        return new SchedulerState(Phase.NO_ANSWER, SchedulerWords.failure(said));
      }
      exit = code.group(1);
    }
    return SlurmWords.end(listed.word(), listed.reason(), exit, job.log())
        .at(listed.began(), listed.ended());
  }

  private static List<List<String>> parts(Stream<String> names) {
    return names.gather(Gatherers.windowFixed(MOST)).toList();
  }

  private SlurmQueue queue(List<SchedulerJob> jobs) {
    SlurmQueue queue = new SlurmQueue(Map.of(), "");
    String user = Integer.toUnsignedString(OwnUser.number());
    for (List<String> names :
        parts(jobs.stream().flatMap(job -> Stream.of(job.name(), job.own())).distinct())) {
      if (queue.trouble().isEmpty()) {
        queue = queue.with(ask(asking, SlurmQueue.question(user, String.join(",", names))));
      }
    }
    return queue;
  }

  /** Returns the ends of jobs that squeue no longer lists, from Slurm's accounting, if any. */
  private Map<SchedulerJob, SchedulerState> recorded(List<SchedulerJob> jobs) {
    Map<SchedulerJob, SchedulerState> ends = new HashMap<>();
    String configuration = configuration();
    if (configuration.isEmpty()) {
      SchedulerState none = new SchedulerState(Phase.NO_ANSWER, "scontrol tells no settings");
      jobs.forEach(job -> ends.put(job, none));
    }
    if (!DATABASE.matcher(configuration).find()) {
      return ends;
    }
    Map<String, SchedulerJob> known = new HashMap<>();
    jobs.forEach(job -> known.put(job.id(), job));
    for (List<String> ids : parts(known.keySet().stream())) {
      for (String line : ask(asking, accounts(String.join(",", ids))).text().lines().toList()) {
        Matcher fields = RECORD.matcher(line);
        SchedulerJob job = fields.matches() ? known.get(fields.group(1)) : null;
        if (job != null && job.isNamed(fields.group(4)) && SlurmWords.isEnd(fields.group(2))) {
          SchedulerState end = SlurmWords.end(fields.group(2), "", fields.group(3), job.log());
          ends.put(job, end.at(SlurmWords.time(fields.group(5)), SlurmWords.time(fields.group(6))));
        }
      }
    }
    return ends;
  }

  private static List<String> accounts(String ids) {
    String format = "--format=JobID,State,ExitCode,JobName,Start,End";
    return List.of("sacct", "--noheader", "--parsable2", "--allocations", "--jobs=" + ids, format);
  }

  /** Returns Slurm's own settings as text; empty until it answers. */
  private synchronized String configuration() {
    if (configuration.isEmpty()) {
      configuration = ask(asking, List.of("scontrol", "show", "config")).text();
    }
    return configuration;
  }

  /** Sends USR1 to running scripts, and to no other process of their jobs. */
  @Override
  public String end(List<SchedulerJob> jobs) {
    return cancel(jobs, List.of("scancel", "--batch", "--signal=USR1"));
  }

  @Override
  public String cancel(List<SchedulerJob> jobs) {
    return cancel(jobs, SCANCEL);
  }

  /**
   * Cancels jobs: running ones with the command {@code running}, the others with scancel. For a
   * step, cancels the job in which it ran, which is useless now.
   */
  private String cancel(List<SchedulerJob> all, List<String> running) {
    SlurmQueue queue = queue(all.stream().map(Slurm::around).toList());
    Map<List<String>, Set<String>> ids = new LinkedHashMap<>(); // by command
    for (SchedulerJob each : all) {
      SchedulerJob job = around(each);
      (job.id() == null ? queue.named(job.name()) : Stream.ofNullable(queue.of(job)))
          .filter(listed -> !SlurmWords.isEnd(listed.word()))
          .forEach(
              listed -> {
                boolean runs = listed.word().equals(SlurmWords.RUNS) && !isStep(each);
                ids.computeIfAbsent(runs ? running : SCANCEL, _ -> new TreeSet<>())
                    .add(listed.id());
              });
    }
    Set<String> troubles = new TreeSet<>();
    if (!queue.trouble().isEmpty()) {
      troubles.add(queue.trouble());
    }
    for (List<String> command : ids.keySet()) {
      for (List<String> part : parts(ids.get(command).stream())) {
        List<String> words = new ArrayList<>(command);
        words.addAll(part);
        ProgramOutput said = ask(asking, words);
        if (!isDone(said)) {
          troubles.add(SchedulerWords.failure(said));
        }
      }
    }
    return String.join("; ", troubles);
  }

  /** Returns whether scancel did what it was told, or found nothing to do. */
  private static boolean isDone(ProgramOutput said) {
    return said.ok() || said.errors().lines().allMatch(line -> OVER.matcher(line).find());
  }

  @Override
  public boolean outlives(SchedulerJob job) {
    return !isStep(job);
  }

  @Override
  public int largestArray() {
    Matcher largest = LARGEST.matcher(configuration());
    return largest.find() ? Math.max(1, Integer.parseInt(largest.group(1))) : USUAL_ARRAY;
  }

  @Override
  public String indexVariable() {
    return "SLURM_ARRAY_TASK_ID";
  }

  /**
   * The jobs with some names that squeue lists, by id. If there is no list, {@code trouble} says
   * why. {@link SlurmWords} interprets the words.
   */
  private record SlurmQueue(Map<String, Listed> jobs, String trouble) {

    private static final String FORMAT = "--format=%i|%T|%r|%N|%j|%S|%e";

    private static final Pattern LINE =
        Pattern.compile(
            "(\\d+(?:_\\d+)?)\\|([A-Z_]+)\\|([^|]*)\\|([^|]*)\\|([\\w.-]+)"
                + "\\|([\\dT:-]{19}|[A-Za-z/]+)\\|([\\dT:-]{19}|[A-Za-z/]+)");

    /** What squeue prints before the jobs of each cluster if SLURM_CLUSTERS is set. */
    private static final String CLUSTER = "CLUSTER: ";

    /**
     * A job that squeue lists. The id of an array task is the array's id, {@code _} and the number
     * of the task. Times are in milliseconds since 1970, 0 if unknown; a time in the future is an
     * estimate.
     */
    record Listed(
        String id, String word, String reason, String nodes, String name, long began, long ended) {}

    /** Returns the squeue command for jobs of one user with some names, joined by commas. */
    static List<String> question(String user, String names) {
      String by = "--user=" + user;
      String named = "--name=" + names;
      return List.of("squeue", "--noheader", "--array", "--all", "--states=all", by, named, FORMAT);
    }

    /** Returns this list with squeue's answer added, or only the trouble if it is invalid. */
    SlurmQueue with(ProgramOutput said) {
      if (!said.ok()) {
        return new SlurmQueue(Map.of(), SchedulerWords.failure(said));
      }
      Map<String, Listed> all = new HashMap<>(jobs);
      for (String line : said.text().lines().filter(each -> !each.startsWith(CLUSTER)).toList()) {
        Listed job = listed(LINE.matcher(line));
        if (job == null || !job.equals(all.computeIfAbsent(job.id, _ -> job))) {
          return new SlurmQueue(
              Map.of(), "squeue says what cannot be: " + SchedulerWords.line(line));
        }
      }
      return new SlurmQueue(all, "");
    }

    private static Listed listed(Matcher of) {
      if (!of.matches()) {
        return null;
      }
      long began = SlurmWords.time(of.group(6));
      long ended = SlurmWords.time(of.group(7));
      return new Listed(
          of.group(1), of.group(2), of.group(3), of.group(4), of.group(5), began, ended);
    }

    Stream<Listed> named(String name) {
      return jobs.values().stream().filter(listed -> listed.name.equals(name));
    }

    /** Returns the entry of a job; null if none, or if another job has the same id. */
    Listed of(SchedulerJob job) {
      Listed listed = jobs.get(job.id());
      return listed != null && job.isNamed(listed.name) ? listed : null;
    }
  }
}
