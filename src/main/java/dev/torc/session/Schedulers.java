package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.cache.CacheException;
import dev.torc.engine.Remotes;
import dev.torc.exec.BatchJob;
import dev.torc.exec.Claimant;
import dev.torc.exec.EarlierJob;
import dev.torc.exec.RemoteRunner;
import dev.torc.exec.Scheduler;
import dev.torc.exec.SchedulerSettings;
import dev.torc.posix.OwnFile;
import dev.torc.workflow.Executor;
import dev.torc.workflow.Executor.Word;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The schedulers that a build hands jobs to, as the build file describes them, and those to which
 * earlier builds did, as these wrote down.
 */
final class Schedulers implements Remotes, AutoCloseable {

  private final Project project;
  private final WriteSession work;
  private final Consumer<String> warn;
  private final Path folder;
  private final Map<String, EarlierJob> earlier = new HashMap<>(); // what is out
  private final Map<Path, Set<String>> written = new HashMap<>(); // who writes to a place
  private final Map<Path, Set<String>> above = new HashMap<>(); // who writes below it
  private final Map<String, RemoteRunner> runners = new LinkedHashMap<>();

  /** Looks at what earlier builds handed out. */
  Schedulers(Project project, WriteSession work, Consumer<String> warn) throws IOException {
    this.project = project;
    this.work = work;
    this.warn = warn;
    this.folder = project.place().remote();
    OwnFile.refuseLink(folder);
    for (EarlierJob each : EarlierJob.all(folder)) {
      earlier.put(each.job(), each);
      for (BatchJob.Product product : each.place().products()) {
        Path path = product.path().normalize();
        written.computeIfAbsent(path, _ -> new HashSet<>()).add(each.job());
        for (Path up = path.getParent(); up != null; up = up.getParent()) {
          above.computeIfAbsent(up, _ -> new HashSet<>()).add(each.job());
        }
      }
    }
  }

  @Override
  public synchronized RemoteRunner of(String executor) {
    return of(settings(project.workflow().executor(executor)));
  }

  @Override
  public boolean isEmpty() {
    return earlier.isEmpty();
  }

  @Override
  public synchronized RemoteRunner holder(String job) {
    EarlierJob out = earlier.get(job);
    if (out == null) {
      return null;
    }
    Executor now = project.workflow().executor(out.settings().name());
    SchedulerSettings settings = now == null ? out.settings() : settings(now);
    return of(settings.kind() == out.settings().kind() ? settings : out.settings());
  }

  @Override
  public Set<String> writers(List<Path> places) {
    Set<String> jobs = new TreeSet<>();
    for (Path place : places) {
      Path path = place.normalize();
      jobs.addAll(above.getOrDefault(path, Set.of()));
      for (Path up = path; up != null; up = up.getParent()) {
        jobs.addAll(written.getOrDefault(up, Set.of()));
      }
    }
    return jobs;
  }

  private RemoteRunner of(SchedulerSettings settings) {
    RemoteRunner runner = runners.get(settings.name());
    if (runner == null) {
      runner = start(settings);
      runners.put(settings.name(), runner);
    }
    return runner;
  }

  private RemoteRunner start(SchedulerSettings settings) {
    Path place = folder.resolve(settings.name());
    try {
      Files.createDirectories(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> env = project.caller().env();
    Claimant me =
        new Claimant(
            work.build().id(),
            env.getOrDefault("HOSTNAME", "localhost"),
            Cache.boot(),
            ProcessHandle.current().pid(),
            0,
            System.currentTimeMillis() / 1000);
    RemoteRunner.Marks marks =
        attempts -> {
          try {
            work.handOut(attempts, settings.name());
          } catch (CacheException e) {
            throw new IOException(e.getMessage(), e);
          }
        };
    return new RemoteRunner(Scheduler.of(settings, place, env), settings, place, me, marks, warn);
  }

  private static SchedulerSettings settings(Executor executor) {
    Executor.Commands commands = executor.commands();
    return new SchedulerSettings(
        executor.name(),
        commands == null ? SchedulerSettings.Kind.SLURM : SchedulerSettings.Kind.COMMANDS,
        orNull(executor.account()),
        orNull(executor.partition()),
        executor.args(),
        orNull(executor.before()),
        executor.maxJobs(),
        executor.batch(),
        executor.maxRuntime(),
        executor.latency(),
        commands == null
            ? null
            : new SchedulerSettings.Commands(
                commands.submit(),
                commands.states(),
                commands.cancel(),
                commands.separator(),
                commands.id().isEmpty() ? null : Pattern.compile(commands.id()),
                words(commands, Word.RUNNING),
                words(commands, Word.WAITING),
                words(commands, Word.GONE)),
        commands == null ? Map.of() : commands.settings());
  }

  private static List<String> words(Executor.Commands commands, Word word) {
    return commands.words().getOrDefault(word, List.of());
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Ends their threads; what is out stays out. */
  @Override
  public synchronized void close() {
    for (RemoteRunner runner : runners.values()) {
      runner.close();
      OwnFile.removeEmpty(folder.resolve(runner.executor()));
    }
    OwnFile.removeEmpty(folder);
  }
}
