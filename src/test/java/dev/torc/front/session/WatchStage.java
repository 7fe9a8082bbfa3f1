package dev.torc.front.session;

import dev.torc.base.posix.ClosedFile;
import dev.torc.base.posix.Signals;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.features.pace.Pace;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.WatchRounds.Notices;
import dev.torc.front.show.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A watch of a real project with notices that the test gives: each {@link #then} is a step that is
 * done while the watch waits, and after the last one the watch is ended. Jobs are real processes.
 */
public final class WatchStage implements Notices {

  /** A step that is done while the watch waits; returns whether a notice comes of it. */
  interface Step {
    boolean happens() throws IOException;
  }

  public static final Map<String, String> ENV = Map.of("PATH", System.getenv("PATH"));

  /** Ends the watch. */
  private static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** More rounds than any test has. */
  private static final int MANY = 200;

  private int rounds;

  final Path root;
  final List<Event> events = new ArrayList<>();

  /** How long the watch would have waited each time, in nanoseconds. */
  final List<Long> waits = new ArrayList<>();

  /** The answer of {@link #lack()}. */
  String lack = "";

  /** The files that the watch follows. */
  final Set<Path> followed = new HashSet<>();

  /** How many of the next waits of 50 ms for quiet get a notice; then it is quiet. */
  int busy;

  boolean force;

  /** Whether jobs may be restored instead of run. */
  boolean restores;

  Host host = Host.of(ENV);

  /** Which jobs; null for the targets. */
  JobChoice choice;

  /** Selects the jobs of each round; null for all. */
  WatchRounds.Since since;

  /** After how many failures nothing more starts; 0 for any number. */
  int failures;

  Pace pace = Pace.ANY;

  final TreeMap<String, String> limits = new TreeMap<>();

  /** How the project is read; null for the usual way. */
  ProjectOptions options;

  /** Is told of each step of the watch, by its name. */
  Consumer<String> stepping = _ -> {};

  Consumer<Event> heard = _ -> {};

  /** The signals of the process for the watch; no signal of the kernel reaches them. */
  final Signals signals = new Signals();

  private final Deque<Step> steps = new ArrayDeque<>();
  private final List<String> targets;
  private long now;

  /** The exit status with which the watch ended by itself; -1 where it did not. */
  int exit = -1;

  WatchStage(Path root, String... targets) throws IOException {
    this.root = root.toRealPath();
    this.targets = List.of(targets);
  }

  /** Writes a file. */
  WatchStage put(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    ClosedFile.write(file, text);
    return this;
  }

  /** Sets the jobs, as lines below {@code jobs:}. */
  WatchStage jobs(String jobs) throws IOException {
    return put("torc.yaml", "jobs:\n" + jobs.indent(2));
  }

  /** Writes a file while the watch waits, which a notice tells. */
  WatchStage thenPut(String path, String text) {
    return then(
        () -> {
          put(path, text);
          return true;
        });
  }

  WatchStage then(Step step) {
    steps.add(step);
    return this;
  }

  /** The request for a build that waits for other builds. */
  static BuildRequest request(List<String> targets, boolean force) {
    return new BuildRequest(
        JobChoice.of(targets, false),
        Rerun.of(targets, force),
        new BuildRequest.Manner(0, false, false, false, false, Pace.ANY),
        new LockTerms(true, false, Set.of()),
        false,
        new TreeMap<>());
  }

  private BuildRequest request() {
    BuildRequest usual = request(targets, force);
    return new BuildRequest(
        choice == null ? usual.choice() : choice,
        usual.rerun(),
        new BuildRequest.Manner(failures, false, false, false, false, pace),
        usual.lock(),
        usual.dry(),
        limits);
  }

  public static ProjectOptions options(boolean restores) {
    return options(
        new ProjectOptions.Reuse(restores, false, false, false, List.of(), List.of(), false));
  }

  static ProjectOptions options(ProjectOptions.Reuse reuse) {
    return new ProjectOptions(
        new ProjectOptions.Named(List.of(), null, null, false), new TreeMap<>(), null, null, reuse);
  }

  /** Watches until all steps were taken. */
  WatchStage run() throws IOException {
    Caller caller = new Caller(ENV, root, host);
    try (signals) {
      exit =
          new WatchRounds(
                  caller,
                  options == null ? options(restores) : options,
                  new WatchRounds.FirstRound(request(), since),
                  this::open,
                  false,
                  2_000_000_000L,
                  signals)
              .run(this, () -> now);
      return this;
    } catch (Over over) {
      return this;
    }
  }

  @Override
  public boolean follow(Iterable<Path> files) {
    stepping.accept("follow");
    followed.clear();
    files.forEach(followed::add);
    return false;
  }

  @Override
  public void catchUp(Path cookie) {
    stepping.accept("catch up");
  }

  @Override
  public boolean await(long nanos) throws IOException {
    stepping.accept("await " + nanos);
    waits.add(nanos);
    if (nanos == 50_000_000) {
      now += nanos;
      return busy-- > 0;
    }
    if (steps.isEmpty()) {
      throw new Over();
    }
    return steps.removeFirst().happens();
  }

  @Override
  public String lack() {
    return lack;
  }

  @Override
  public void close() {}

  private Report open() {
    stepping.accept("open");
    if (++rounds > MANY) {
      throw new AssertionError("rounds without end: " + told().substring(0, 500));
    }
    return event -> {
      events.add(event);
      heard.accept(event);
      stepping.accept(event.getClass().getSimpleName());
    };
  }

  /** The events of the rounds: changed files, jobs that ran or failed, errors; a bar at the end. */
  String told() {
    StringBuilder told = new StringBuilder();
    List<String> jobs = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Changed changed) {
        told.append(changed.files()).append(' ');
      } else if (event instanceof Event.JobEnded job && job.state() != JobState.UP_TO_DATE) {
        jobs.add(job.job() + (job.state() == JobState.RAN ? "" : " " + job.state()));
      } else if (event instanceof Event.Note note && note.level() == Event.Level.ERROR) {
        told.append("error ");
      } else if (event instanceof Event.Finished) {
        told.append(jobs.stream().sorted().toList()).append(' ');
        jobs.clear();
      } else if (event instanceof Event.Watching) {
        told.append("| ");
      }
    }
    return told.toString().strip();
  }

  /** The texts of the notes of a level. */
  List<String> notes(Event.Level level) {
    List<String> lines = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Note note && note.level() == level) {
        lines.add(note.text());
      }
    }
    return lines;
  }

  /** Removes a file or an empty folder while the watch waits, which a notice tells. */
  WatchStage thenDelete(String path) {
    return then(
        () -> {
          Files.delete(root.resolve(path));
          return true;
        });
  }

  /** Renames while the watch waits, which a notice tells. */
  WatchStage thenMove(String from, String to) {
    return then(
        () -> {
          Files.move(root.resolve(from), root.resolve(to));
          return true;
        });
  }

  /** Runs a line of sh in the root while the watch waits, which a notice tells. */
  WatchStage thenSh(String line) {
    return then(
        () -> {
          sh(line);
          return true;
        });
  }

  void sh(String line) throws IOException {
    try {
      Process sh =
          new ProcessBuilder("sh", "-c", line).directory(root.toFile()).inheritIO().start();
      if (sh.waitFor() != 0) {
        throw new AssertionError(line);
      }
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
