package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.records.Cache;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.records.StoredResults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the local store holds, as one look found it: the results that are kept, and the bytes of
 * each. A build may be at work meanwhile, so what it says may be over already. It changes nothing;
 * {@link KeptResults} does.
 *
 * @param results the least recently used first
 * @param sizes the bytes of all that is in the store, by name
 */
public record StoreContents(List<Held> results, Map<String, Long> sizes) {

  /**
   * A result that is kept.
   *
   * @param used when it was stored or restored last: milliseconds since 1970
   * @param lacks what is neither in the store nor, by the records, where it stood
   * @param standing whether some of it is not in the store but stands where it stood
   */
  public record Held(Result result, long used, List<OwnedPath> lacks, boolean standing) {}

  /** Looks at the store of a root. */
  public static StoreContents of(Cache cache) throws IOException {
    return of(new StoredResults<>(cache, Result::form));
  }

  /** The same of results with what is held of each in memory. */
  static StoreContents of(StoredResults<Result> kept) throws IOException {
    Cache cache = kept.cache();
    Map<String, Long> sizes = new LocalStore(cache.place()).sizes();
    List<Held> results = new ArrayList<>();
    kept.each(each -> results.add(held(each, sizes, cache)));
    results.sort(Comparator.comparingLong(Held::used));
    return new StoreContents(results, sizes);
  }

  private static Held held(
      StoredResults.Stored<Result> stored, Map<String, Long> sizes, Cache cache) {
    Result result = stored.result();
    List<OwnedPath> lacks = new ArrayList<>(0);
    boolean standing = false;
    for (OwnedPath part : result.parts()) {
      if (!sizes.containsKey(LocalStore.name(part))) {
        OwnedPath owned = cache.owned(part.path());
        if (owned != null && !owned.adopted() && owned.isLike(part)) {
          standing = true;
        } else {
          lacks.add(part);
        }
      }
    }
    return new Held(result, stored.used(), lacks, standing);
  }

  /** The bytes of all that is in the store. */
  public long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes in the store that some results have, those that they share counted once. */
  public long bytes(List<Held> some) {
    return some.stream()
        .flatMap(each -> LocalStore.names(each.result()).stream())
        .distinct()
        .mapToLong(name -> sizes.getOrDefault(name, 0L))
        .sum();
  }

  /** The same without some results. */
  public StoreContents without(Collection<Held> gone) {
    return new StoreContents(results.stream().filter(each -> !gone.contains(each)).toList(), sizes);
  }

  /** The bytes in the store that no result has, as a killed torc leaves them. */
  public long unnamed() {
    return bytes() - bytes(results);
  }

  /**
   * The results that have to go where no more than so many bytes are to be left: the least recently
   * used first. Results without bytes here stay.
   *
   * @param last keys of results that go when all others are gone
   */
  public List<Held> beyond(long most, Set<Digest> last) {
    List<Held> left = new ArrayList<>(results);
    left.sort(Comparator.comparing(each -> last.contains(each.result().key()))); // a stable sort
    Uses<String> uses = new Uses<>();
    left.forEach(each -> uses.add(LocalStore.names(each.result())));
    long total = bytes(left);
    List<Held> beyond = new ArrayList<>();
    for (Held oldest : left) {
      List<String> names = LocalStore.names(oldest.result());
      if (total > most && names.stream().anyMatch(sizes::containsKey)) {
        beyond.add(oldest);
        for (String free : uses.remove(names)) {
          total -= sizes.getOrDefault(free, 0L);
        }
      }
    }
    return beyond;
  }

  /**
   * Of each thing in a store, how many results have it: what goes with the last of them frees its
   * bytes. It takes nothing away.
   */
  static final class Uses<N> {

    private final Map<N, Integer> counts = new HashMap<>();

    /** One result more has these, a thing that it has twice counted twice. */
    void add(List<N> names) {
      names.forEach(name -> counts.merge(name, 1, Integer::sum));
    }

    /** One result less has these; returns those that none has now. */
    List<N> remove(List<N> names) {
      List<N> free = new ArrayList<>();
      for (N name : names) {
        if (counts.merge(name, -1, Integer::sum) == 0) {
          free.add(name);
        }
      }
      return free;
    }

    /** How many there are of a thing. */
    int of(N name) {
      return counts.getOrDefault(name, 0);
    }
  }
}
