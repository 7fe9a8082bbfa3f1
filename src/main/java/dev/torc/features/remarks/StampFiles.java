package dev.torc.features.remarks;

import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds jobs that leave only a stamp, as make and Snakemake want one ({@code touch x.done}), for
 * other jobs to need. A stamp has the same bytes after each run, so torc would never run its
 * readers again.
 */
final class StampFiles {

  /** Bytes of the longest word that is written into a stamp. */
  private static final int WORD = 64;

  /** The edges that are followed at most for one job. */
  private static final int STEPS = 10_000;

  private static final Pattern TOUCHES = Pattern.compile("\\btouch\\s");

  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(.*[./_-])?(done|stamp|timestamp|ok|flag|completed?|finished|success|sentinel)(\\.\\w+)?");

  /** Programs that do no work beside a stamp. */
  private static final Set<String> ONLY_MARK =
      Set.of("touch", "echo", "printf", "mkdir", "sleep", "true", ":");

  private static final Pattern VARIES = Pattern.compile("\\bdate\\b|\\bhostname\\b|sum\\b");

  private StampFiles() {}

  static void of(RemarkedJob of) {
    Job job = of.job();
    List<RecordedProduct> made = of.run().outcome().made().products().made();
    if (isStamp(of, made) && isRead(of.graph(), of.id())) {
      String text =
          " makes only %s, which has the same bytes each time, so what needs it does not run"
              + " again after it; produce what it really makes, or leave produces out and let"
              + " readers need {job: %s}";
      String reader = job.group() == null ? job.name() : job.group();
      of.say("stamp", text.formatted(made.getFirst().path(), reader));
    }
  }

  private static boolean isStamp(RemarkedJob of, List<RecordedProduct> made) {
    if (of.job().needRefs().isEmpty() // it runs once
        || made.isEmpty()
        || made.stream().anyMatch(each -> !each.isFile() || each.size() > WORD)) {
      return false;
    }
    boolean touches = false;
    boolean works = false;
    for (CommandWords words : of.commands()) {
      String text = words.text();
      if (VARIES.matcher(text).find()) {
        return false;
      }
      touches |= TOUCHES.matcher(text).find() && text.indexOf('>') < 0;
      works |= words.commands().stream().anyMatch(each -> !ONLY_MARK.contains(each.getFirst()));
    }
    for (RecordedProduct each : made) {
      works &= each.size() == 0 && touches || NAME.matcher(each.path()).matches();
    }
    return works; // else a stand-in for a job
  }

  private static boolean isRead(Graph graph, int job) {
    NeedPaths needs = new NeedPaths(graph, STEPS);
    for (int node : graph.after().row(job)) {
      for (int reader : graph.isJob(node) ? new int[] {node} : graph.after().row(node)) {
        if (needs.lead(job, reader)) {
          return true;
        }
      }
    }
    return false;
  }
}
