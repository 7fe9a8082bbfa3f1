package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.StampSource;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The local store at one moment: the results, least recently used first, and the bytes of each
 * product by its name in the store. A build may change the store in the meantime. This class is
 * read-only; {@link LocalStore} changes the store.
 */
public record StoreContents(List<HeldResult> results, Map<String, Long> sizes) {

  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  /**
   * A stored result. {@code used} is its last storing or restore, in milliseconds since 1970.
   * {@code lacks} has the parts that are neither in the store nor in the places where the job made
   * them. {@code standing} says whether a part is only in such a place.
   */
  public record HeldResult(Result result, long used, List<OwnedPath> lacks, boolean standing) {}

  public static StoreContents of(Cache cache) throws IOException {
    return of(new StoredResults<>(cache, Result::form));
  }

  /** Reads the store. Each result has only the fields that the given form reads. */
  static StoreContents of(StoredResults<Result> stored) throws IOException {
    Cache cache = stored.cache();
    Map<String, Long> sizes = new LocalFiles(cache.place()).sizes();
    List<HeldResult> results = new ArrayList<>();
    stored.each(each -> results.add(held(each, sizes, cache)));
    long now = System.currentTimeMillis();
    results.sort(Comparator.comparingLong(each -> order(each.used(), now)));
    return new StoreContents(results, sizes);
  }

  /**
   * Returns the time, in milliseconds since 1970, that orders a result by its last use. A use in
   * the future, noted while the clock was wrong, counts as the oldest: otherwise the result would
   * stay until then.
   */
  static long order(long used, long now) {
    return used > now + HOUR ? Long.MIN_VALUE : used;
  }

  private static HeldResult held(
      StoredResults.Stored<Result> stored, Map<String, Long> sizes, Cache cache) {
    Result result = stored.result();
    List<OwnedPath> lacks = new ArrayList<>(0);
    boolean standing = false;
    for (OwnedPath part : result.parts()) {
      if (!sizes.containsKey(LocalFiles.name(part))) {
        OwnedPath owned = cache.owned(part.path());
        if (owned != null && owned.isRemovable() && owned.isLike(part)) {
          standing = true;
        } else {
          lacks.add(part);
        }
      }
    }
    return new HeldResult(result, stored.used(), lacks, standing);
  }

  public long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the stored bytes of some results; parts that they share count once. */
  public long bytes(List<HeldResult> some) {
    return some.stream()
        .flatMap(each -> LocalFiles.names(each.result()).stream())
        .distinct()
        .mapToLong(name -> sizes.getOrDefault(name, 0L))
        .sum();
  }

  public StoreContents without(Collection<HeldResult> gone) {
    return new StoreContents(results.stream().filter(each -> !gone.contains(each)).toList(), sizes);
  }

  /** Returns the stored bytes that belong to no result, such as leftovers of a killed torc. */
  public long unnamed() {
    return bytes() - bytes(results);
  }

  /**
   * Returns the results to remove so that at most {@code most} bytes remain. The least recently
   * used come first, but those with a key in {@code last} come after all others. Results without
   * bytes in the store are not removed.
   */
  public List<HeldResult> beyond(long most, Set<Digest> last) {
    List<HeldResult> ordered = new ArrayList<>(results);
    ordered.sort(Comparator.comparing(each -> last.contains(each.result().key()))); // a stable sort
    Uses<String> uses = new Uses<>();
    ordered.forEach(each -> uses.add(LocalFiles.names(each.result())));
    long total = bytes(ordered);
    List<HeldResult> beyond = new ArrayList<>();
    for (HeldResult oldest : ordered) {
      List<String> names = LocalFiles.names(oldest.result());
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
   * Checks results in the local store: reads each part once, and compares its bytes, kind and
   * executable bit with the record. It changes nothing.
   */
  public static final class StoreCheck {

    /** The fault of a part of a result, as one word for machine-readable output. */
    public enum Fault {
      WRONG,
      MISSING,
      /** The file cannot be read, so its bytes are unknown. */
      UNREADABLE
    }

    /**
     * A faulty part. {@code path} is empty for the job's output. {@code why} says why the part
     * cannot be read; it is empty for other faults.
     */
    public record Faulty(String job, Origin from, String path, Fault fault, String why) {}

    private record Finding(Fault fault, String why) {}

    private final Map<String, Long> sizes;
    private final DigestMemo digests;
    private final Map<String, Finding> findings = new HashMap<>();
    private long bytes;

    public StoreCheck(CachePlace place, StoreContents contents, StampSource stamps) {
      this.sizes = contents.sizes();
      this.digests = DigestMemo.readOnly(place.store(), stamps, _ -> null);
    }

    /**
     * Checks the parts of a result that are in the store, and returns the faulty ones. With {@code
     * whole}, a part that is neither in the store nor where the job made it is faulty too.
     */
    public List<Faulty> faults(HeldResult held, boolean whole) {
      List<Faulty> faults = new ArrayList<>(0);
      Result of = held.result();
      for (OwnedPath part : of.allParts()) {
        String name = LocalFiles.name(part);
        if (sizes.containsKey(name)) {
          Finding found = findings.computeIfAbsent(name, _ -> read(part, name));
          if (found.fault != null) {
            faults.add(new Faulty(of.job(), of.origin(), part.path(), found.fault, found.why));
          }
        } else if (whole && held.lacks().contains(part)) {
          faults.add(new Faulty(of.job(), of.origin(), part.path(), Fault.MISSING, ""));
        }
      }
      return faults;
    }

    private Finding read(OwnedPath part, String name) {
      bytes += sizes.get(name);
      try {
        return new Finding(
            part.digest().equals(digests.digestNow(name, part.kind())) ? null : Fault.WRONG, "");
      } catch (IOException e) {
        return new Finding(Fault.UNREADABLE, Refusal.why(e));
      }
    }

    public int checked() {
      return findings.size();
    }

    public long bytes() {
      return bytes;
    }
  }
}
