package dev.torc.records;

import dev.torc.bytes.Fields;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A line of the build history, from {@code started} on, in milliseconds since 1970. Records of
 * older torcs have no files, and no machine and store use in their ends. The files overlay each
 * other in this order and are relative to the root where they lie below it.
 */
public record BuildRecord(
    BuildId id, long started, SortedMap<String, Integer> counts, List<String> files, BuildEnd end) {

  /** How a build ended. Its machine, in words, and what stores gave are known only then. */
  public record BuildEnd(long nanos, int exit, String machine, StoreUse use) {

    /** A build that is running or was killed. */
    public static final BuildEnd NONE = new BuildEnd(-1, -1, null, StoreUse.NONE);
  }

  /** A build: its random id, as in marks and records, and its number in the history, from 1. */
  public record BuildId(String id, long number) {}

  /** How many jobs ran because no store had a result, and the results of each store, by name. */
  public record StoreUse(int misses, List<StoreHits> places) {

    public static final StoreUse NONE = new StoreUse(0, List.of());

    /** The results of one store and the bytes of their products; the local store has no name. */
    public record StoreHits(String store, int hits, long bytes) {

      private static StoreHits form(Fields fields, StoreHits of) {
        return new StoreHits(
            fields.text(1, of, StoreHits::store),
            fields.small(2, of, StoreHits::hits),
            fields.number(3, of, StoreHits::bytes));
      }
    }

    /** Compares in plain code: the JVM links a record's own equals again at each start. */
    public boolean isNone() {
      return misses == 0 && places.isEmpty();
    }

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

    static StoreUse form(Fields fields, StoreUse of) {
      return new StoreUse(
          fields.small(1, of, StoreUse::misses),
          fields.list(2, of, StoreUse::places, StoreHits::form));
    }
  }
}
