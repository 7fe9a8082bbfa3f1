package dev.torc.features.environments;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Manifest;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.RunToEnd;
import dev.torc.core.here.RunToEnd.Running;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.core.run.AttemptFailure;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.core.run.Event;
import dev.torc.core.run.JobAttempts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of an attempt of a job that makes an environment: its processes are the command that
 * fills the folder, and a shell that is asked once what activation does. The marker is written
 * last, so a folder that a killed torc left is not believed, and is made anew.
 */
public final class EnvironmentMaking implements AttemptPart, RunToEnd {

  /** The condition of a job that makes an environment: the command that fills the folder. */
  public static final String CREATE = "environment create";

  /** The command that activates it; missing if it does nothing. */
  public static final String ACTIVATE = "environment activate";

  /** The name by which these commands have the folder: that of torc's own slot. */
  public static final String DIR = "tmp";

  /** Asks bash if it is there, since activation scripts are often for bash only. */
  private static final String BASH =
      "torc_sh=$(command -v bash) || torc_sh=sh; exec \"$torc_sh\" -c \"$1\"";

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
  private final Consumer<? super Event> told;
  private final CountDownLatch stop = new CountDownLatch(1);
  private NeedSnapshot snapshot;
  private MadeEnvironment made;
  private String failure; // of torc's own part; null for none
  private Path log; // null until it fails

  public EnvironmentMaking(
      AttemptContext common, int id, JobAttempts attempts, Consumer<? super Event> told) {
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
    Launch.Step first = launch.steps().getFirst();
    List<Launch.Step> steps = new ArrayList<>();
    List<String> shell = new ArrayList<>(job.runs().steps().getFirst().shell());
    shell.add(text(CREATE));
    steps.add(new Launch.Step(shell, first.dir(), first.env()));
    Map<String, String> env = new HashMap<>(first.env());
    env.put("TORC_ASKED", made.beside(".asked").toString());
    steps.add(new Launch.Step(List.of("sh", "-c", BASH, "sh", question()), first.dir(), env));
    return launch.running(steps, launch.output());
  }

  private String text(String key) {
    Template text = job.conditions().get(key);
    return text == null ? ":" : text.render(_ -> List.of(made.folder().toString()));
  }

  /** Returns the script that activates the environment between two looks at the variables. */
  private String question() {
    return """
    trap '[ $? = 0 ] || rm -f "$TORC_ASKED"' EXIT # it has values of the caller
    unset VIRTUAL_ENV CONDA_SHLVL CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER
    unset PIXI_IN_SHELL PIXI_PROMPT PIXI_ENVIRONMENT_NAME PIXI_ENVIRONMENT_PLATFORMS
    unset PIXI_PROJECT_ROOT PIXI_PROJECT_NAME PIXI_PROJECT_MANIFEST PIXI_PROJECT_VERSION
    { env -0 && printf '\\0'; } > "$TORC_ASKED" || exit
    %s
    torc_status=$?
    env -0 >> "$TORC_ASKED" || exit
    exit $torc_status
    """
        .formatted(text(ACTIVATE));
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
        return ProcessEnd.unstarted(ended ? How.INTERRUPTED : How.EXITED, "");
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
      if (end.ok()) {
        complete();
      }
      return end;
    } catch (IOException e) {
      failure = Refusal.line(e);
      return ProcessEnd.unstarted(How.EXITED, "");
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
      if (made.shared() && !forced && made.activation() != null) {
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
   * Writes the marker, now that the processes ended well. Refuses if the lock changed meanwhile:
   * the folder is named after the former lock, and may hold what the new one asks for.
   */
  private void complete() throws IOException {
    Path asked = made.beside(".asked");
    String printed = new String(OwnFile.read(asked), StandardCharsets.UTF_8);
    OwnFile.remove(asked);
    snapshot.ended();
    List<String> moved = snapshot.moved();
    if (!moved.isEmpty()) {
      failure =
          SafeText.name(moved.getFirst())
              + " changed while the environment was made; it is made again by the next build";
      return;
    }
    made.complete(Activation.between(printed));
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
