package dev.torc.core.attempt;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.PlainWords;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.NeedFiles;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.manifest.GivenArguments;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.Hook;
import dev.torc.core.queue.Amounts;
import dev.torc.core.queue.Granted;
import dev.torc.core.queue.ResourceDemand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Turns an attempt of a job into the {@link Launch} that the runner starts: fills the placeholders,
 * and omits the shell where that is safe. It starts nothing; {@link JobEnvironment} has the
 * variables.
 */
public final class LaunchBuilder {

  private final CachePlace place;
  private final Map<String, String> caller;
  private final ArgumentList arguments;
  final StepContainers containers;
  private final JobEnvironment environment;

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
    this.caller = caller;
    this.arguments = new ArgumentList(caller);
    this.containers = containers;
    this.environment =
        new JobEnvironment(place, workflow.root(), build, inherited, caller, new HashSet<>(2));
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
    PlaceholderValues there = PlaceholderValues.of(graph, id, snapshot, granted, place);
    PlaceholderValues values = there.in(moved);
    int attempt = granted.attempt();
    Map<String, String> mark = environment.mark(job.name(), "TORC_ATTEMPT", "" + attempt);
    Map<String, String> common = environment.ofAttempt(mark, files, values, why);
    if (!snapshot.data().isEmpty()) {
      String rows = DataRows.of(graph, job, snapshot.data());
      common.put("TORC_DATA_ROWS", files.write(files.rows(), rows));
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
          step.image() == null ? on : contained(on, step, its, steps.size() + 1, values.needs()));
    }
    Launch.Output output = new Launch.Output(files.log(), attempt > 1, job.has(Trait.INTERACTIVE));
    return new Launch(steps, output, timeLimit, granted.memoryLimit(), mark)
        .stopping(job.runs().stop());
  }

  /** Puts a step into the container of its image. */
  private Launch.Step contained(
      Launch.Step on, Step step, PlaceholderValues values, int number, List<String> needs)
      throws IOException {
    Job job = values.job();
    Path status = files(job.name()).container();
    place.ready(status);
    Launch.Container container =
        containers.of(job, step.image(), number, values.granted(), needs, status, values.root());
    return new Launch.Step(on.argv(), on.dir(), environment.inContainer(on.env(), step), container);
  }

  /** Returns the commands of a launch in a form to show, one line for each process. */
  static String shown(Launch launch, Job job) {
    List<Step> written = job.runs().steps();
    int more = launch.steps().size() - written.size(); // to recover, with the first one's shell
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < launch.steps().size(); i++) {
      lines.add(shown(launch.steps().get(i).argv(), written.get(Math.max(0, i - more)).shell()));
    }
    return String.join("\n", lines);
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
  public String shown(Graph graph, int id, NeedFiles contents, Granted granted) {
    Job job = graph.job(id);
    PlaceholderValues values = PlaceholderValues.of(graph, id, contents, granted, place);
    try {
      return job.runs().steps().stream()
          .map(step -> shown(argv(step, values, Map.of()), step.shell()))
          .collect(Collectors.joining("\n"));
    } catch (BadInput | StoppedException none) {
      return job.command();
    }
  }

  /** Builds the launch of a step; adds the step's own entries to {@code env}. */
  private Launch.Step step(Step step, PlaceholderValues values, Map<String, String> env) {
    environment.addOwn(step, values, env);
    List<String> argv = argv(step, values, env);
    arguments.check(argv, env);
    return new Launch.Step(argv, PlaceholderValues.folder(values.root(), step.dir()), env);
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

  /**
   * Returns the launch of a command beside the attempts of a job, in the folder and environment of
   * its first step. A word says what for.
   */
  public Launch beside(
      Graph graph, int id, String word, Template text, NeedFiles contents, long limit)
      throws IOException {
    Job job = graph.job(id);
    Step first = job.runs().steps().getFirst();
    Step.Command command = new Step.Command.Shell(text);
    Granted granted = new Granted(1, ResourceDemand.ONE_CPU, List.of(), 0, 0);
    PlaceholderValues values = PlaceholderValues.of(graph, id, contents, granted, place);
    Map<String, String> mark =
        environment.mark(job.name(), "TORC_" + word.toUpperCase(Locale.ROOT), "1");
    Map<String, String> env = environment.of(mark);
    Step step = new Step(command, first.dir(), first.env(), first.shell(), null);
    Path log = place.jobs().resolve("." + word + "." + id + ".log");
    place.ready(log);
    return new Launch(List.of(step(step, values, env)), Launch.Output.of(log), limit, 0, mark);
  }

  /** Returns the launch of a hook; {@code number} counts the runs of hooks in the build. */
  public Launch of(Hook hook, int number, Map<String, String> more) {
    String job = hook.job() == null ? "" : hook.job();
    Map<String, String> mark = environment.mark(job, "TORC_HOOK", "" + number);
    Map<String, String> env = environment.of(mark);
    env.putAll(more);
    List<String> argv = new ArrayList<>(hook.shell());
    argv.add(hook.command());
    Path log = place.jobs().resolve(".hook." + number + ".log");
    return new Launch(
        List.of(new Launch.Step(argv, environment.root(), env)), Launch.Output.of(log), 0, 0, mark);
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
