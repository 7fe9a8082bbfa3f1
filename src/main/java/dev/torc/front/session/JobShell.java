package dev.torc.front.session;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Hidden;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptLaunch;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.BuildSetup.Machines;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Workflow;
import dev.torc.core.queue.Amounts;
import dev.torc.features.Feature;
import dev.torc.features.clusters.Remotes;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.environments.EnvironmentMaking;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.finds.Tracing;
import dev.torc.features.pace.Pace;
import dev.torc.front.project.BuildRequest.Manner;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Starts a shell or another command in what the processes of a job get, beside any build: takes no
 * lock, records nothing, and has the files that torc makes for the processes in a folder of its
 * own. {@link AttemptLaunch} makes what they get, as for a run.
 */
public final class JobShell implements AutoCloseable {

  /** The variable with the command of the job. */
  private static final String COMMAND = "TORC_COMMAND";

  private final ReadSession look;
  private final Project project;
  private final Graph graph;
  private final int id;
  private final Job job;
  private final Consumer<Event> events;
  private final CachePlace place;
  private final Features features;
  private final Runner runner;
  private String shown = ""; // the job's command

  /**
   * Prepares a shell for a job of the expanded project.
   *
   * @throws BadInput if the job has no command
   */
  public JobShell(ReadSession look, int id, Consumer<String> say) throws IOException {
    this.look = look;
    this.project = look.project();
    this.graph = project.graph();
    this.id = id;
    this.job = graph.job(id);
    this.events =
        event -> {
          if (event instanceof Event.Note note) {
            say.accept(note.said().line("warning:"));
          }
        };
    refuseWithoutCommand();
    Feature.Building shell =
        new Feature.Building(project.caller().env(), events, false, ConcurrentHashMap.newKeySet());
    Tracing untraced = new Tracing(false, false, null, _ -> {});
    Features.Attempts attempts = new Features.Attempts(shell);
    Manner manner = new Manner(0, false, false, false, false, Pace.ANY);
    Hidden hidden = project.caller().hidden();
    this.features = new Features(untraced, attempts, manner, false, null, hidden, null);
    this.runner = project.caller().host().runner().get();
    tidy(project.place());
    this.place = project.place().apart(ProcessHandle.current().pid() + "-" + RandomId.next());
    place.makeFolder(place.shells());
    place.makePrivate(place.working());
    place.makeFolder(place.jobs());
  }

  private void refuseWithoutCommand() {
    String name = SafeText.name(job.name());
    if (job.extra(Fetch.KEY) != null) {
      throw new BadInput("job " + name + " downloads its products; it has no command");
    } else if (job.extra(EnvironmentMaking.CREATE) != null) {
      throw new BadInput(
          "%s makes an environment; open the shell of a job that runs in it".formatted(name));
    }
    int maker = job.surroundings() == null ? -1 : graph.jobId(job.surroundings().maker());
    if (maker >= 0 && look.records().result(maker) == null) {
      String made = SafeText.name(graph.name(maker));
      throw new BadInput(
          "%s runs in %s, which is not made yet; `torc build %s` makes it"
              .formatted(name, made, made));
    }
  }

  /** Removes the folders of killed shells. */
  private static void tidy(CachePlace home) throws IOException {
    if (home.isNetworkRoot() || !Files.isDirectory(home.shells())) {
      return; // a shell of another host has a process there
    }
    OwnFile.refuseLink(home.shells());
    for (Path folder : FileTree.entries(home.shells())) {
      String pid = folder.getFileName().toString().split("-")[0];
      if (pid.matches("[0-9]{1,10}") && !OtherProcess.runs(Long.parseLong(pid))) {
        FileTree.remove(folder);
      }
    }
  }

  /** Returns the executor of the job's first attempt; null for this machine. */
  public static String executor(Job job) {
    return Job.Runs.executor(job.runs().executors(), 1);
  }

  /**
   * Returns the launch of a shell, which is that of the job's first step.
   *
   * @param command runs instead of the shell; empty for the shell
   * @throws BadInput if something is missing that an attempt needs
   */
  public Launch launch(List<String> command) throws IOException {
    Launch all = launch((made, text) -> with(made, text, command));
    Launch first = all.only(0, 1);
    return executor(job) == null ? first : onNode(first);
  }

  /** Returns the launch of the job's own commands. */
  public Launch commands() throws IOException {
    return launch((made, _) -> made.running(made.steps(), interactive(made)));
  }

  private Launch launch(BiFunction<Launch, String, Launch> other) throws IOException {
    Capacity capacity = Capacity.of(project.workflow(), project.caller().host(), Map.of());
    Amounts amounts =
        new Amounts(capacity.limits(), capacity.machine().gpus().ids(), null, Map.of(), null);
    try {
      return AttemptLaunch.beside(context(), id, amounts, other, this::run);
    } catch (AttemptFailure e) {
      throw new BadInput("job " + SafeText.name(job.name()) + ": " + e.getMessage());
    }
  }

  private AttemptContext context() throws IOException {
    Workflow workflow = project.workflow();
    Caller caller = project.caller();
    String build = RandomId.next();
    LaunchBuilder launches = PlannedBuild.launches(project, place, build, events);
    ProductRoots roots = new ProductRoots(workflow.root(), workflow.settings().roots());
    Consumer<String> warn = line -> events.accept(new Event.Note(Event.Level.WARNING, line));
    RemovedOrSetAside removal =
        new RemovedOrSetAside(place, roots, "", look.cache(), look.digests(), null, warn);
    Machines machines = new Machines(caller.host().here(), runner, null, null);
    return new AttemptContext(
        look.context(), removal, launches, null, machines, features, new BuildId(build, 0));
  }

  private Launch with(Launch made, String text, List<String> command) {
    shown = text;
    List<Launch.Step> steps = new ArrayList<>();
    for (Launch.Step each : made.steps()) {
      List<String> argv =
          command.isEmpty() ? withoutCommand(job.runs().steps().getFirst().shell()) : command;
      Map<String, String> env = new HashMap<>(each.env());
      env.put(COMMAND, text);
      steps.add(new Launch.Step(argv, each.dir(), env, each.container(), each.secrets()));
    }
    return made.running(steps, interactive(made));
  }

  private static Launch.Output interactive(Launch made) {
    return new Launch.Output(made.output().log(), true, true);
  }

  /** Returns the words that start a shell that reads commands and goes on after one that fails. */
  static List<String> withoutCommand(List<String> shell) {
    List<String> words = new ArrayList<>(shell);
    String last = words.removeLast(); // takes the command
    if (!shell.getFirst().matches("(.*/)?(ba|da|k|z|a)?sh")) {
      return words;
    }
    words.add(last.replace("c", ""));
    words.replaceAll(word -> word.matches("-[a-z]+") ? word.replace("e", "") : word);
    words.removeIf("-"::equals);
    return words;
  }

  /** Returns the command of the job, as people read it; known after {@link #launch}. */
  public String shown() {
    return shown;
  }

  /** Returns a launch that runs on a node of the job's executor. */
  private Launch onNode(Launch launch) {
    String executor = executor(job);
    Scheduler scheduler =
        Remotes.scheduler(
            project.workflow().executor(executor).settings(), place.root(), project.caller().env());
    Resources asked = job.runs().resources();
    Map<String, Long> limits = project.workflow().settings().limits();
    List<String> words =
        new ArrayList<>(
            scheduler.atTerminal(
                SchedulerResources.of(asked, asked.memory(), asked.runtime(), limits)));
    if (words.isEmpty()) {
      throw new BadInput(
          "executor %s cannot open a shell, only Slurm can; leave out --on for one here"
              .formatted(SafeText.name(executor)));
    }
    Launch.Step step = launch.steps().getFirst();
    Launch.Step handed =
        step.container() == null ? step : step.container().client(step, launch).handedOut();
    words.addAll(handed.argv());
    return launch.running(
        List.of(new Launch.Step(words, handed.dir(), handed.env(), null, handed.secrets())),
        launch.output());
  }

  private ProcessEnd run(Launch launch) {
    try (Signals signals = project.caller().host().process().signals()) {
      AtomicReference<Signals.Handling> handling = new AtomicReference<>();
      try {
        return runner.run(launch, running -> handling.set(signals.during(running::end)));
      } finally {
        handling.get().close();
      }
    }
  }

  /** Runs a launch to its end; returns the exit status that a shell would give it. */
  public int exit(Launch launch, Consumer<String> say) {
    ProcessEnd end = run(launch);
    return switch (end.how()) {
      case EXITED -> end.code();
      case SIGNALED -> Exit.signal(end.code());
      default -> {
        say.accept(SafeText.name(job.name()) + ": " + AttemptOutcome.phrase(end, 0, 0));
        yield Exit.NOT_STARTED;
      }
    };
  }

  /** Returns the folder of the files that torc made for the processes, which goes at the end. */
  public Path files() {
    return place.working();
  }

  @Override
  public void close() throws IOException {
    runner.close();
    features.close();
    FileTree.remove(place.working());
    OwnFile.removeEmpty(place.shells());
  }
}
