package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.syntax.JsonText;
import dev.torc.core.manifest.Described;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StoredList;
import dev.torc.core.model.Graph;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last results of the graph's jobs, and the state of each node. A job is <em>settled</em> if
 * its products are known to be valid in this build, since the job is up to date or ran
 * successfully. A result is read from the cache once and replaced when its job ends. This class
 * makes no decisions.
 */
public final class JobRecords {

  private record Lent(Digest digest, List<ManifestEntry> entries) {}

  private static final JobResult NONE =
      new JobResult(Outcome.INTERRUPTED, "", null, List.of(), new RunNeeds(List.of()), 0, false);

  private static final int SETTLED = 1;

  private static final int DROPPED = 2;

  private static final int FORESEEN = 3;

  private static final int SKIPPED = 4;

  private final Graph graph;
  private final Cache cache;
  private final Map<String, Reason> out;
  private final boolean foresees;
  private final Known known;
  private final AtomicInteger settlings = new AtomicInteger();
  private volatile boolean anySkipped;
  private Object era = new Object();
  private volatile Lent lent = new Lent(null, null);

  /** The state of each node. Records of growing graphs share this object, so it has spare room. */
  private record Known(
      AtomicReferenceArray<JobResult> results,
      AtomicIntegerArray settled,
      Map<Integer, Verdict> foreseen,
      Map<Integer, Map<String, String>> data) {

    Known(int room) {
      this(
          new AtomicReferenceArray<>(room),
          new AtomicIntegerArray(room),
          new ConcurrentHashMap<>(),
          new ConcurrentHashMap<>());
    }
  }

  /**
   * @param out the jobs that an earlier torc left running (rule 9) or submitted, with the reason
   * @param foresees whether no job will run after the decisions, so that a job to be restored
   *     counts as restored
   */
  public JobRecords(Graph graph, Cache cache, Map<String, Reason> out, boolean foresees) {
    this(graph, cache, out, foresees, new Known((graph.isWhole() ? 1 : 2) * graph.nodes()));
  }

  private JobRecords(
      Graph graph, Cache cache, Map<String, Reason> out, boolean foresees, Known known) {
    this.graph = graph;
    this.cache = cache;
    this.out = out;
    this.foresees = foresees;
    this.known = known;
  }

  /** Returns records for an expanded graph, which share the state of these if it has room. */
  JobRecords grown(Graph next) {
    boolean fits = next.nodes() <= known.results.length();
    JobRecords grown =
        fits ? new JobRecords(next, cache, out, foresees, known) : copied(next, true);
    grown.era = era;
    grown.anySkipped = anySkipped;
    return grown;
  }

  /** Makes a join node neither settled nor dropped. */
  public void forget(int node) {
    if (!graph.isJob(node)) {
      known.settled.set(node, 0);
    }
  }

  /** Returns an independent copy, in which settled nodes stay settled only if {@code settled}. */
  JobRecords again(boolean settled) {
    JobRecords again = copied(graph, settled);
    again.era = settled ? era : again.era;
    return again;
  }

  private JobRecords copied(Graph next, boolean settled) {
    JobRecords copy = new JobRecords(next, cache, out, foresees);
    copy.anySkipped = settled && anySkipped;
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

  JobRecords anew(Graph other) {
    return new JobRecords(other, cache, out, foresees);
  }

  public JobResult result(int job) {
    JobResult result = known.results.get(job);
    if (result == null) {
      result = cache.result(graph.name(job));
      known.results.set(job, result == null ? NONE : result);
    }
    return result == NONE ? null : result;
  }

  /** Returns the values that the job's last run stored, as {@link JsonText} by name. */
  public Map<String, String> data(int job) {
    return known.data.computeIfAbsent(job, id -> json(cache.data(graph.name(id))));
  }

  private static Map<String, String> json(List<StoredValue> stored) {
    Map<String, String> values = new HashMap<>();
    stored.forEach(datum -> values.put(datum.key(), JsonText.of(datum.text())));
    return Map.copyOf(values);
  }

  /** Replaces the result of a job that just ended. Its values must already be in the cache. */
  public void replace(int job, JobResult result) {
    known.data.remove(job);
    known.results.set(job, result);
    if (!out.isEmpty()) {
      out.remove(graph.name(job)); // the session reads the same map
    }
  }

  /** Returns the reason of a job that an earlier torc left running or submitted; else null. */
  Reason outReason(int job) {
    return out.isEmpty() ? null : out.get(graph.name(job));
  }

  public RunDetails details(String job) {
    return cache.details(job);
  }

  /** Returns the value of a manifest line of the job's last run; null if there is no such line. */
  String line(int job, LineKind kind, String name) {
    return kind.value(details(graph.name(job)), name);
  }

  /**
   * Returns a stored list; null if it is missing. The last list is cached: its readers mostly
   * follow each other.
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
   * Returns how to store those lists of a job that just ran that are not stored. Large ones are
   * stored as their differences from the lists of its last run.
   *
   * @param now the manifest; null if it is not known
   * @param made the products, of which {@code folders} has the folders
   */
  public Map<Digest, StoredList> storing(
      int job, Described now, List<RecordedProduct> made, List<FolderDigest> folders) {
    Map<Digest, List<ManifestEntry>> lists = NeedMembers.lists(folders);
    if (now != null) {
      lists.putAll(now.lists());
    }
    Map<Digest, StoredList> all = new HashMap<>();
    lists.forEach(
        (digest, entries) -> {
          Digest last = StoredList.mayDiffer(entries) ? last(job, now, made, digest) : null;
          all.put(digest, cache.storing(digest, entries, last));
        });
    all.values().removeIf(Objects::isNull); // it is stored already
    return all;
  }

  /** Returns the digest that a product or needed list had in the last run of its job, or null. */
  private Digest last(int job, Described now, List<RecordedProduct> made, Digest digest) {
    JobResult run = result(job);
    for (RecordedProduct each : run == null ? List.<RecordedProduct>of() : made) {
      if (each.digest().equals(digest)) {
        RecordedProduct then = run.product(each.path());
        return then == null ? null : then.digest();
      }
    }
    for (ManifestEntry line : now == null ? List.<ManifestEntry>of() : now.lines()) {
      if (LineKind.LIST.is(line) && line.now().equals(digest.hex())) {
        String then = LineKind.LIST.value(details(graph.name(job)), line.name());
        return then == null || then.length() != 2 * Digest.LENGTH ? null : Digest.ofHex(then);
      }
    }
    return null;
  }

  /** Returns the members that a list, as the build file writes it, had in a run; else empty. */
  public List<ManifestEntry> members(RunDetails run, String list) {
    String digest = LineKind.LIST.value(run, list);
    List<ManifestEntry> members = digest == null ? null : list(digest);
    return members == null ? List.of() : members;
  }

  /** Returns the list stored under a digest; null for any other text or a missing list. */
  List<ManifestEntry> list(String value) {
    return value.length() == 2 * Digest.LENGTH ? list(Digest.ofHex(value)) : null;
  }

  public List<String> found(int job) {
    JobResult last = result(job);
    return last == null ? List.of() : last.needs().found();
  }

  public OwnedPath owned(String path) {
    return cache.owned(path);
  }

  Cache cache() {
    return cache;
  }

  /** Returns an object that {@link #unsettle} replaces. Only the loop's thread may call this. */
  Object era() {
    return era;
  }

  /** Unsettles a job that may run after all. No decision may depend on its result yet. */
  void unsettle(int job) {
    known.settled.set(job, 0);
    era = new Object();
  }

  /** Settles a node for the rest of the build: a job's products are what its result says. */
  public void settle(int node) {
    known.settled.set(node, SETTLED);
    settlings.incrementAndGet();
  }

  /** Settles a job that makes nothing in this build, though nothing failed. */
  public void skip(int job) {
    known.settled.set(job, SKIPPED);
    anySkipped = true;
    settlings.incrementAndGet();
  }

  public boolean isSkipped(int job) {
    return known.settled.get(job) == SKIPPED;
  }

  boolean isAnySkipped() {
    return anySkipped;
  }

  /** Takes what is in the place of a job's products for its result, for this build only. */
  public void assume(int job, JobResult present) {
    known.results.set(job, present);
  }

  /** Counts a job as restored from now on, if no job will run. */
  void foresee(int job, Verdict.WillRestore verdict) {
    if (foresees) {
      KnownResult from = verdict.from();
      known.foreseen.put(job, verdict);
      known.data.put(job, json(from.data()));
      known.results.set(job, from.run(""));
      known.settled.set(job, FORESEEN);
      settlings.incrementAndGet();
    }
  }

  /** Returns the verdict on a job that counts as restored; null for other jobs. */
  Verdict foreseen(int job) {
    return known.foreseen.get(job);
  }

  /** Returns whether a job counts as restored before its products are in place. */
  boolean isForeseen(int job) {
    return known.settled.get(job) == FORESEEN;
  }

  /** Drops a node for the rest of the build: it failed or is blocked, and makes nothing. */
  public void drop(int node) {
    known.settled.set(node, DROPPED);
    settlings.incrementAndGet();
  }

  /** Returns whether a job makes nothing in this build, or a group has a dropped maker. */
  public boolean isDropped(int node) {
    return known.settled.get(node) == DROPPED;
  }

  /** Returns the name of a dropped job; for a growing group, the names of its dropped makers. */
  public List<String> dropped(int node) {
    return graph.grows(node)
        ? Arrays.stream(graph.before().row(node))
            .filter(this::isDropped)
            .mapToObj(graph::name)
            .toList()
        : List.of(graph.name(node));
  }

  /** Returns whether a node is settled, or counts as restored. */
  public boolean isSettled(int node) {
    return isInPlace(node) || known.settled.get(node) == FORESEEN;
  }

  /** Returns whether a node is settled and all its products are in place. */
  boolean isInPlace(int node) {
    int state = known.settled.get(node);
    return state == SETTLED || state == SKIPPED;
  }

  /**
   * Returns the first unsettled job or open group that a node waits for, directly or through join
   * nodes; -1 if there is none. For an open group, a job that only counts as restored is unsettled.
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

  /** Returns how often a node was settled or dropped, so that callers can detect changes. */
  int settlings() {
    return settlings.get();
  }
}
