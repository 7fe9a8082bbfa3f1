package dev.torc.features.endcheck;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.ParallelShares;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
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
final class SourceChanges {

  /** The size from which a file is not read: with a new stamp it may have changed. */
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
  record Change(String path, Kind kind, boolean unread, List<Integer> readers) {}

  private SourceChanges(PlanContext context) {
    this.context = context;
    this.graph = context.graph();
    this.digests = context.basis().digests();
  }

  /** Returns the changed sources of some settled jobs, sorted by path. */
  static List<Change> of(PlanContext context, int[] jobs) throws IOException {
    return new SourceChanges(context).find(jobs);
  }

  private List<Change> find(int[] jobs) throws IOException {
    List<List<String>> files = new ArrayList<>(jobs.length); // as in jobs
    Set<String> sources = new HashSet<>();
    for (int job : jobs) {
      files.add(files(job));
      sources.addAll(files.getLast());
    }
    String[] paths = sources.toArray(String[]::new);
    Set<String> replaced = digests.replaced();
    Set<String> differing = ConcurrentHashMap.newKeySet();
    ParallelShares.each(
        paths.length,
        i -> {
          if (replaced.contains(paths[i]) || differs(paths[i])) {
            differing.add(paths[i]);
          }
        });
    BitSet lists = new BitSet();
    BitSet concerned = new BitSet();
    for (int i = 0; i < jobs.length; i++) {
      int job = jobs[i];
      for (int list : graph.listNeeds().row(job)) {
        if (mayHoldSources(graph.list(list))) {
          lists.set(list);
          concerned.set(job);
        }
      }
      if (!differing.isEmpty() && !Collections.disjoint(differing, files.get(i))) {
        concerned.set(job);
      }
    }
    return concerned.isEmpty() ? List.of() : compare(concerned, lists);
  }

  /** Returns whether a list finds files that no job makes; in a folder product there are none. */
  private boolean mayHoldSources(NeedList list) {
    return !list.ofJobs() && (list.kind() != ListKind.FOLDER || graph.makerOf(list.text()) < 0);
  }

  /** Returns a job's needed and found files that no job makes. */
  private List<String> files(int job) {
    List<String> files = new ArrayList<>();
    for (int file : graph.needs().row(job)) {
      if (graph.maker(file) < 0) {
        files.add(graph.path(file));
      }
    }
    for (String path : context.records().found(job)) {
      if (isSource(job, path)) {
        files.add(path);
      }
    }
    return files;
  }

  private boolean differs(String path) {
    try {
      KnownDigest before = digests.last(path);
      Object now = look(path).product();
      return before == null || !Objects.equals(before.product(), now);
    } catch (IOException e) {
      return false; // unreadable, so not known to be changed; the next build reports it
    }
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
            reason.kind() == Kind.KEY_CHANGED
                || reason.kind() == Kind.NEED_CHANGED
                || reason.kind() == Kind.NEED_ADDED
                || reason.kind() == Kind.NEED_REMOVED;
        String path = reason.path();
        if (need && isSource(job, path) && told.add(path)) {
          boolean large = unread.contains(path);
          changes
              .computeIfAbsent(path, _ -> new Change(path, reason.kind(), large, new ArrayList<>()))
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
