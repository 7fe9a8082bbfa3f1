package dev.torc.features.remarks;

import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import java.util.List;
import java.util.Set;

/**
 * Finds jobs that leave only touched files, as make and Snakemake want one ({@code touch x.done}),
 * for other jobs to need. Such a file has the same bytes after each run, so torc would never run
 * its readers again.
 */
final class StampFiles {

  /** The edges that are followed at most for one job. */
  private static final int STEPS = 10_000;

  /** Programs that do no work beside a stamp. */
  private static final Set<String> ONLY_MARK =
      Set.of("touch", "echo", "printf", "mkdir", "sleep", "true", ":");

  private StampFiles() {}

  static void of(RemarkedJob of) {
    List<RecordedProduct> made = of.run().outcome().made().products().made();
    if (!of.job().needRefs().isEmpty() // else it runs once
        && !made.isEmpty()
        && made.stream().allMatch(each -> each.isFile() && each.size() == 0)
        && of.commands().stream()
            .anyMatch(words -> words.text().matches("(?s)[^>]*\\btouch\\s[^>]*"))
        && of.commands().stream()
            .flatMap(words -> words.commands().stream())
            .anyMatch(each -> !ONLY_MARK.contains(each.getFirst())) // else a stand-in for a job
        && isRead(of.graph(), of.id())) {
      String text =
          " makes only %s, which has the same bytes each time, so what needs it does not run"
              + " again after it; produce what it really makes, or leave produces out and let"
              + " readers need {job: %s}";
      String reader = of.job().group() == null ? of.job().name() : of.job().group();
      of.say("stamp", text.formatted(made.getFirst().path(), reader));
    }
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
