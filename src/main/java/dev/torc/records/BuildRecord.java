package dev.torc.records;

import dev.torc.bytes.Fields;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of the build history.
 *
 * @param started milliseconds since 1970
 * @param nanos duration in nanoseconds; -1 while it runs or where it was killed
 * @param counts jobs by final state
 * @param exit exit status; -1 while it runs or where it was killed
 * @param files the build files that it was asked for, laid over each other in this order, relative
 *     to the root where they lie below it; none in records of an older torc
 * @param machine the machine on which torc ran, in words; null while it runs, where it was killed,
 *     and in records of an older torc
 * @param use what stores gave; none in the same cases
 */
public record BuildRecord(
    BuildId id,
    long started,
    long nanos,
    SortedMap<String, Integer> counts,
    int exit,
    List<String> files,
    String machine,
    StoreUse use) {

  /**
   * The identity of a build.
   *
   * @param id random; stands in the environment of its jobs, in marks and in records
   * @param number its place in the history, counted from 1
   */
  public record BuildId(String id, long number) {}

  /**
   * How often a known result was restored instead of running its job.
   *
   * @param misses how many jobs ran for which no store had a result
   * @param places the stores that had results, sorted by their names
   */
  public record StoreUse(int misses, List<StoreHits> places) {

    /** No store was asked for a result. */
    public static final StoreUse NONE = new StoreUse(0, List.of());

    /**
     * What one store had.
     *
     * @param store its name; empty for the local one
     * @param hits how many results it had
     * @param bytes the bytes of their products
     */
    public record StoreHits(String store, int hits, long bytes) {

      private static StoreHits form(Fields fields, StoreHits of) {
        return new StoreHits(
            fields.text(1, of, StoreHits::store),
            fields.small(2, of, StoreHits::hits),
            fields.number(3, of, StoreHits::bytes));
      }
    }

    /**
     * Returns whether it is {@link #NONE}. The JVM would link a record's own {@code equals} at
     * every start.
     */
    public boolean isNone() {
      return misses == 0 && places.isEmpty();
    }

    /** Returns the sum of several. */
    public static StoreUse sum(Collection<StoreUse> all) {
      TreeMap<String, StoreHits> places = new TreeMap<>();
      for (StoreUse each : all) {
        for (StoreHits place : each.places) {
          places.merge(
              place.store,
              place,
              (one, other) ->
                  new StoreHits(one.store, one.hits + other.hits, one.bytes + other.bytes));
        }
      }
      int misses = all.stream().mapToInt(StoreUse::misses).sum();
      return new StoreUse(misses, List.copyOf(places.values()));
    }

    /** Writes or reads it as a part of a record; see {@link Fields.Form}. */
    static StoreUse form(Fields fields, StoreUse of) {
      return new StoreUse(
          fields.small(1, of, StoreUse::misses),
          fields.list(2, of, StoreUse::places, StoreHits::form));
    }
  }
}
