package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.Outcome;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.Result;
import dev.torc.syntax.JsonText;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last results of the graph's jobs, and which of them are settled: known to be valid in this
 * build, because the job is up to date or ran well. Results come from the cache once, and are
 * replaced as jobs end. It decides nothing.
 */
public final class JobRecords {

  private record Lent(Digest digest, List<ManifestEntry> entries) {}

  private static final JobResult NONE =
      new JobResult(Outcome.INTERRUPTED, "", null, List.of(), List.of(), List.of(), 0, false);

  private static final int SETTLED = 1;

  private static final int DROPPED = 2;

  private static final int FORESEEN = 3;

  private final Graph graph;
  private final Cache cache;
  private final Map<String, Reason> left;
  private final boolean foresees;
  private final Known known;
  private final AtomicInteger settlings = new AtomicInteger();
  private Object era = new Object();
  private volatile Lent lent = new Lent(null, null);

  /** What is known by node, with room for nodes to come; graphs that grow share it. */
  private record Known(
      AtomicReferenceArray<JobResult> results,
      AtomicIntegerArray settled,
      Map<Integer, Verdict> foreseen,
      Map<Integer, Map<String, String>> data) {

    static Known of(Graph graph) {
      int room = graph.isWhole() ? graph.nodes() : 2 * graph.nodes();
      return new Known(
          new AtomicReferenceArray<>(room),
          new AtomicIntegerArray(room),
          new ConcurrentHashMap<>(),
          new ConcurrentHashMap<>());
    }
  }

  /**
   * @param left why a job runs that an earlier torc left running (rule 9) or handed out, by its
   *     name
   * @param foresees whether nothing is about to run, so that a job that would be restored counts as
   *     restored
   */
  public JobRecords(Graph graph, Cache cache, Map<String, Reason> left, boolean foresees) {
    this(graph, cache, left, foresees, Known.of(graph));
  }

  private JobRecords(
      Graph graph, Cache cache, Map<String, Reason> left, boolean foresees, Known known) {
    this.graph = graph;
    this.cache = cache;
    this.left = left;
    this.foresees = foresees;
    this.known = known;
  }

  /**
   * Returns the records for the graph that follows: results are kept, and what is settled stays so.
   * Both records share what they know, as far as there is room.
   */
  JobRecords grown(Graph next) {
    boolean fits = next.nodes() <= known.results.length();
    JobRecords grown =
        fits ? new JobRecords(next, cache, left, foresees, known) : copied(next, true);
    grown.era = era;
    return grown;
  }

  /** Forgets whether a join node was passed or dropped, until that is told anew. */
  public void forget(int node) {
    if (!graph.isJob(node)) {
      known.settled.set(node, 0);
    }
  }

  /**
   * Returns a copy of the records, which shares nothing with them.
   *
   * @param settled whether what is settled stays so
   */
  JobRecords again(boolean settled) {
    JobRecords again = copied(graph, settled);
    again.era = settled ? era : again.era;
    return again;
  }

  private JobRecords copied(Graph next, boolean settled) {
    JobRecords copy = new JobRecords(next, cache, left, foresees);
    for (int node = 0; node < graph.nodes(); node++) {
      copy.known.results.setPlain(node, known.results.get(node));
      copy.known.settled.setPlain(node, settled ? known.settled.get(node) : 0);
      if (copy.isForeseen(node)) {
        copy.known.data.put(node, known.data.get(node));
        copy.known.foreseen.put(node, known.foreseen.get(node));
      } else if (isForeseen(node)) {
        copy.known.results.setPlain(node, null);
      }
    }
    return copy;
  }

  /** Returns the records for a graph with other numbers; nothing is known of its jobs yet. */
  JobRecords anew(Graph other) {
    return new JobRecords(other, cache, left, foresees);
  }

  /** Returns the job's last result, null if it never ran. */
  public JobResult result(int job) {
    JobResult result = known.results.get(job);
    if (result == null) {
      result = cache.result(graph.name(job));
      known.results.set(job, result == null ? NONE : result);
    }
    return result == NONE ? null : result;
  }

  /** Returns the values that the job's last run stored, as {@link JsonText}, by name. */
  public Map<String, String> data(int job) {
    return known.data.computeIfAbsent(job, id -> json(cache.data(graph.name(id))));
  }

  private static Map<String, String> json(List<StoredValue> stored) {
    Map<String, String> values = new HashMap<>();
    stored.forEach(datum -> values.put(datum.key(), JsonText.of(datum.text())));
    return Map.copyOf(values);
  }

  /** Takes the result of a run that just ended; the values that it stored are in the cache. */
  public void replace(int job, JobResult result) {
    known.data.remove(job);
    known.results.set(job, result);
    if (!left.isEmpty()) {
      left.remove(graph.name(job)); // the session asks the same map
    }
  }

  /** Returns why a job runs that an earlier torc left running or handed out; null for others. */
  Reason outReason(int job) {
    return left.isEmpty() ? null : left.get(graph.name(job));
  }

  /** Returns the details of a job's last run, for people; null if it never ran. */
  public RunDetails details(String job) {
    return cache.details(job);
  }

  /** Returns a line of the manifest of the job's last run; null where there is none. */
  String line(int job, LineKind kind, String name) {
    return kind.value(details(graph.name(job)), name);
  }

  /**
   * Returns a stored list by its digest, null if it is not there. The last list is kept: its
   * readers are decided one after the other.
   */
  public List<ManifestEntry> list(Digest digest) {
    Lent last = lent;
    if (last.entries == null || !digest.equals(last.digest)) {
      last = new Lent(digest, cache.list(digest));
      lent = last;
    }
    return last.entries;
  }

  /**
   * Returns the members that a needed list had in a run, by its name as written; none if it is
   * unknown.
   */
  List<ManifestEntry> members(RunDetails run, String list) {
    String digest = LineKind.LIST.value(run, list);
    List<ManifestEntry> members = digest == null ? null : list(digest);
    return members == null ? List.of() : members;
  }

  /**
   * Returns the list whose digest is the value of a line; null if it is not there, or none was
   * stored.
   */
  List<ManifestEntry> list(String value) {
    return value.length() == 2 * Digest.LENGTH ? list(Digest.ofHex(value)) : null;
  }

  /** Returns the files that a job's last run turned out to read. */
  public List<String> found(int job) {
    JobResult last = result(job);
    return last == null ? List.of() : last.found();
  }

  /** Returns the record of a path that torc made; null for others. */
  public OwnedPath owned(String path) {
    return cache.owned(path);
  }

  /** Returns an object that is replaced when a job is unsettled. For the loop's thread. */
  Object era() {
    return era;
  }

  /** Unsettles a job, which may run after all; nothing must have been decided by its result. */
  void unsettle(int job) {
    known.settled.set(job, 0);
    era = new Object();
  }

  /** Settles a node for good: a job's products are what its result says, a join node is passed. */
  public void settle(int node) {
    known.settled.set(node, SETTLED);
    settlings.incrementAndGet();
  }

  /** Counts a job as restored from a known result from now on, where nothing is about to run. */
  void foresee(int job, Verdict.WillRestore verdict) {
    if (foresees) {
      Result from = verdict.from();
      known.foreseen.put(job, verdict);
      known.data.put(job, json(from.data()));
      known.results.set(job, from.run(""));
      known.settled.set(job, FORESEEN);
      settlings.incrementAndGet();
    }
  }

  /** Returns the verdict on a job that counts as restored; null for others. */
  Verdict foreseen(int job) {
    return known.foreseen.get(job);
  }

  /**
   * Returns whether the job counts as restored, though its products do not stand in their places.
   */
  boolean isForeseen(int job) {
    return known.settled.get(job) == FORESEEN;
  }

  /** Drops a node for good: it failed or is blocked, and makes nothing in this build. */
  public void drop(int node) {
    known.settled.set(node, DROPPED);
    settlings.incrementAndGet();
  }

  /**
   * Returns whether it is known that the job makes nothing in this build, or that a group is not
   * whole.
   */
  public boolean isDropped(int node) {
    return known.settled.get(node) == DROPPED;
  }

  /**
   * Returns the name of a dropped job; for a group, the names of the jobs whose instances it lacks.
   */
  public List<String> dropped(int node) {
    return graph.grows(node)
        ? Arrays.stream(graph.before().row(node))
            .filter(this::isDropped)
            .mapToObj(graph::name)
            .toList()
        : List.of(graph.name(node));
  }

  /**
   * Returns whether the job's products are known to be valid; of a join node, whether it was
   * passed.
   */
  public boolean isSettled(int node) {
    return isInPlace(node) || known.settled.get(node) == FORESEEN;
  }

  /** Returns whether a node is settled and no product is still to be put back in its place. */
  boolean isInPlace(int node) {
    return known.settled.get(node) == SETTLED;
  }

  /**
   * Returns the first unsettled job or unexpanded group that a node waits for, by itself or through
   * join nodes; -1 if all are settled. What a group awaits has to be in its place, too.
   */
  public int unsettledBefore(int node) {
    return unsettledBefore(node, graph.isOpen(node));
  }

  private int unsettledBefore(int node, boolean here) {
    for (int before : graph.before().row(node)) {
      boolean leaf = graph.isJob(before) || graph.isOpen(before);
      boolean settled = here ? isInPlace(before) : isSettled(before);
      int found = settled ? -1 : leaf ? before : unsettledBefore(before, here);
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  /**
   * Returns how often a node was settled or dropped: while it stays the same, so do its
   * consequences.
   */
  int settlings() {
    return settlings.get();
  }
}
