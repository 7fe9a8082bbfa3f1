package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.here.Launch;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What the jobs of a build share: the locks of environments that other roots may use, held until
 * the build ends, and what activation does for the build's caller, which is kept in memory only.
 */
public final class UsedEnvironments implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int SHOWN = 16; // hex digits of a keyed digest

  private final Map<String, String> caller;
  private final Map<Path, EnvironmentLock> locks = new HashMap<>(); // all guarded by this
  private final Map<Path, Activation> activations = new HashMap<>();
  private final Set<String> warned = new HashSet<>();

  /** Prepares for the jobs of a caller with these variables. */
  public UsedEnvironments(Map<String, String> caller) {
    this.caller = caller;
  }

  /** Returns the caller's variables, as a process in the root has them. */
  Map<String, String> caller(Path root) {
    return ActivationLooks.caller(caller, root);
  }

  /** Returns what stands for a value in a marker, keyed with the root's id. */
  static UnaryOperator<String> keyed(CachePlace place) {
    return value -> {
      try {
        return Digest.ofText(place.makeId() + "\0" + value).hex().substring(0, SHOWN);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /** Warns once if the environment that roots share is not believed. */
  void warn(MadeEnvironment made, Job job, Consumer<String> note) {
    if (!made.refused().isEmpty()) {
      warn(
          "%s: this root makes its own, since the shared one is not trusted: %s"
              .formatted(job.surroundings().maker(), made.refused()),
          note);
    }
  }

  synchronized void warn(String line, Consumer<String> note) {
    if (warned.add(line)) {
      note.accept(line);
    }
  }

  /** Notes what activation did for this build's caller when the environment was made. */
  synchronized void made(MadeEnvironment made, ActivationLooks looks) {
    activations.put(made.folder(), Activation.of(looks));
  }

  /**
   * Returns what activation does for this build's caller. Asks a shell, once, if the recipe does
   * not tell.
   *
   * @param activate the command that enters the environment
   */
  synchronized Activation activation(
      MadeEnvironment made,
      ActivationRecipe recipe,
      String activate,
      CachePlace place,
      Launch launch) {
    Activation known = activations.get(made.folder());
    if (known == null) {
      Map<String, String> given = caller(place.root());
      known = recipe.of(given, keyed(place));
      known = known == null ? asked(given, activate, place.root(), launch) : known;
      activations.put(made.folder(), known);
    }
    return known;
  }

  private static Activation asked(
      Map<String, String> given, String activate, Path root, Launch launch) {
    given.putAll(launch.mark());
    ProgramOutput said = ActivationLooks.ask(activate, given, root, PATIENCE);
    if (!said.ok()) {
      String status = said.status() < 0 ? "" : "exit " + said.status() + " ";
      throw new AttemptFailure(
          "the environment cannot be activated: " + (status + said.said()).strip());
    }
    return Activation.of(ActivationLooks.of(said.text()));
  }

  /**
   * Returns whether this build has the lock of a shared environment, or gets it now. Another torc
   * may have it for a moment, only to find the environment complete.
   */
  synchronized boolean uses(MadeEnvironment made, ThisHost host) throws IOException {
    EnvironmentLock lock = locks.get(made.folder());
    while (lock == null && made.recipe() != null) {
      lock = EnvironmentLock.take(made, false, host);
      if (lock != null) {
        locks.put(made.folder(), lock);
        made.use();
      } else {
        LockSupport.parkNanos(10_000_000);
      }
    }
    return lock != null;
  }

  @Override
  public synchronized void close() {
    locks.values().forEach(EnvironmentLock::close);
  }
}
