package dev.torc.front.project;

import dev.torc.base.posix.OtherProcess;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.CachePlace;
import java.util.List;
import java.util.Optional;

/**
 * Detects nested builds (rule 10): a torc that a job of the lock's holder calls, at any depth,
 * would wait for itself. The environment of a job names the builds around it; a job that removed
 * these names is still a descendant of torc. If the holder is on another host, only the environment
 * shows it.
 */
public final class Nesting {

  /** The variable with the ids of the builds around a process, joined by colons. */
  public static final String VARIABLE = "TORC_BUILDS";

  private Nesting() {}

  /** Throws {@link BadInput} if the holder of the lock is a build around this process. */
  static void refuse(Caller caller, CachePlace place, Optional<BuildLock.Holder> holder) {
    if (holder.isPresent() && isAround(caller, place, holder.get())) {
      String job = caller.env().get("TORC_JOB");
      throw new BadInput(
          "%s calls torc in %s, whose build it is part of; it would wait for itself"
              .formatted(job == null ? "a job" : "job " + job, place.root()));
    }
  }

  private static boolean isAround(Caller caller, CachePlace place, BuildLock.Holder holder) {
    List<String> around = List.of(caller.env().getOrDefault(VARIABLE, "").split(":"));
    return !holder.build().isEmpty() && around.contains(holder.build())
        || holder.host().isEmpty()
            && OtherProcess.descends(caller.host().process().pid(), holder.pid())
            && OtherProcess.mayHaveOpen(holder.pid(), place.lock());
  }
}
