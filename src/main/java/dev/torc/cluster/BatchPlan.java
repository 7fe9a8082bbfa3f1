package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerResources;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Jobs that are ready and not handed out yet: puts them together into batches, and batches into
 * arrays, when no more come. It submits nothing.
 */
final class BatchPlan {

  private static final long SECOND = 1_000_000_000;
  private static final long GATHER = SECOND / 10; // so long more may come that share a script

  private final long batch; // nanoseconds that the expected times of one add up to at most
  private final long maxRuntime; // nanoseconds that one asks for at most; 0 for any
  private final List<BatchJob> ready = new ArrayList<>();
  private final ArrayDeque<Array> planned = new ArrayDeque<>();
  private long gathered; // when the last one came

  /**
   * Batches of one array.
   *
   * @param limit nanoseconds that each asks for; 0 for none
   */
  record Array(List<List<BatchJob>> batches, SchedulerResources resources, long limit) {}

  BatchPlan(SchedulerSettings settings) {
    this.batch = settings.batch();
    this.maxRuntime = settings.maxRuntime();
  }

  void add(BatchJob job, long now) {
    ready.add(job);
    gathered = now;
  }

  boolean isEmpty() {
    return ready.isEmpty() && planned.isEmpty();
  }

  /** When what is ready is to be planned; {@code otherwise} where nothing is. */
  long due(long otherwise) {
    return ready.isEmpty() ? otherwise : gathered + GATHER;
  }

  /**
   * Plans what is ready, in its order, if it is time for that.
   *
   * @param spread tasks among which alike jobs are divided before any two are put one behind the
   *     other, so that no node is idle meanwhile; 1 where there are no arrays
   */
  void plan(int spread, long now) {
    if (now < due(Long.MAX_VALUE)) {
      return;
    }
    Map<SchedulerResources, List<BatchJob>> alike = new LinkedHashMap<>();
    for (BatchJob each : ready) {
      alike.computeIfAbsent(each.attempt.resources(), _ -> new ArrayList<>()).add(each);
    }
    alike.forEach(
        (resources, all) -> {
          List<List<BatchJob>> batches = batches(all, spread);
          long limit = batches.stream().mapToLong(this::limit).max().orElse(0);
          planned.add(new Array(batches, resources, limit));
        });
    ready.clear();
  }

  /** The array that is the next to be handed out; null for none. */
  Array peek() {
    return planned.peek();
  }

  /** So many batches of the next array are handed out. */
  void took(int count) {
    Array array = planned.poll();
    if (count < array.batches.size()) {
      planned.addFirst(
          new Array(
              array.batches.subList(count, array.batches.size()), array.resources, array.limit));
    }
  }

  /** Takes all that was not handed out. */
  List<BatchJob> drain() {
    List<BatchJob> all = new ArrayList<>(ready);
    planned.forEach(array -> array.batches.forEach(all::addAll));
    ready.clear();
    planned.clear();
    return all;
  }

  /**
   * Where all of them do not fill the tasks that there are to be, they are divided among these;
   * else they stand one behind the other as long as they fit. One of which nothing is known is
   * alone.
   */
  private List<List<BatchJob>> batches(List<BatchJob> all, int spread) {
    List<List<BatchJob>> batches = new ArrayList<>();
    List<BatchJob> known = new ArrayList<>();
    long sum = 0;
    for (BatchJob each : all) {
      long counted = each.attempt.counted();
      sum += counted;
      if (counted == 0) {
        batches.add(List.of(each));
      } else {
        known.add(each);
      }
    }
    boolean few = sum * SECOND < batch * spread;
    List<BatchJob> open = new ArrayList<>();
    sum = 0;
    for (long i = 0; i < known.size(); i++) {
      BatchJob each = known.get((int) i);
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
   * The longest time limit, and twice what the others are expected to take; 0 without any limit.
   */
  private long limit(List<BatchJob> jobs) {
    RemoteAttempt longest = jobs.getFirst().attempt;
    long others = 0;
    for (BatchJob job : jobs) {
      others += job.attempt.counted();
      if (job.attempt.launch().timeLimit() > longest.launch().timeLimit()) {
        longest = job.attempt;
      }
    }
    long limit = longest.launch().timeLimit();
    if (limit == 0) {
      return 0;
    }
    limit += 2 * (others - longest.counted()) * SECOND;
    return maxRuntime > 0 ? Math.min(limit, maxRuntime) : limit;
  }
}
