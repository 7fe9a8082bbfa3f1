package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Quantity;
import dev.torc.core.model.Job;
import dev.torc.core.model.Template;
import dev.torc.features.reading.MapFields;
import dev.torc.features.when.WhenReader;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads the keys of a job that decide, besides its inputs, whether it runs. {@link JobReader} reads
 * the rest of the job.
 */
record ConditionReader(MapFields job, StepReader steps, List<String> shell, WhenReader when) {

  static final List<String> TEMPORARY = List.of("true", "false", "delete");
  private static final List<String> FROZEN = List.of("true", "false", Job.ONCE);

  /** Returns the conditions of a job by key; see {@link dev.torc.core.decide.Condition}. */
  SortedMap<String, Template> conditions() {
    SortedMap<String, Template> conditions = new TreeMap<>();
    String age =
        job.read(
            Job.MAX_AGE,
            null,
            node -> {
              String text = job.scope().text(node).strip();
              if (Quantity.duration(text) == 0) {
                throw new IllegalArgumentException(
                    "max_age must be more than 0; for a job that always runs, write always: true");
              }
              return text;
            });
    Template probe = job.read(Job.PROBE, null, text -> steps.shellText(text, job.scope(), shell));
    if (probe != null) {
      conditions.put(Job.PROBE, probe);
    }
    String frozen = job.choice(Job.FROZEN, "false", FROZEN);
    if (!frozen.equals("false")) {
      refuseFrozen();
      conditions.put(Job.FROZEN, Template.of(frozen.equals("true") ? "" : frozen));
    }
    if (age != null) {
      conditions.put(Job.MAX_AGE, Template.of(age));
    }
    Node condition = job.map().get(Job.WHEN);
    if (condition != null) {
      job.problems()
          .guard(
              () -> {
                String lack = when.lack(condition, job.scope());
                if (lack != null) {
                  conditions.put(Job.WHEN, Template.of(lack));
                }
              });
    }
    return conditions.isEmpty() ? Collections.emptySortedMap() : conditions;
  }

  /** Reports a frozen job whose products cannot stand for a run. */
  private void refuseFrozen() {
    Node at = job.map().get(Job.FROZEN);
    Node produces = job.map().get("produces");
    if (produces == null || Node.isNothing(produces)) {
      job.problems()
          .add(
              at.place(), "a job without products cannot be frozen: nothing would tell its result");
    } else if (!job.choice("temporary", "false", TEMPORARY).equals("false")) {
      job.problems().add(at.place(), "a job is frozen or temporary, not both");
    }
  }

  /** Returns the exit statuses that mean that there is nothing to do. */
  SortedSet<Integer> skip() {
    SortedSet<Integer> skip = new TreeSet<>();
    job.list(
        "skip",
        node -> {
          String text = job.scope().text(node);
          boolean status = text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= 255;
          if (!status || Integer.parseInt(text) == 0) {
            throw new IllegalArgumentException(
                "skip lists exit statuses from 1 to 255, not "
                    + text
                    + (status ? ", which means that the job did its work" : ""));
          }
          return skip.add(Integer.valueOf(text));
        });
    return skip.isEmpty() ? Collections.emptySortedSet() : skip;
  }
}
