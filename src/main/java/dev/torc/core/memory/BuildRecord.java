package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One build in the history. {@code started} is in milliseconds since 1970. The files of {@link
 * Said} are in the order in which they overlay each other, relative to the root if they lie below
 * it. Records of older versions have no files, no machine and no store use.
 */
public record BuildRecord(
    BuildId id, long started, SortedMap<String, Integer> counts, Said said, BuildEnd end) {

  /**
   * What the build was told: its build files, and the digest of the variables of its call; null for
   * none. {@code commit} is the root's git commit as a feature writes it; null if it is unknown.
   */
  public record Said(List<String> files, Digest variables, String commit) {

    /** Compares files and variables. A generated equals would slow down each start of the JVM. */
    public boolean isLike(Said other) {
      return files.equals(other.files) && Objects.equals(variables, other.variables);
    }
  }

  public List<String> files() {
    return said.files;
  }

  /** How a build ended, after how many nanoseconds, on which machine, and what stores supplied. */
  public record BuildEnd(long nanos, int exit, String machine, StoreUse use) {

    /** The end of a build that is still running or was killed. */
    public static final BuildEnd NONE = new BuildEnd(-1, -1, null, StoreUse.NONE);
  }

  /** A build's random id, used in marks and records, and its number in the history, from 1. */
  public record BuildId(String id, long number) {}

  /** The number of jobs that ran because no store had a result, and the hits of each store. */
  public record StoreUse(int misses, List<StoreHits> places) {

    public static final StoreUse NONE = new StoreUse(0, List.of());

    /** The results that one store supplied, and the bytes of their products. */
    public record StoreHits(String store, int hits, long bytes) {

      private static StoreHits form(Fields fields, StoreHits of) {
        return new StoreHits(
            fields.text(1, of, StoreHits::store),
            fields.small(2, of, StoreHits::hits),
            fields.number(3, of, StoreHits::bytes));
      }
    }

    /** Returns whether no store was used. A generated equals would slow down each start. */
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
