package dev.torc.features.clusters;

import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects ready jobs, and divides them into batches and arrays of batches. It submits nothing. */
final class BatchPlan {

  private static final long SECOND = 1_000_000_000;
  private static final long GATHER = SECOND / 10; // how long it waits for more jobs

  private final long batch; // the largest sum of expected times in a batch, in nanoseconds
  private final long maxRuntime; // nanoseconds that a batch asks for at most; 0 for any
  private final List<BatchAttempt> ready = new ArrayList<>();
  private final ArrayDeque<Array> planned = new ArrayDeque<>();
  private long gathered; // when the last job came

  /** The batches of one array, each with a time limit of {@code limit} nanoseconds; 0 for none. */
  record Array(List<List<BatchAttempt>> batches, SchedulerResources resources, long limit) {}

  /** What the jobs of one array have in common. */
  private record Alike(SchedulerResources resources, Map<String, String> secrets) {}

  BatchPlan(SchedulerSettings settings) {
    this.batch = settings.bounds().batch();
    this.maxRuntime = settings.bounds().maxRuntime();
  }

  void add(BatchAttempt job, long now) {
    ready.add(job);
    gathered = now;
  }

  boolean isEmpty() {
    return ready.isEmpty() && planned.isEmpty();
  }

  /** Returns when to plan the ready jobs; {@code otherwise} if there are none. */
  long due(long otherwise) {
    return ready.isEmpty() ? otherwise : gathered + GATHER;
  }

  /**
   * Plans the ready jobs, in their order, if none was added for a while. Jobs with equal resources
   * and secrets are divided among {@code spread} array tasks first, so that no node is idle. {@code
   * spread} is 1 if there are no arrays.
   */
  void plan(int spread, long now) {
    if (now < due(Long.MAX_VALUE)) {
      return;
    }
    Map<Alike, List<BatchAttempt>> alike = new LinkedHashMap<>();
    for (BatchAttempt each : ready) {
      Alike key = new Alike(each.attempt.resources(), secrets(each));
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(each);
    }
    alike.forEach(
        (key, all) -> {
          List<List<BatchAttempt>> batches = batches(all, spread);
          long limit = batches.stream().mapToLong(this::limit).max().orElse(0);
          planned.add(new Array(batches, key.resources, limit));
        });
    ready.clear();
  }

  /** Returns the variables that a job inherits from the submission of its script. */
  static Map<String, String> secrets(BatchAttempt job) {
    Map<String, String> secrets = new HashMap<>(0);
    if (job.attempt != null) {
      job.attempt.launch().steps().forEach(step -> secrets.putAll(step.secrets()));
    }
    return secrets;
  }

  /** Returns the next array to hand out; null if there is none. */
  Array peek() {
    return planned.peek();
  }

  /** Removes the first {@code count} batches of the next array, which are handed out now. */
  void removeFirst(int count) {
    Array array = planned.poll();
    if (count < array.batches.size()) {
      List<List<BatchAttempt>> rest = array.batches.subList(count, array.batches.size());
      planned.addFirst(new Array(rest, array.resources, array.limit));
    }
  }

  /** Puts refused batches of an array back; {@code rest} says whether others of it are planned. */
  void putBack(Array refused, boolean rest) {
    List<List<BatchAttempt>> all = new ArrayList<>(refused.batches);
    if (rest) {
      all.addAll(planned.remove().batches);
    }
    planned.addFirst(new Array(all, refused.resources, refused.limit));
  }

  /** Returns the jobs that are not handed out. */
  List<BatchAttempt> jobs() {
    List<BatchAttempt> all = new ArrayList<>(ready);
    planned.forEach(array -> array.batches.forEach(all::addAll));
    return all;
  }

  /** Removes and returns all jobs that were not handed out. */
  List<BatchAttempt> drain() {
    List<BatchAttempt> all = jobs();
    ready.clear();
    planned.clear();
    return all;
  }

  /**
   * Divides jobs into batches. If the jobs would not fill {@code spread} batches, each batch gets
   * an equal share. Otherwise each batch gets as many jobs as fit. A job of unknown time gets its
   * own batch.
   */
  private List<List<BatchAttempt>> batches(List<BatchAttempt> all, int spread) {
    List<BatchAttempt> known = all.stream().filter(each -> each.attempt.counted() > 0).toList();
    List<List<BatchAttempt>> batches = new ArrayList<>();
    all.stream().filter(each -> each.attempt.counted() == 0).map(List::of).forEach(batches::add);
    boolean few = counted(all) * SECOND < batch * spread;
    List<BatchAttempt> open = new ArrayList<>();
    long sum = 0;
    for (long i = 0; i < known.size(); i++) {
      BatchAttempt each = known.get((int) i);
      long counted = each.attempt.counted();
      boolean full =
          few && i * spread / known.size() > (i - open.size()) * spread / known.size(); // its share
      if (!open.isEmpty() && (full || (sum + counted) * SECOND > batch)) {
        batches.add(open);
        open = new ArrayList<>();
        sum = 0;
      }
      open.add(each);
      sum += counted;
    }
    if (!open.isEmpty()) {
      batches.add(open);
    }
    return batches;
  }

  /**
   * Returns the longest time limit plus twice the expected times of the other jobs, but at most
   * maxRuntime; 0 if no job has a limit.
   */
  private long limit(List<BatchAttempt> jobs) {
    RemoteAttempt longest = jobs.getFirst().attempt;
    for (BatchAttempt job : jobs) {
      if (job.attempt.launch().timeLimit() > longest.launch().timeLimit()) {
        longest = job.attempt;
      }
    }
    long own = longest.launch().timeLimit();
    long limit = own == 0 ? 0 : own + 2 * (counted(jobs) - longest.counted()) * SECOND;
    return maxRuntime > 0 ? Math.min(limit, maxRuntime) : limit;
  }

  private static long counted(List<BatchAttempt> jobs) {
    return jobs.stream().mapToLong(job -> job.attempt.counted()).sum();
  }
}
