package dev.torc.features.hooks;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow.Hook;
import dev.torc.core.model.Workflow.Hook.On;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.StartGate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The hooks of a build: starts those that are due, and knows which are running and which failed.
 * They run beside the jobs and take no resources; {@code LaunchBuilder} has their commands and
 * environment. Call the methods of this class only while holding the turn (see {@code LoopLock}).
 */
public final class Hooks implements StartGate, BuildListener, BuildEnd {

  /** How many of the last lines of output are shown for a failed hook. */
  private static final int TAIL = 10;

  private static final String FAILED = ".failed";
  private static final String SUMMARY = ".json";

  /** Whether the jobs that wait for a hook may start. A required hook is CLOSED until it ends. */
  private enum Gate {
    CLOSED,
    OPEN,
    FAILED
  }

  private final List<Hook> hooks;
  private final BuildState state;
  private final Consumer<Event> tell;
  private final UnaryOperator<byte[]> mask;
  private final List<Integer> parked = new ArrayList<>(); // jobs that wait for a hook
  private final Map<Hook, Gate> gates = new HashMap<>();
  private final Map<Hook, Group> groups = new HashMap<>();
  private final Map<Integer, Runner.Running> running = new LinkedHashMap<>();
  private final Set<String> failedJobs = new TreeSet<>();
  private int started;
  private boolean opened;
  private boolean collected;
  private boolean failed;
  private final Phase phase;
  private String status = ""; // of the build, from its end until the last hooks begin

  /**
   * Counts the ended instances of a group with hooks. Its node numbers are those of {@code graph}.
   */
  private static final class Group {
    private Graph graph;
    private int[] nodes;
    private int over;
    private boolean ran;
    private JobState worst = JobState.RAN;

    /** Returns whether all instances have ended; does not check an ended instance again. */
    boolean isOver(BuildState state, String name) {
      if (graph != state.graph()) {
        graph = state.graph();
        nodes = graph.nodesOf(name);
        over = 0;
      }
      while (over < nodes.length && state.isOver(nodes[over])) {
        over++;
      }
      return over == nodes.length;
    }
  }

  /**
   * A phase of a build: whether jobs ran before it, whether one of them failed, and whether the
   * build ends with it.
   */
  public record Phase(boolean begun, boolean failed, boolean last) {}

  public Hooks(BuildState state, Consumer<Event> tell, UnaryOperator<byte[]> mask, Phase phase) {
    this.mask = mask;
    this.phase = phase;
    this.opened = phase.begun;
    this.hooks = state.graph().workflow().settings().hooks();
    this.state = state;
    this.tell = tell;
  }

  /** Runs the hooks for the end of a job or group, if the event is one. */
  @Override
  public void follow(Event event) {
    if (event instanceof Event.JobEnded ended) {
      if (ended.state() == JobState.FAILED) {
        failedJobs.add(ended.job());
      }
      int id = state.graph().jobId(ended.job());
      if (id >= 0) {
        runAfterJob(state.graph().job(id), ended.state());
      } else if (ended.state() == JobState.FAILED) {
        runAfterGroup(ended.job());
      }
    }
  }

  /** Runs the hooks for the start, once; returns whether jobs may start now. */
  @Override
  public boolean mayStart() {
    if (!opened) {
      opened = true;
      hooks.stream().filter(hook -> hook.on() == On.START).forEach(hook -> begin(hook, "running"));
    }
    return hooks.stream().noneMatch(h -> h.on() == On.START && gates.get(h) == Gate.CLOSED);
  }

  /** Returns whether a required hook for the start failed. */
  @Override
  public boolean refusesAll() {
    return hooks.stream().anyMatch(h -> h.on() == On.START && gates.get(h) == Gate.FAILED);
  }

  /**
   * Runs the hooks before a job, once. Returns whether the job may start now; if not, it becomes
   * ready again when a hook ends.
   */
  @Override
  public boolean mayStart(int id) {
    Job job = state.graph().job(id);
    hooks.stream()
        .filter(hook -> isBefore(hook, job) && !gates.containsKey(hook))
        .forEach(hook -> begin(hook, "running"));
    boolean may = hooks.stream().noneMatch(h -> isBefore(h, job) && gates.get(h) == Gate.CLOSED);
    if (!may) {
      parked.add(id);
    }
    return may;
  }

  @Override
  public boolean holdsJobs() {
    return !parked.isEmpty();
  }

  /** Returns why a job must not start after its hooks have ended; null if it may. */
  @Override
  public String refusal(Job job) {
    boolean failed = hooks.stream().anyMatch(h -> isBefore(h, job) && gates.get(h) == Gate.FAILED);
    return failed ? "its hook ready failed" : null;
  }

  private static boolean isBefore(Hook hook, Job job) {
    return hook.on() == On.READY && isOf(hook, job);
  }

  private static boolean isOf(Hook hook, Job job) {
    return job.name().equals(hook.job()) || hook.job() != null && hook.job().equals(job.group());
  }

  private void runAfterJob(Job job, JobState last) {
    for (Hook hook : hooks) {
      if (hook.on() == On.READY || !isOf(hook, job)) {
        continue;
      }
      boolean ran = last.isMade() || last == JobState.FAILED || last == JobState.INTERRUPTED;
      JobState end = last;
      if (hook.job().equals(job.group())) {
        Group group = groups.computeIfAbsent(hook, _ -> new Group());
        group.ran |= ran;
        boolean idle = last == JobState.FROZEN || last == JobState.SKIPPED;
        boolean well = last.isMade() || last == JobState.UP_TO_DATE || idle;
        group.worst = well || group.worst == JobState.INTERRUPTED ? group.worst : last;
        ran = group.ran && group.isOver(state, hook.job());
        end = group.worst;
      }
      boolean well = end.isMade();
      if (ran && (hook.on() == On.DONE || hook.on() == (well ? On.SUCCESS : On.FAILURE))) {
        begin(hook, well ? "success" : end == JobState.INTERRUPTED ? "interrupted" : "failure");
      }
    }
  }

  private void runAfterGroup(String group) {
    for (Hook hook : hooks) {
      boolean end = hook.on() == On.DONE || hook.on() == On.FAILURE;
      if (opened && end && group.equals(hook.job())) {
        begin(hook, "failure");
      }
    }
  }

  @Override
  public boolean finish(int exit) {
    boolean well = exit == 0 && !failed && !phase.failed;
    status = well ? "success" : exit > 1 ? "interrupted" : "failure";
    runLast(well ? On.SUCCESS : On.FAILURE);
    runFinal();
    return failed;
  }

  @Override
  public boolean finishAgain(int exit) {
    return failed;
  }

  /** Runs the hooks for the end of the build, if any job was about to start. */
  private void runLast(On on) {
    if (opened && phase.last) {
      hooks.stream()
          .filter(hook -> hook.on() == on && hook.job() == null)
          .forEach(hook -> begin(hook, status));
    }
  }

  /** Runs the last hooks, if the build has ended and all others have. */
  private void runFinal() {
    if (running.isEmpty() && !status.isEmpty()) {
      runLast(On.FINISH);
      status = "";
    }
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  @Override
  public boolean isBusy() {
    return !running.isEmpty();
  }

  @Override
  public void end(int signal) {
    running.values().forEach(hook -> hook.end(signal));
  }

  private void begin(Hook hook, String status) {
    int number = started++;
    gates.put(hook, hook.required() ? Gate.CLOSED : Gate.OPEN);
    Map<String, String> env = new HashMap<>();
    env.put("TORC_STATUS", status);
    state.counts().forEach((end, count) -> env.put("TORC_" + end.name(), "" + count));
    writeSummary(number, status, env);
    Launch launch = state.common().launches().of(hook, number, env);
    Consumer<ProcessEnd> done =
        ended -> state.post(() -> handleEnd(hook, number, launch.output().log(), ended));
    running.put(number, state.common().machines().runner().start(launch, done));
  }

  /** Writes what happened so far to two files that a hook finds by its environment. */
  private void writeSummary(int number, String status, Map<String, String> env) {
    Map<String, String> counts = new TreeMap<>();
    state
        .counts()
        .forEach((end, count) -> counts.put(end.name().toLowerCase(Locale.ROOT), "" + count));
    Map<String, String> all = new HashMap<>();
    all.put("version", "1");
    all.put("build", "" + state.common().build().number());
    all.put("root", JsonText.string("" + state.graph().workflow().root()));
    all.put("status", JsonText.string(status));
    all.put("counts", JsonText.object(counts));
    all.put(
        "failed",
        failedJobs.stream().map(JsonText::string).collect(Collectors.joining(",", "[", "]")));
    try {
      String names = failedJobs.stream().map(name -> name + "\n").collect(Collectors.joining());
      OwnFile.write(file(number, FAILED), names.getBytes(StandardCharsets.UTF_8));
      String text = JsonText.object(all) + "\n";
      OwnFile.write(file(number, SUMMARY), text.getBytes(StandardCharsets.UTF_8));
      env.put("TORC_FAILED_JOBS", file(number, FAILED).toString());
      env.put("TORC_SUMMARY", file(number, SUMMARY).toString());
    } catch (IOException e) {
      note(Event.Level.WARNING, "the summary for a hook: " + Refusal.line(e));
    }
  }

  private Path file(int number, String ending) {
    return state.common().launches().place().jobs().resolve(".hook." + number + ending);
  }

  private void handleEnd(Hook hook, int number, Path log, ProcessEnd ended) {
    running.remove(number);
    try {
      Files.deleteIfExists(file(number, FAILED));
      Files.deleteIfExists(file(number, SUMMARY));
    } catch (IOException e) {
      note(Event.Level.WARNING, "the summary for a hook: " + Refusal.line(e));
    }
    gates.put(hook, ended.ok() || !hook.required() ? Gate.OPEN : Gate.FAILED);
    failed |= !ended.ok() && hook.required();
    List<String> tail = List.of();
    CachePlace place = state.common().launches().place();
    Path all = place.logs().resolve("hooks.log");
    try {
      tail = collect(hook, log, all);
    } catch (IOException e) {
      note(Event.Level.WARNING, "the output of hook %s: %s".formatted(name(hook), Refusal.line(e)));
    }
    if (!ended.ok()) {
      Path shown = state.graph().workflow().root().relativize(all);
      note(
          hook.required() ? Event.Level.ERROR : Event.Level.WARNING,
          "hook %s failed: %s; its output is in %s"
              .formatted(name(hook), AttemptOutcome.phrase(ended, 0, 0), shown));
      tail.forEach(line -> note(Event.Level.INFO, "  | " + SafeText.output(line, false)));
    }
    parked.forEach(state::letStart);
    parked.clear();
    runFinal();
  }

  /** Appends the output of one run to the log of all hooks; returns its last lines. */
  private List<String> collect(Hook hook, Path log, Path all) throws IOException {
    if (!OwnFile.exists(log)) {
      return List.of();
    }
    byte[] output = mask.apply(OwnFile.read(log));
    Files.delete(log);
    if (!collected) {
      collected = true;
      Files.deleteIfExists(all);
    }
    String head = "== %s: %s\n".formatted(name(hook), SafeText.line(hook.command()));
    try (OutputStream out =
        OwnFile.out(all, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.write(output);
    }
    List<String> lines = new String(output, StandardCharsets.UTF_8).lines().toList();
    return lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
  }

  private static String name(Hook hook) {
    String on = hook.on().name().toLowerCase(Locale.ROOT);
    return hook.job() == null ? on : on + " of " + SafeText.name(hook.job());
  }

  private void note(Event.Level level, String text) {
    tell.accept(new Event.Note(level, text));
  }
}
