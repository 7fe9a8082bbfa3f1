package dev.torc.features.intents;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.decide.Condition;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Template;
import dev.torc.features.Feature;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import java.util.List;

/** The keys {@code max_age}, {@code probe}, {@code frozen} and {@code output: raw} of a job. */
public final class Intents implements Feature {

  private static final List<String> FROZEN = List.of("true", "false", Frozen.ONCE);

  @Override
  public Job read(String key, Keys keys, Job read) {
    MapFields fields = keys.fields();
    Extra value =
        switch (key) {
          case MaxAge.KEY -> fields.read(key, null, node -> plain(age(fields, node)));
          case Probes.KEY ->
              fields.read(key, null, node -> new Extra(keys.shellText().apply(node)));
          case Frozen.KEY -> frozen(fields, read.has(Trait.TEMPORARY));
          default -> raw(fields);
        };
    return value == null ? read : LinkedJob.with(read, key, value);
  }

  @Override
  public Condition condition(String key, DigestMemo digests) {
    return switch (key) {
      case MaxAge.KEY -> new MaxAge();
      case Probes.KEY -> new Probes();
      case Frozen.KEY -> new Frozen(digests);
      default -> null;
    };
  }

  private static Extra plain(String text) {
    return new Extra(Template.of(text));
  }

  private static String age(MapFields job, Node.Scalar node) {
    String text = job.scope().text(node).strip();
    if (Quantity.duration(text) == 0) {
      throw new IllegalArgumentException(
          "max_age must be more than 0; for a job that always runs, write always: true");
    }
    return text;
  }

  private static Extra frozen(MapFields job, boolean temporary) {
    String frozen = job.choice(Frozen.KEY, "false", FROZEN);
    if (frozen.equals("false")) {
      return null;
    }
    Node produces = job.map().get("produces");
    String lack = lack(produces != null && !Node.isNothing(produces), temporary);
    if (lack != null) {
      job.problems().add(job.map().get(Frozen.KEY).place(), lack);
    }
    return new Extra(Template.of(frozen.equals("true") ? "" : frozen), Extra.STAYS);
  }

  /** Returns why the products of a job cannot stand for a run; null if they can. */
  private static String lack(boolean makes, boolean temporary) {
    return !makes
        ? "a job without products cannot be frozen: nothing would tell its result"
        : temporary ? "a job is frozen or temporary, not both" : null;
  }

  private static Extra raw(MapFields job) {
    return job.map().get(RawOutput.KEY) instanceof Node.Scalar output
            && RawOutput.RAW.equals(job.scope().text(output))
        ? plain("")
        : null;
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
    return LinkedJob.with(job, Frozen.KEY, new Extra(Template.of(""), Extra.STAYS));
  }
}
