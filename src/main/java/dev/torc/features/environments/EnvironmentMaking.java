package dev.torc.features.environments;

import dev.torc.base.digests.Stamp;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.here.RunToEnd.Running;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of an attempt of a job that makes an environment: it runs the command that fills the
 * folder, and asks a shell what activation does. The marker is written last, so a folder that a
 * killed torc left is not believed, and is made anew.
 */
public final class EnvironmentMaking implements AttemptPart, RunToEnd {

  /** The key; what a job carries for it are its {@link dev.torc.core.model.Surroundings}. */
  public static final String KEY = "environment";

  /** What a job carries that makes an environment: the command that fills the folder. */
  public static final String CREATE = "environment create";

  /** The command that activates it; missing if it does nothing. */
  public static final String ACTIVATE = "environment activate";

  /** How long an activation may take; some fetch what they activate. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** What a tool says, and what that means; a group in it is the meaning. */
  private record Cause(String said, String means) {}

  private static final List<Cause> CAUSES =
      List.of(
          new Cause("(?m)^torc: (.*)", ""),
          new Cause(
              "uv\\.lock.*needs to be updated", "uv.lock is out of date; `uv lock` writes it"),
          new Cause(
              "(?i)lock-?file not up-to-date", "pixi.lock is out of date; `pixi lock` writes it"),
          new Cause("(?m)^\\S+: (?:line )?\\d+: (\\S+: (?:command )?not found)$", ""),
          new Cause(
              "(?i)name resolution|could not resolve|dns error|network is unreachable"
                  + "|connection (?:refused|failed)|failed to establish a new connection",
              "the network cannot be reached"));

  private final AttemptContext common;
  private final int id;
  private final Job job;
  private final boolean forced;
  private final UsedEnvironments used;
  private final Consumer<? super Event> told;
  private final CountDownLatch stop = new CountDownLatch(1);
  private NeedSnapshot snapshot;
  private MadeEnvironment made;
  private String failure; // of torc's own part; null for none
  private Path log; // null until it fails

  public EnvironmentMaking(
      AttemptContext common,
      int id,
      JobAttempts attempts,
      UsedEnvironments used,
      Consumer<? super Event> told) {
    this.used = used;
    this.told = told;
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.forced = attempts.reasons().stream().anyMatch(each -> each.kind() == Kind.FORCED);
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot needs, Stamp begin) throws IOException {
    snapshot = needs;
    made =
        MadeEnvironment.of(common.graph().workflow().root(), job, Manifest.environment(job, needs));
    used.warn(made, job, common.removal().note());
    Launch.Step first = launch.steps().getFirst();
    List<String> shell = new ArrayList<>(job.runs().steps().getFirst().shell());
    shell.add(text(CREATE));
    Launch.Step step = new Launch.Step(shell, first.dir(), first.env());
    return launch.running(List.of(step), launch.output());
  }

  private String text(String key) {
    return text(job, key, made.folder());
  }

  /** Returns a command of a job that makes environments, for one in a folder. */
  static String text(Job maker, String key, Path folder) {
    Template text = maker.extra(key);
    return text == null ? ":" : text.render(_ -> List.of(folder.toString()));
  }

  @Override
  public RunToEnd runner() {
    return this;
  }

  /** Makes the environment, under its lock if roots share it, unless another torc just did. */
  @Override
  public ProcessEnd run(Launch launch, Consumer<Running> handle) {
    handle.accept(_ -> stop.countDown());
    try (EnvironmentLock lock = lock(launch)) {
      if (lock == null) {
        boolean ended = stop.getCount() == 0;
        if (!ended) {
          tell(job.name() + ": made by another build");
        }
        return ProcessEnd.unstarted(ended ? How.INTERRUPTED : How.EXITED);
      }
      CachePlace place = common.launches().place();
      if (!made.shared()) {
        place.makeFolder(made.folder().getParent());
      }
      made.begin(launch.mark()).forEach(this::tell);
      if (!made.shared()) {
        place.give(made.folder());
      }
      ProcessEnd end = common.machines().runner().run(launch, handle);
      return end.ok() ? entered(end, launch, handle) : end;
    } catch (IOException e) {
      failure = Refusal.line(e);
      return ProcessEnd.unstarted(How.EXITED);
    }
  }

  private void tell(String line) {
    told.accept(new Event.Note(Event.Level.INFO, line));
  }

  /** Waits for the lock; returns null if there is nothing to make now, or the attempt must end. */
  private EnvironmentLock lock(Launch launch) throws IOException {
    OwnFile.write(launch.output().log(), new byte[0]);
    Path folder = made.folder().getParent();
    if (made.shared() && !Files.isDirectory(folder)) {
      throw new FileSystemException(
          folder.toString(), null, "folder not found; torc does not create it");
    }
    ThisHost here = common.machines().here();
    boolean asks = made.shared() && here.networkKind(folder).isPresent(); // a server, each time
    for (boolean waits = false; ; waits = true) {
      EnvironmentLock lock = EnvironmentLock.take(made, true, here);
      if (made.shared() && !forced && made.recipe() != null) {
        if (lock != null) {
          lock.close();
        }
        return null;
      } else if (lock != null) {
        return lock;
      } else if (!waits) {
        tell("waiting for another torc that uses " + made.folder());
      }
      try {
        if (stop.await(asks ? 500 : 50, TimeUnit.MILLISECONDS)) {
          return null;
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted while waiting for another torc", e);
      }
    }
  }

  /**
   * Asks what activation does to the caller's variables, to fewer, and to marked ones, and writes
   * the marker.
   */
  private ProcessEnd entered(ProcessEnd end, Launch launch, Consumer<Running> handle)
      throws IOException {
    Thread asking = Thread.currentThread();
    handle.accept(
        _ -> {
          stop.countDown();
          asking.interrupt();
        });
    try {
      Map<String, String> given = used.caller(common.graph().workflow().root());
      ProgramOutput said = ask(given, launch);
      if (!said.errors().isBlank()) {
        common.launches().files(job.name()).log(said.errors().stripTrailing());
      }
      if (!said.ok()) {
        return stop.getCount() == 0
            ? end.as(How.INTERRUPTED, 0, "")
            : end.as(How.EXITED, said.status(), "");
      }
      ActivationLooks first = ActivationLooks.of(said.text());
      ProgramOutput bare = ask(ActivationRecipe.bare(given, first), launch);
      SequencedSet<String> names = first.changed();
      if (bare.ok()) {
        names.addAll(first.alsoSetBy(ActivationLooks.of(bare.text())));
      }
      ProgramOutput marked =
          names.isEmpty() ? said : ask(ActivationRecipe.marked(given, names), launch);
      complete(first, marked.ok() ? ActivationLooks.of(marked.text()) : null, given);
      return end;
    } finally {
      handle.accept(_ -> stop.countDown());
      Thread.interrupted(); // a late one would end something else
    }
  }

  private ProgramOutput ask(Map<String, String> given, Launch launch) {
    Launch.Step step = launch.steps().getFirst();
    Map<String, String> env = new HashMap<>(given);
    env.putAll(step.env());
    env.putAll(launch.mark());
    return ActivationLooks.ask(text(ACTIVATE), env, step.dir(), PATIENCE);
  }

  /**
   * Writes the marker, now that the processes ended well. Refuses if the lock changed meanwhile:
   * the folder is named after the former lock, and may hold what the new one asks for.
   */
  private void complete(ActivationLooks first, ActivationLooks marked, Map<String, String> given)
      throws IOException {
    snapshot.ended();
    List<String> moved = snapshot.moved();
    if (!moved.isEmpty()) {
      failure =
          SafeText.name(moved.getFirst())
              + " changed while the environment was made; it is made again by the next build";
      return;
    }
    CachePlace place = common.launches().place();
    List<String> own = new ArrayList<>(List.of(made.folder().toString()));
    own.add(made.folder().toRealPath().toString());
    if (!made.shared()) {
      own.add(place.root().toString());
      own.add(place.root().toRealPath().toString());
    }
    ActivationRecipe.Surroundings in =
        new ActivationRecipe.Surroundings(given, own, UsedEnvironments.keyed(place));
    boolean loads = MadeEnvironment.isOfModules(job.surroundings());
    made.complete(ActivationRecipe.of(first, marked, in), loads ? first.loaded() : List.of());
    common.contents().machine().remade(Manifest.environment(job, snapshot));
    used.made(made, first);
  }

  @Override
  public void over(ProcessEnd ended) {
    log = ended.ok() ? null : common.launches().files(job.name()).log();
  }

  /** Fails the attempt with what was wrong besides its processes. */
  @Override
  public void read() {
    if (failure != null) {
      throw new AttemptFailure(failure);
    }
  }

  /**
   * Returns why the environment cannot be made, if that is known, and how many jobs wait for it.
   */
  @Override
  public String hint(String missing) {
    if (log == null) {
      return "";
    }
    BitSet behind = new BitSet();
    behind.set(id);
    behind = Downstream.with(common.graph(), behind);
    behind.and(common.plan().selection().jobs());
    int count = behind.cardinality() - 1;
    return cause() + "; %d %s for it".formatted(count, count == 1 ? "job waits" : "jobs wait");
  }

  private String cause() {
    try {
      String said = OwnFile.tail(log, 1 << 14);
      for (Cause each : CAUSES) {
        Matcher found = Pattern.compile(each.said).matcher(said);
        if (found.find()) {
          return ": " + (found.groupCount() > 0 ? found.group(1) : each.means);
        }
      }
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
