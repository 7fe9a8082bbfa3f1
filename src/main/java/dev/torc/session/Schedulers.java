package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.engine.Remotes;
import dev.torc.exec.Allocation;
import dev.torc.exec.Claimant;
import dev.torc.exec.RemoteRunner;
import dev.torc.exec.Scheduler;
import dev.torc.exec.SchedulerSettings;
import dev.torc.workflow.Executor;
import dev.torc.workflow.Executor.Word;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The schedulers that a build hands jobs to, as the build file describes them. */
final class Schedulers implements Remotes, AutoCloseable {

  private final Project project;
  private final String build;
  private final Consumer<String> warn;
  private final Map<String, RemoteRunner> runners = new LinkedHashMap<>();

  Schedulers(Project project, String build, Consumer<String> warn) {
    this.project = project;
    this.build = build;
    this.warn = warn;
  }

  @Override
  public synchronized RemoteRunner of(String executor) {
    return runners.computeIfAbsent(executor, this::start);
  }

  private RemoteRunner start(String name) {
    Path folder = project.folder().resolve("remote").resolve(name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SchedulerSettings settings = settings(project.workflow().executor(name));
    Map<String, String> env = project.caller().env();
    Claimant me =
        new Claimant(
            build,
            env.getOrDefault("HOSTNAME", "localhost"),
            Cache.boot(),
            ProcessHandle.current().pid(),
            0,
            System.currentTimeMillis() / 1000);
    Scheduler scheduler = Scheduler.of(settings, folder, env);
    Allocation allocation = project.caller().host().allocation();
    if (allocation != null) {
      scheduler = allocation.steps(scheduler, folder);
      settings = settings.withoutBatches();
    }
    return new RemoteRunner(scheduler, settings, folder, me, warn);
  }

  static SchedulerSettings settings(Executor executor) {
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

  @Override
  public synchronized void close() {
    runners.values().forEach(RemoteRunner::close);
  }
}
