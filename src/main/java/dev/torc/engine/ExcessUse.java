package dev.torc.engine;

import dev.torc.machine.Usage;
import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import java.util.Map;

/**
 * Jobs of a build that used far more than they asked for, so that others beside them had less than
 * they were given: told in one line at the end of the build. What to ask for instead, {@code torc
 * stats} says. Jobs that other machines ran are these machines' business.
 */
final class ExcessUse {

  /** Shorter runs do no harm: nanoseconds. */
  private static final long LONG = 10_000_000_000L;

  /** Less memory does no harm: bytes. */
  private static final long LARGE = 1 << 30;

  private final Map<String, Long> limits;
  private String first;
  private int more;

  /**
   * @param limits what all jobs together may use, by resource
   */
  ExcessUse(Map<String, Long> limits) {
    this.limits = limits;
  }

  /** A job has ended. */
  void ended(Job job, long wall, Usage usage) {
    String what = job.executor() == null && wall >= LONG ? what(job, wall, usage) : null;
    if (what != null && first == null) {
      first = what;
    } else if (what != null) {
      more++;
    }
  }

  /** What it used too much of, in words; null for nothing. */
  private String what(Job job, long wall, Usage usage) {
    Resources asked = job.resources();
    String name = SafeText.name(job.name());
    long tenths = usage.cpu() < 0 ? 0 : (usage.cpu() + wall / 20) * 10 / wall;
    if (tenths >= 20L * asked.cpus()) {
      return "%s kept %d.%d cpus busy and asked for %d"
          .formatted(name, tenths / 10, tenths % 10, asked.cpus());
    }
    long cpus = Math.max(1, limits.getOrDefault(ResourceDemand.CPUS, 1L));
    long share = limits.getOrDefault(ResourceDemand.MEMORY, 0L) / cpus * asked.cpus();
    if (asked.memory() == 0 && share > 0 && usage.peak() >= Math.max(LARGE, 2 * share)) {
      return "%s used %s of memory and asked for none".formatted(name, Amount.size(usage.peak()));
    }
    return null;
  }

  /** The line; null where there is none to say. */
  String line() {
    if (first == null) {
      return null;
    }
    String others = more == 0 ? "" : ", and " + Amount.count(more, "other job") + " too much";
    return first + others + ": `torc stats` shows what to ask for";
  }
}
