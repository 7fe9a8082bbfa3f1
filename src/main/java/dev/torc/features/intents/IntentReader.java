package dev.torc.features.intents;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Template;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads {@code max_age}, {@code probe}, {@code frozen} and {@code output: raw} of a job. */
public record IntentReader(MapFields job) {

  private static final List<String> FROZEN = List.of("true", "false", Frozen.ONCE);

  /**
   * Adds the conditions to those of the job.
   *
   * @param temporary whether the job is temporary
   * @param shellText reads a command
   */
  public void addTo(
      Map<String, Template> conditions,
      boolean temporary,
      Function<Node.Scalar, Template> shellText) {
    String age = job.read(MaxAge.KEY, null, this::age);
    Template probe = job.read(Probes.KEY, null, shellText);
    if (probe != null) {
      conditions.put(Probes.KEY, probe);
    }
    String frozen = job.choice(Job.FROZEN, "false", FROZEN);
    if (!frozen.equals("false")) {
      refuseFrozen(temporary);
      conditions.put(Job.FROZEN, Template.of(frozen.equals("true") ? "" : frozen));
    }
    if (job.map().get("output") instanceof Node.Scalar output
        && RawOutput.KEY.equals(job.scope().text(output))) {
      conditions.put(RawOutput.KEY, Template.of(""));
    }
    if (age != null) {
      conditions.put(MaxAge.KEY, Template.of(age));
    }
  }

  private String age(Node.Scalar node) {
    String text = job.scope().text(node).strip();
    if (Quantity.duration(text) == 0) {
      throw new IllegalArgumentException(
          "max_age must be more than 0; for a job that always runs, write always: true");
    }
    return text;
  }

  /** Reports a frozen job whose products cannot stand for a run. */
  private void refuseFrozen(boolean temporary) {
    Node produces = job.map().get("produces");
    String lack = lack(produces != null && !Node.isNothing(produces), temporary);
    if (lack != null) {
      job.problems().add(job.map().get(Job.FROZEN).place(), lack);
    }
  }

  private static String lack(boolean makes, boolean temporary) {
    return !makes
        ? "a job without products cannot be frozen: nothing would tell its result"
        : temporary ? "a job is frozen or temporary, not both" : null;
  }

  /** Returns a job that is frozen if the call says so; {@code by} is how, null if not. */
  public static Job frozen(Job job, String by, Problems problems) {
    if (by == null) {
      return job;
    }
    String lack = lack(!job.productRefs().isEmpty(), job.has(Trait.TEMPORARY));
    if (lack != null) {
      problems.add(job.place(), by + ": " + lack);
    }
    SortedMap<String, Template> conditions = new TreeMap<>(job.conditions());
    conditions.put(Job.FROZEN, Template.of(""));
    Job.Links links = job.links();
    return LinkedJob.with(job, links.needs(), links.after(), links.caching(), conditions);
  }
}
