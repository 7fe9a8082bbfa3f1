package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.ParallelShares;
import dev.torc.plan.Reason.Kind;
import dev.torc.records.JobResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the sources that differ now from those by which the jobs of a build were decided (rule 16):
 * needs, members of globs and folders, and found needs, but not tools. It looks at each source
 * once, and compares the manifests only of jobs that may be concerned. It marks nothing: the next
 * build decides as always.
 */
public final class SourceChanges {

  /** Files of this many bytes or more are not read: with a new stamp they may have changed. */
  private static final long LARGE = 100_000_000;

  private final PlanContext context;
  private final Graph graph;
  private final DigestMemo digests;
  private final Set<String> unread = ConcurrentHashMap.newKeySet();

  /**
   * A source that changed, was added or was removed.
   *
   * @param unread whether only its stamp is known to differ
   * @param readers the jobs that were decided by its earlier state, in order
   */
  public record Change(String path, Kind kind, boolean unread, List<Integer> readers) {}

  private SourceChanges(PlanContext context) {
    this.context = context;
    this.graph = context.graph();
    this.digests = context.basis().digests();
  }

  /** Returns the changed sources of some settled jobs, sorted by path. */
  public static List<Change> of(PlanContext context, int[] jobs) throws IOException {
    return new SourceChanges(context).find(jobs);
  }

  private List<Change> find(int[] jobs) throws IOException {
    Map<String, BitSet> readers = new TreeMap<>();
    BitSet lists = new BitSet();
    BitSet concerned = new BitSet();
    for (int job : jobs) {
      for (int file : graph.needs().row(job)) {
        if (graph.maker(file) < 0) {
          readers.computeIfAbsent(graph.path(file), _ -> new BitSet()).set(job);
        }
      }
      for (String path : context.records().found(job)) {
        if (isSource(job, path)) {
          readers.computeIfAbsent(path, _ -> new BitSet()).set(job);
        }
      }
      for (int list : graph.listNeeds().row(job)) {
        if (!graph.list(list).ofJobs()) {
          lists.set(list);
          concerned.set(job);
        }
      }
    }
    List<String> paths = List.copyOf(readers.keySet());
    Set<String> replaced = digests.replaced();
    boolean[] differs = new boolean[paths.size()];
    ParallelShares.each(
        differs.length,
        i -> {
          try {
            KnownDigest before = digests.last(paths.get(i));
            Object now = look(paths.get(i)).product();
            differs[i] =
                before == null
                    || replaced.contains(paths.get(i))
                    || !Objects.equals(before.product(), now);
          } catch (IOException e) {
            return; // unreadable, so not known to be changed; the next build reports it
          }
        });
    for (int i = 0; i < differs.length; i++) {
      if (differs[i]) {
        concerned.or(readers.get(paths.get(i)));
      }
    }
    return concerned.isEmpty() ? List.of() : compare(concerned, lists);
  }

  private List<Change> compare(BitSet jobs, BitSet lists) {
    PlanContext now = context.anew(true, Map.of());
    lists.stream().forEach(list -> now.contents().fresh(list, this::look));
    Map<String, Change> changes = new TreeMap<>();
    for (int job : graph.inOrder(jobs)) {
      JobResult last = context.records().result(job);
      if (last == null || !last.outcome().isGood()) {
        continue;
      }
      Set<String> told = new TreeSet<>(last.needs().moved()); // rule 6
      for (Reason reason : now.decider().changes(job)) {
        boolean need =
            reason.kind() == Kind.NEED_CHANGED
                || reason.kind() == Kind.NEED_ADDED
                || reason.kind() == Kind.NEED_REMOVED;
        if (need && isSource(job, reason.name()) && told.add(reason.name())) {
          boolean large = unread.contains(reason.name());
          changes
              .computeIfAbsent(
                  reason.name(), path -> new Change(path, reason.kind(), large, new ArrayList<>()))
              .readers
              .add(job);
        }
      }
    }
    return List.copyOf(changes.values());
  }

  private boolean isSource(int job, String path) {
    return context.contents().makerOfFound(graph, job, path) < 0;
  }

  private KnownDigest look(String path) throws IOException {
    KnownDigest now = digests.unlessLarge(path, LARGE);
    if (now.digest() == null && now.stamp().size() >= LARGE) {
      unread.add(path);
    }
    return now;
  }
}
