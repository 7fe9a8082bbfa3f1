package dev.torc.features.fastpath;

import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.features.fastpath.FreshJobs.Carried;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Carries fresh and dirty jobs over to the graph of changed build files. A job is carried over,
 * with the stamps and digests of its files, if it is {@linkplain SameJobs the same} in both graphs.
 * All other jobs have to be decided.
 */
final class CarriedJobs {

  private final Graph before;
  private final Graph now;
  private final FreshJobs fresh;
  private final BitSet asked = new BitSet(); // files with compared makers, by earlier number
  private final BitSet otherMaker = new BitSet();
  private final FreshFiles files;

  private CarriedJobs(Graph before, FreshJobs fresh, Graph now) {
    this.before = before;
    this.now = now;
    this.fresh = fresh;
    this.files = new FreshFiles(now);
  }

  /**
   * Returns the jobs carried over; null if the verdicts in one graph say nothing about the other.
   * All groups of both graphs must be expanded, and their root must be the same.
   */
  static Carried of(Graph before, FreshJobs fresh, Graph now) {
    Workflow old = before.workflow();
    Workflow read = now.workflow();
    return old.isLike(read) && elsewhere(old).equals(elsewhere(read))
        ? new CarriedJobs(before, fresh, now).carry()
        : null;
  }

  /** Returns each executor's settings that affect verdicts: {@code trace} and {@code before}. */
  private static Map<String, String> elsewhere(Workflow workflow) {
    Map<String, String> texts = new HashMap<>();
    for (Workflow.Executor executor : workflow.settings().executors()) {
      texts.put(executor.name(), executor.trace() + executor.before());
    }
    return texts;
  }

  private Carried carry() {
    int[] same = SameJobs.of(before, now);
    for (int job = 0; job < same.length; job++) {
      if (same[job] < 0 && now.isJob(job) && takesOver(job)) {
        return null;
      }
    }
    BitSet jobs = new BitSet();
    BitSet dirty = new BitSet();
    Adjacency.RowCollector extra = new Adjacency.RowCollector();
    EarlierFiles all = new EarlierFiles(files, before, fresh.files());
    int found = 0;
    for (int job = 0; job < same.length; job++) {
      int earlier = same[job];
      found += earlier >= 0 && now.isJob(job) ? 1 : 0;
      if (earlier >= 0
          && (fresh.jobs().get(earlier) || fresh.dirty().get(earlier))
          && hasSameMakers(earlier)) {
        (fresh.jobs().get(earlier) ? jobs : dirty).set(job);
        for (int file : all.copyOf(earlier)) {
          extra.add(file);
        }
      }
      extra.endRow(false);
    }
    FreshJobs carried =
        new FreshJobs(fresh.held(), fresh.number(), jobs, dirty, files.seen(extra.build()), null);
    return new Carried(carried, found == before.jobs());
  }

  /**
   * Returns whether a new job makes what may have been a source until now: jobs may have read it by
   * other names, which symlinks gave it.
   */
  private boolean takesOver(int job) {
    for (int file : now.products().row(job)) {
      String path = now.path(file);
      if (before.makerOf(path) < 0
          && Files.exists(now.workflow().root().resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        return true;
      }
    }
    return now.job(job).productRefs().stream()
        .anyMatch(ref -> ref instanceof Ref.OfGlob glob && before.makersOf(glob.glob()).isEmpty());
  }

  /** Returns whether each of a job's {@link ExtraFiles} has the same maker as before. */
  private boolean hasSameMakers(int earlier) {
    for (int file : fresh.files().extra().rows().row(earlier)) {
      if (!asked.get(file)) { // compare the makers of a shared header once
        String path = fresh.files().path(before, file);
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
