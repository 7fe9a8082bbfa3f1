package dev.torc.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Puts attempts that are ready together into batches, and batches into arrays. It submits nothing.
 *
 * @param batch nanoseconds that the expected times of one batch add up to at most
 * @param maxRuntime nanoseconds that a batch asks for at most; 0 for any
 * @param spread elements among which alike jobs are divided before any two are put one behind the
 *     other, so that no node is idle meanwhile; 1 where there are no arrays
 */
record BatchPlan(long batch, long maxRuntime, int spread) {

  private static final long SECOND = 1_000_000_000;

  /**
   * Batches of one array.
   *
   * @param limit nanoseconds that each asks for; 0 for none
   */
  record Array<T>(List<List<T>> batches, SchedulerResources resources, long limit) {

    /** The same without the first of them. */
    Array<T> without(int first) {
      return new Array<>(batches.subList(first, batches.size()), resources, limit);
    }
  }

  /**
   * The arrays for some attempts, in their order.
   *
   * @param attempt tells the attempt of an entry
   */
  <T> List<Array<T>> arrays(List<T> ready, Function<T, RemoteAttempt> attempt) {
    Map<SchedulerResources, List<T>> alike = new LinkedHashMap<>();
    for (T each : ready) {
      alike.computeIfAbsent(attempt.apply(each).resources(), _ -> new ArrayList<>()).add(each);
    }
    List<Array<T>> arrays = new ArrayList<>();
    alike.forEach(
        (resources, all) -> {
          List<List<T>> batches = batches(all, attempt);
          long limit = 0;
          for (List<T> jobs : batches) {
            limit = Math.max(limit, limit(jobs.stream().map(attempt).toList()));
          }
          arrays.add(new Array<>(batches, resources, limit));
        });
    return arrays;
  }

  /**
   * Where all of them do not fill the elements that there are to be, they are divided among these;
   * else they stand one behind the other as long as they fit. One of which nothing is known is
   * alone.
   */
  private <T> List<List<T>> batches(List<T> ready, Function<T, RemoteAttempt> attempt) {
    List<List<T>> batches = new ArrayList<>();
    List<T> known = new ArrayList<>();
    long all = 0;
    for (T each : ready) {
      long counted = attempt.apply(each).counted();
      all += counted;
      if (counted == 0) {
        batches.add(List.of(each));
      } else {
        known.add(each);
      }
    }
    boolean few = all * SECOND < batch * spread;
    List<T> open = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < known.size(); i++) {
      long counted = attempt.apply(known.get(i)).counted();
      boolean full = few && share(i, known.size()) > share(i - open.size(), known.size());
      if (!open.isEmpty() && (full || (sum + counted) * SECOND > batch)) {
        batches.add(open);
        open = new ArrayList<>();
        sum = 0;
      }
      open.add(known.get(i));
      sum += counted;
    }
    if (!open.isEmpty()) {
      batches.add(open);
    }
    return batches;
  }

  /** The element for one of so many. */
  private long share(long number, int of) {
    return number * spread / of;
  }

  /**
   * The longest time limit, and twice what the others are expected to take; 0 without any limit.
   */
  private long limit(List<RemoteAttempt> jobs) {
    RemoteAttempt longest = null;
    for (RemoteAttempt job : jobs) {
      longest =
          longest == null || job.launch().timeLimit() > longest.launch().timeLimit()
              ? job
              : longest;
    }
    if (longest == null || longest.launch().timeLimit() == 0) {
      return 0;
    }
    long limit = longest.launch().timeLimit();
    for (RemoteAttempt job : jobs) {
      limit += job == longest ? 0 : 2 * job.counted() * SECOND;
    }
    return maxRuntime > 0 ? Math.min(limit, maxRuntime) : limit;
  }
}
