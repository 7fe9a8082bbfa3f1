package dev.torc.core.run;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.PlainWords;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.GivenArguments;
import dev.torc.core.decide.NeedFiles;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.Hook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns an attempt of a job into the {@link Launch} that the runner starts: fills the placeholders,
 * omits the shell where that is safe, and puts the environment together. It starts nothing.
 */
public final class LaunchBuilder {

  private static final String MAKEFLAGS = "MAKEFLAGS";

  /** Hides all GPUs from HIP; an empty list would hide none. */
  private static final String NO_GPU = "-1";

  private static final String NO_DATA = ".data.json";
  private static final String NO_NEEDS = ".needs";

  /** Variables from which numeric libraries and language runtimes take their number of threads. */
  private static final List<String> THREADS =
      List.of(
          "OMP_NUM_THREADS",
          "OPENBLAS_NUM_THREADS",
          "MKL_NUM_THREADS",
          "VECLIB_MAXIMUM_THREADS",
          "NUMEXPR_NUM_THREADS",
          "RAYON_NUM_THREADS",
          "JULIA_NUM_THREADS");

  private final CachePlace place;
  private final Path root;
  private final String build;
  private final Map<String, String> inherited;
  private final Map<String, String> caller;
  private final ArgumentList arguments;
  private final StepContainers containers;
  private final Set<String> shared = new HashSet<>(2); // names of shared files already written

  /**
   * @param build the random id of this build; empty if nothing runs
   * @param inherited environment entries for every job, such as MAKEFLAGS without a jobserver; a
   *     null value removes one
   * @param caller the caller's environment; it also decides whether a shell is needed
   * @param containers where steps with an image run; null if nothing runs
   */
  public LaunchBuilder(
      Workflow workflow,
      CachePlace place,
      String build,
      Map<String, String> inherited,
      Map<String, String> caller,
      StepContainers containers) {
    this.place = place;
    this.root = workflow.root();
    this.build = build;
    this.inherited = inherited;
    this.caller = caller;
    this.arguments = new ArgumentList(caller);
    this.containers = containers;
  }

  /**
   * Builds the launch of an attempt, and writes the files that {@code TORC_NEEDS} and {@code
   * TORC_DATA} name.
   *
   * @param timeLimit nanoseconds, 0 for none
   * @param why the word that tells the job why it runs
   * @param moved the folder that stands for the root; null for the root itself
   * @throws AttemptFailure if a command is longer than the system allows
   */
  Launch of(
      Graph graph,
      int id,
      NeedSnapshot snapshot,
      Granted granted,
      long timeLimit,
      String why,
      JobRoot moved)
      throws IOException {
    Job job = graph.job(id);
    JobFiles files = files(job.name());
    Path tmp = JobFiles.tmp(place, job.name());
    PlaceholderValues there = PlaceholderValues.of(graph, id, snapshot, granted, tmp);
    PlaceholderValues values = there.in(moved);
    int attempt = granted.attempt();
    Map<String, String> common = new LinkedHashMap<>(inherited);
    Map<String, String> mark = mark(job.name(), "TORC_ATTEMPT", Integer.toString(attempt));
    common.putAll(mark);
    common.put("TORC_REASON", why);
    if (moved != null) {
      common.put("TORC_SANDBOX", values.root().toString());
    }
    common.put("TORC_CPUS", Long.toString(granted.cpus()));
    if (granted.memoryMiB() >= 0) {
      common.put("TORC_MEMORY", Long.toString(granted.memoryMiB()));
    }
    if (granted.gpus() != null) {
      String gpus = String.join(",", granted.gpus());
      common.put("TORC_GPUS", gpus);
      if (!gpus.isEmpty() || job.runs().resources().askedGpus() == 0) {
        common.put("CUDA_VISIBLE_DEVICES", gpus);
        common.put("HIP_VISIBLE_DEVICES", gpus.isEmpty() ? NO_GPU : gpus);
      }
    }
    if (JobFiles.hasTmp(job)) {
      common.put(JobFiles.TMP, tmp.toString());
    }
    List<String> needs = values.needs();
    boolean lists = JobFiles.lists(job);
    common.put("TORC_NEEDS", lists ? list(files, "", needs) : shared(files, NO_NEEDS, ""));
    common.put("TORC_DATA", data(files, snapshot.data()));
    for (LinesFile lines : List.of(files.output(), files.eventLines())) {
      common.put(lines.name(), lines.path().toString());
    }
    for (Item item : job.links().needs()) {
      if (item.name() != null) {
        common.put("TORC_NEEDS_" + item.name(), list(files, item.name(), values.needs(item)));
      }
    }
    List<Step> todo = new ArrayList<>(job.runs().steps());
    if (attempt > 1 && job.runs().retry().recover() != null) {
      Step first = job.runs().steps().getFirst();
      Step.Command recover = new Step.Command.Shell(job.runs().retry().recover());
      todo.addFirst(new Step(recover, first.dir(), first.env(), first.shell(), first.image()));
    }
    List<Launch.Step> steps = new ArrayList<>();
    int recovering = todo.size() - job.runs().steps().size();
    for (Step step : todo) {
      PlaceholderValues its = steps.size() < recovering ? there : values; // repairs the root
      Launch.Step on = step(step, its, todo.size() == 1 ? common : new LinkedHashMap<>(common));
      steps.add(
          step.image() == null ? on : contained(on, step, its, steps.size() + 1, granted, needs));
    }
    Launch.Output output = new Launch.Output(files.log(), attempt > 1, job.has(Trait.INTERACTIVE));
    return new Launch(steps, output, timeLimit, granted.memoryLimit(), mark)
        .stopping(job.runs().stop());
  }

  /** Puts a step into the container of its image. */
  private Launch.Step contained(
      Launch.Step on,
      Step step,
      PlaceholderValues values,
      int number,
      Granted granted,
      List<String> needs)
      throws IOException {
    Job job = values.job();
    Map<String, String> env = new TreeMap<>(on.env());
    for (Map.Entry<String, Optional<Template>> own : step.env().entrySet()) {
      if (own.getValue().isEmpty() && caller.containsKey(own.getKey())) {
        env.put(own.getKey(), caller.get(own.getKey()));
      }
    }
    env.values().removeIf(Objects::isNull);
    if (!step.env().containsKey(MAKEFLAGS)) {
      env.remove(MAKEFLAGS);
    }
    Path status = files(job.name()).container();
    place.ready(status);
    Launch.Container container =
        containers.of(job, step.image(), number, granted, needs, status, values.root());
    return new Launch.Step(on.argv(), on.dir(), env, container);
  }

  /** Returns the commands of a launch in a form to show, one line for each process. */
  static String shown(Launch launch, Job job) {
    List<String> shell = job.runs().steps().getFirst().shell();
    StringBuilder lines = new StringBuilder();
    for (Launch.Step step : launch.steps()) {
      lines.append(lines.isEmpty() ? "" : "\n").append(shown(step.argv(), shell));
    }
    return lines.toString();
  }

  /** Returns the commands of a job as they would run now, with resources up to these limits. */
  public String shown(Graph graph, int id, NeedFiles contents, Map<String, Long> limits) {
    Amounts here = new Amounts(limits, List.of(), null, Map.of(), null);
    JobAttempts first = new JobAttempts(graph.job(id), List.of(), null, here);
    return shown(graph, id, contents, first.granted(List.of()));
  }

  /**
   * Returns the commands of an attempt in a form to show; if a value cannot be used, the
   * placeholders stay.
   */
  String shown(Graph graph, int id, NeedFiles contents, Granted granted) {
    Job job = graph.job(id);
    Path tmp = JobFiles.tmp(place, job.name());
    PlaceholderValues values = PlaceholderValues.of(graph, id, contents, granted, tmp);
    try {
      List<String> lines = new ArrayList<>();
      for (Step step : job.runs().steps()) {
        lines.add(shown(argv(step, values, Map.of()), step.shell()));
      }
      return String.join("\n", lines);
    } catch (BadInput | StoppedException none) {
      return job.command();
    }
  }

  /** Builds the launch of a step; adds the step's own entries to {@code env}. */
  private Launch.Step step(Step step, PlaceholderValues values, Map<String, String> env) {
    if (values.job().runs().resources().askedCpus() > 0) {
      threads(step, values.granted().cpus(), env);
    }
    for (Map.Entry<String, Optional<Template>> entry : step.env().entrySet()) {
      Template text = entry.getValue().orElse(null);
      if (text != null && text.slot(Step.SECRET) == null) {
        env.put(entry.getKey(), text.render(slot -> ofEnv(slot, values, step)));
      }
    }
    List<String> argv = argv(step, values, env);
    arguments.check(argv, env);
    return new Launch.Step(argv, PlaceholderValues.folder(values.root(), step.dir()), env);
  }

  /** Adds the thread counts that neither the job nor, outside a container, the caller sets. */
  private void threads(Step step, long cpus, Map<String, String> env) {
    for (String name : THREADS) {
      String callers = caller.get(name);
      if (!step.env().containsKey(name) && (callers == null || step.image() != null)) {
        env.put(name, callers == null ? Long.toString(cpus) : callers);
      }
    }
  }

  private List<String> ofEnv(Template.Part.Slot slot, PlaceholderValues values, Step step) {
    return slot.name().equals("env")
        ? List.of(callers(slot))
        : slot.name().equals("tmp")
            ? List.of(values.tmp().toString()) // as a variable, other folders see it too
            : values.of(slot, step.dir());
  }

  private List<String> ofCommand(Template.Part.Slot slot, PlaceholderValues values, Step step) {
    return slot.name().equals(GivenArguments.SLOT)
        ? GivenArguments.of(values.job(), name -> Optional.ofNullable(caller.get(name)))
        : values.of(slot, step.dir());
  }

  /** Returns the command line of the process, without the shell if that makes no difference. */
  private List<String> argv(Step step, PlaceholderValues values, Map<String, String> env) {
    List<String> argv = new ArrayList<>();
    if (step.command() instanceof Step.Command.Shell shell) {
      String text = shell.text().render(slot -> ofCommand(slot, values, step));
      Optional<List<String>> plain =
          PlainWords.of(
              step.shell(), text, name -> caller.containsKey(name) || env.containsKey(name));
      argv.addAll(plain.orElse(step.shell()));
      if (plain.isEmpty()) {
        argv.add(text);
      }
    } else {
      for (Template word : step.command().templates()) {
        argv.addAll(word.words(slot -> ofCommand(slot, values, step)));
      }
    }
    return argv;
  }

  /** Returns the value of a variable in jobs that do not set it; empty if it is unset. */
  private String callers(Template.Part.Slot slot) {
    String name = slot.member();
    String value = inherited.containsKey(name) ? inherited.get(name) : caller.get(name);
    if (value != null && value.indexOf('\ufffd') >= 0) {
      throw new BadInput(slot.place(), slot + ": the caller's value is not valid UTF-8");
    }
    return value == null ? "" : value;
  }

  /** Returns the launch of a job's probe, in the folder and environment of its first step. */
  public Launch probe(Graph graph, int id, NeedFiles contents, long limit) throws IOException {
    Job job = graph.job(id);
    Step first = job.runs().steps().getFirst();
    Step.Command command = new Step.Command.Shell(job.conditions().get(Job.PROBE));
    Granted granted = new Granted(1, ResourceDemand.ONE_CPU, List.of(), 0, 0);
    Path tmp = JobFiles.tmp(place, job.name());
    PlaceholderValues values = PlaceholderValues.of(graph, id, contents, granted, tmp);
    Map<String, String> mark = mark(job.name(), "TORC_PROBE", "1");
    Map<String, String> env = new LinkedHashMap<>(inherited);
    env.putAll(mark);
    Step probe = new Step(command, first.dir(), first.env(), first.shell(), null);
    Path log = place.jobs().resolve(".probe." + id + ".log");
    place.ready(log);
    return new Launch(List.of(step(probe, values, env)), Launch.Output.of(log), limit, 0, mark);
  }

  /** Returns the launch of a hook; {@code number} counts the runs of hooks in the build. */
  public Launch of(Hook hook, int number, Map<String, String> more) {
    Map<String, String> mark = mark(hook.job() == null ? "" : hook.job(), "TORC_HOOK", "" + number);
    Map<String, String> env = new LinkedHashMap<>(inherited);
    env.putAll(mark);
    env.putAll(more);
    List<String> argv = new ArrayList<>(hook.shell());
    argv.add(hook.command());
    Path log = place.jobs().resolve(".hook." + number + ".log");
    return new Launch(List.of(new Launch.Step(argv, root, env)), Launch.Output.of(log), 0, 0, mark);
  }

  /**
   * Returns the environment entries that identify processes: those of {@link Launch#mark}, for a
   * later torc, and one that distinguishes a job's processes from those of its hooks.
   */
  private Map<String, String> mark(String job, String last, String value) {
    Map<String, String> mark = new HashMap<>(Launch.mark(build, job, root));
    mark.put(last, value);
    return mark;
  }

  private static String list(JobFiles files, String item, List<String> paths) throws IOException {
    return files.write(files.needs(item), paths.isEmpty() ? "" : String.join("\n", paths) + "\n");
  }

  StepContainers containers() {
    return containers;
  }

  /** Returns the path of the file with the needed values; jobs that need none share a file. */
  private String data(JobFiles files, SortedMap<String, String> values) throws IOException {
    return values.isEmpty()
        ? shared(files, NO_DATA, "{}")
        : files.write(files.values(), JsonText.object(values));
  }

  /** Returns the path of a file that jobs share, and writes the file for the first of them. */
  private synchronized String shared(JobFiles files, String name, String text) throws IOException {
    Path file = place.jobs().resolve(name);
    if (!shared.contains(name)) {
      files.write(file, text);
      shared.add(name);
    }
    return file.toString();
  }

  /** Returns the caller's PATH, or the C library's default. */
  public String searchPath() {
    return caller.getOrDefault("PATH", "/bin:/usr/bin");
  }

  public JobFiles files(String job) {
    return new JobFiles(place, job);
  }

  public CachePlace place() {
    return place;
  }

  /** Returns a command that can be pasted into a shell, without the words that start the shell. */
  private static String shown(List<String> argv, List<String> shell) {
    int last = argv.size() - 1;
    if (last == shell.size() && argv.subList(0, last).equals(shell)) {
      return argv.getLast().stripTrailing();
    }
    StringBuilder text = new StringBuilder();
    for (String word : argv) {
      boolean plain = text.isEmpty() ? Quoting.isPlain(word) : Quoting.isPlainArgument(word);
      text.append(text.isEmpty() ? "" : " ").append(plain ? word : quoted(word));
    }
    return text.toString();
  }

  private static String quoted(String word) {
    return word.codePoints().anyMatch(SafeText::isHidden)
        ? SafeText.name(word)
        : Quoting.quote(word, Quote.BARE);
  }
}
