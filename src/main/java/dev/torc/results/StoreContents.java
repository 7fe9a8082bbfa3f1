package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.StampSource;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.records.StoredResults;
import dev.torc.text.Refusal;
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
public record StoreContents(List<HeldResult> results, Map<String, Long> sizes) {

  /**
   * A result that is kept.
   *
   * @param used when it was stored or restored last: milliseconds since 1970
   * @param lacks what is neither in the store nor, by the records, where it stood
   * @param standing whether some of it is not in the store but stands where it stood
   */
  public record HeldResult(Result result, long used, List<OwnedPath> lacks, boolean standing) {}

  /** Looks at the store of a root. */
  public static StoreContents of(Cache cache) throws IOException {
    return of(new StoredResults<>(cache, Result::form));
  }

  /** The same of results with what is held of each in memory. */
  static StoreContents of(StoredResults<Result> kept) throws IOException {
    Cache cache = kept.cache();
    Map<String, Long> sizes = new LocalStore(cache.place()).sizes();
    List<HeldResult> results = new ArrayList<>();
    kept.each(each -> results.add(held(each, sizes, cache)));
    results.sort(Comparator.comparingLong(HeldResult::used));
    return new StoreContents(results, sizes);
  }

  private static HeldResult held(
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
    return new HeldResult(result, stored.used(), lacks, standing);
  }

  /** The bytes of all that is in the store. */
  public long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes in the store that some results have, those that they share counted once. */
  public long bytes(List<HeldResult> some) {
    return some.stream()
        .flatMap(each -> LocalStore.names(each.result()).stream())
        .distinct()
        .mapToLong(name -> sizes.getOrDefault(name, 0L))
        .sum();
  }

  /** The same without some results. */
  public StoreContents without(Collection<HeldResult> gone) {
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
  public List<HeldResult> beyond(long most, Set<Digest> last) {
    List<HeldResult> left = new ArrayList<>(results);
    left.sort(Comparator.comparing(each -> last.contains(each.result().key()))); // a stable sort
    Uses<String> uses = new Uses<>();
    left.forEach(each -> uses.add(LocalStore.names(each.result())));
    long total = bytes(left);
    List<HeldResult> beyond = new ArrayList<>();
    for (HeldResult oldest : left) {
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

  /**
   * Reads some results in the local store, each blob once, and compares it with what was stored:
   * bytes, kind, executable bit. It changes nothing.
   */
  public static final class StoreCheck {

    /** What is wrong with a part of a result, in one word for programs. */
    public enum Fault {
      /** It is not what was stored. */
      WRONG,
      /** It is not there. */
      MISSING,
      /** Unknown: it cannot be read. */
      UNREADABLE
    }

    /**
     * A part of a result that is not as it should be.
     *
     * @param from where its result comes from
     * @param path where it stood below the root; empty for what the job wrote
     * @param why why it cannot be read, empty for other faults
     */
    public record Faulty(String job, Origin from, String path, Fault fault, String why) {}

    /** What is wrong with a thing that is there; without a fault nothing is. */
    private record Finding(Fault fault, String why) {}

    private final Map<String, Long> sizes;
    private final DigestMemo digests;
    private final Map<String, Finding> findings = new HashMap<>();
    private long bytes;

    /** Of a store as it was seen. */
    public StoreCheck(CachePlace place, StoreContents contents, StampSource stamps) {
      this.sizes = contents.sizes();
      this.digests = DigestMemo.looking(place.store(), stamps, _ -> null);
    }

    /**
     * Reads what there is of a result.
     *
     * @param whole whether what is neither in the store nor where it stood is a fault
     */
    public List<Faulty> faults(HeldResult held, boolean whole) {
      List<Faulty> faults = new ArrayList<>(0);
      Result of = held.result();
      for (OwnedPath part : of.allParts()) {
        String name = LocalStore.name(part);
        if (sizes.containsKey(name)) {
          Finding found = findings.computeIfAbsent(name, _ -> look(part, name));
          if (found.fault != null) {
            faults.add(new Faulty(of.job(), of.origin(), part.path(), found.fault, found.why));
          }
        } else if (whole && held.lacks().contains(part)) {
          faults.add(new Faulty(of.job(), of.origin(), part.path(), Fault.MISSING, ""));
        }
      }
      return faults;
    }

    /** What is wrong with what has a name; without a fault where that is nothing. */
    private Finding look(OwnedPath part, String name) {
      bytes += sizes.get(name);
      try {
        return new Finding(
            part.digest().equals(digests.standing(name, part.kind())) ? null : Fault.WRONG, "");
      } catch (IOException e) {
        return new Finding(Fault.UNREADABLE, Refusal.why(e));
      }
    }

    /** How many things were read. */
    public int checked() {
      return findings.size();
    }

    /** Their bytes. */
    public long bytes() {
      return bytes;
    }
  }
}
