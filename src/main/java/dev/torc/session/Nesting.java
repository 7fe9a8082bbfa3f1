package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rule 10: a torc that is called, at any depth, by a job of the build that holds the lock would
 * wait for itself. The builds around a job stand in its environment, outermost first.
 */
final class Nesting {

  /** Names the variable that holds the ids of the builds around a process, joined by colons. */
  static final String VARIABLE = "TORC_BUILDS";

  private Nesting() {}

  /** Throws {@link BadInput} where the holder of the lock is a build around this process. */
  static void refuse(Map<String, String> env, Path root, Optional<BuildLock.Holder> holder) {
    String around = env.getOrDefault(VARIABLE, "");
    if (holder.isPresent() && List.of(around.split(":")).contains(holder.get().build())) {
      String job = env.getOrDefault("TORC_JOB", "?");
      throw new BadInput(
          Place.NONE,
          "job %s calls torc in %s, whose build it is part of; it would wait for itself"
              .formatted(job, root));
    }
  }
}
