package dev.torc.rest;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.rest.CleanJobs.Carried;
import dev.torc.workflow.Workflow;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Carries what is at rest over to the graph of other build files: {@linkplain Graph#sameIn jobs
 * that are the same} stay at rest, or dirty, with what is known of their files, which get their
 * numbers in the new graph. The other jobs are decided.
 */
final class CarriedRest {

  private final Graph before;
  private final Graph now;
  private final CleanJobs rest;
  private final BitSet asked = new BitSet(); // files whose makers were compared, by earlier number
  private final BitSet otherMaker = new BitSet();
  private final RestFiles files;

  private CarriedRest(Graph before, CleanJobs rest, Graph now) {
    this.before = before;
    this.now = now;
    this.rest = rest;
    this.files = new RestFiles(now);
  }

  /**
   * Carries what is at rest over.
   *
   * @param before the graph in which these jobs are at rest
   * @param now another graph of the same root; both are whole
   * @return null if the verdicts in one graph say nothing about the other
   */
  static Carried of(Graph before, CleanJobs rest, Graph now) {
    Workflow old = before.workflow();
    Workflow read = now.workflow();
    boolean alike =
        old.root().equals(read.root())
            && old.roots().equals(read.roots())
            && old.data().equals(read.data())
            && elsewhere(old).equals(elsewhere(read));
    return alike ? new CarriedRest(before, rest, now).carry() : null;
  }

  /** What counts for the jobs of each executor: its {@code trace} and its {@code before}. */
  private static Map<String, String> elsewhere(Workflow workflow) {
    Map<String, String> texts = new HashMap<>();
    for (Workflow.Executor executor : workflow.executors()) {
      texts.put(executor.name(), executor.trace() + executor.before());
    }
    return texts;
  }

  private Carried carry() {
    int[] same = now.sameIn(before);
    BitSet jobs = new BitSet();
    BitSet dirty = new BitSet();
    Adjacency.RowCollector extra = new Adjacency.RowCollector();
    RestFiles.Earlier all = files.new Earlier(before, rest);
    int found = 0;
    for (int job = 0; job < same.length; job++) {
      int earlier = same[job];
      found += earlier >= 0 && now.isJob(job) ? 1 : 0;
      if (earlier >= 0 && isKnown(earlier) && hasSameMakers(earlier)) {
        (rest.jobs().get(earlier) ? jobs : dirty).set(job);
        for (int file : all.take(earlier)) {
          extra.add(file);
        }
      }
      extra.endRow(false);
    }
    CleanJobs carried = files.rest(rest.held(), rest.number(), jobs, dirty, extra.build());
    return new Carried(carried, found == before.jobs());
  }

  private boolean isKnown(int earlier) {
    return rest.jobs().get(earlier) || rest.dirty().get(earlier);
  }

  /** Whether each file that a job does not name has the maker that it had, or none as before. */
  private boolean hasSameMakers(int earlier) {
    for (int file : rest.extra().row(earlier)) {
      if (!asked.get(file)) { // many jobs share a header
        String path = rest.path(before, file);
        asked.set(file);
        otherMaker.set(file, !maker(before, path).equals(maker(now, path)));
      }
      if (otherMaker.get(file)) {
        return false;
      }
    }
    return true;
  }

  private static String maker(Graph graph, String path) {
    int maker = graph.makerOf(path);
    return maker < 0 ? "" : graph.name(maker);
  }
}
