package dev.torc.plan;

import dev.torc.cache.Cache;
import dev.torc.cache.Details;
import dev.torc.cache.Entry;
import dev.torc.cache.Owned;
import dev.torc.cache.Result;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.workflow.JsonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last results of the graph's jobs, and which of them are settled: known to be valid in this
 * build, because the job is up to date or ran well. Results come from the cache once, and are
 * replaced as jobs end. It decides nothing.
 */
public final class Records {

  private static final Result NONE =
      new Result(Result.Outcome.INTERRUPTED, "", null, List.of(), List.of(), List.of(), 0);

  private final Graph graph;
  private final Cache cache;
  private final Set<String> interrupted;
  private final AtomicReferenceArray<Result> results;
  private final AtomicIntegerArray settled;
  private final Map<Integer, Map<String, String>> data = new ConcurrentHashMap<>();

  /**
   * @param interrupted names of jobs that a killed torc left running (rule 9)
   */
  public Records(Graph graph, Cache cache, Set<String> interrupted) {
    this.graph = graph;
    this.cache = cache;
    this.interrupted = interrupted;
    this.results = new AtomicReferenceArray<>(graph.jobs());
    this.settled = new AtomicIntegerArray(graph.jobs());
  }

  /** The job's last result, null if it never ran. */
  public Result result(int job) {
    Result result = results.get(job);
    if (result == null) {
      result = cache.result(graph.job(job).name());
      results.set(job, result == null ? NONE : result);
    }
    return result == NONE ? null : result;
  }

  /** The values that the job's last run stored, as {@link JsonText}, by name. */
  public Map<String, String> data(int job) {
    return data.computeIfAbsent(
        job,
        id -> {
          Map<String, String> values = new HashMap<>();
          cache
              .data(graph.job(id).name())
              .forEach(datum -> values.put(datum.key(), JsonText.of(datum.text())));
          return Map.copyOf(values);
        });
  }

  /** The result of a run that just ended; what it stored is in the cache. */
  public void replace(int job, Result result) {
    data.remove(job);
    results.set(job, result);
  }

  /** Whether a killed torc left the job running. */
  public boolean interrupted(int job) {
    return !interrupted.isEmpty() && interrupted.contains(graph.job(job).name());
  }

  /** What people ask of the last run, null if it never ran. */
  public Details details(String job) {
    return cache.details(job);
  }

  /** A stored list by its digest, null if it is not there. */
  public List<Entry> list(Digest digest) {
    return cache.list(digest);
  }

  /** Who made a path, null if torc did not. */
  public Owned owned(String path) {
    return cache.owned(path);
  }

  /** From now on the job's products are what its result says. */
  public void settle(int job) {
    settled.set(job, 1);
  }

  /** Whether the job's products are known to be valid. */
  public boolean isSettled(int job) {
    return settled.get(job) == 1;
  }
}
