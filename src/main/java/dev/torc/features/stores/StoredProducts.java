package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.ClearedProducts;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The products that one attempt clears away. Unaltered products of good results go to the store;
 * the first of them also puts the result's record there. Of a result that is too large for the
 * store and took long, they are set aside instead, the last of each job. {@code RemovedOrSetAside}
 * handles the user's files.
 */
public final class StoredProducts implements ClearedProducts {

  /** The largest log that is stored with a result, in bytes. */
  private static final int LOG = 1 << 20;

  /** The duration from which a result is set aside if it is too large, in nanoseconds. */
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final Map<String, Map<String, OwnedPath>> tooLarge = new HashMap<>();
  private final Map<String, Map<String, OwnedPath>> makers = new HashMap<>();
  private final List<OwnedPath> moved = new ArrayList<>();

  private final Function<String, MovesAside> aside;
  private final CachePlace place;
  private final Cache cache;
  private final LocalStore stored;

  StoredProducts(Function<String, MovesAside> aside, Cache cache, LocalStore stored) {
    this.aside = aside;
    this.place = cache.place();
    this.cache = cache;
    this.stored = stored;
  }

  @Override
  public Added store(OwnedPath owned, FolderHandle from, Path name, long bytes) throws IOException {
    OwnedPath part = partsOf(owned.job()).get(owned.path());
    if (part == null || !part.isLike(owned)) {
      return setAside(owned, from, name);
    }
    Added added = stored.add(owned, from, name, bytes);
    if (added != Added.STAYED) {
      moved.add(owned);
    }
    return added;
  }

  /** Returns whether a run took so long that its result is worth the room. */
  public static boolean isLong(JobResult run) {
    return run.wall() >= LONG;
  }

  private Added setAside(OwnedPath owned, FolderHandle from, Path name) throws IOException {
    OwnedPath part = tooLarge.getOrDefault(owned.job(), Map.of()).get(owned.path());
    if (part == null || !part.isLike(owned)) {
      return Added.STAYED;
    }
    String why = "too large for the store, but its run took an hour or more";
    Path file = place.root().resolve(owned.path());
    aside.apply(folder(owned.job())).move(file, from, name, null, why);
    return Added.MOVED;
  }

  private static String folder(String job) {
    return LocalStore.ASIDE + "/" + Digest.ofText(job).hex().substring(0, 12);
  }

  @Override
  public void storeRecord(String job) throws IOException {
    partsOf(job);
  }

  /** Stores the record of a job's result; returns its parts by path, or none if not stored. */
  private Map<String, OwnedPath> partsOf(String job) throws IOException {
    if (stored.isOff()) {
      return Map.of();
    }
    if (!makers.containsKey(job)) {
      makers.put(job, parts(Result.of(cache, job)));
    }
    return makers.get(job);
  }

  private Map<String, OwnedPath> parts(Result result) throws IOException {
    if (result == null) {
      return Map.of();
    }
    Map<String, OwnedPath> parts = new HashMap<>();
    result.parts().forEach(part -> parts.put(part.path(), part));
    if (stored.mayStore(result.size(), result.terms().files())) {
      stored.put(result, logOf(result, new JobFiles(place, result.job()).log()));
      return parts;
    } else if (isLong(cache.result(result.job()))) {
      Path earlier = place.setAside(folder(result.job()));
      if (Files.exists(earlier, LinkOption.NOFOLLOW_LINKS)) {
        FileTree.remove(earlier);
      }
      tooLarge.put(result.job(), parts);
    }
    return Map.of();
  }

  /** Returns a job's log if it belongs to the result, exists and is not too long; else null. */
  static byte[] logOf(Result of, Path log) throws IOException {
    boolean belongs = of.terms().shown() && OwnFile.exists(log) && Files.size(log) <= LOG;
    return belongs ? OwnFile.read(log) : null;
  }

  @Override
  public void makeRoom() {
    try {
      stored.makeRoom();
    } catch (IOException e) {
      return; // the next write that needs the room fails, too, and reports it
    }
  }

  @Override
  public boolean relieve(String failure) {
    return Io.or(() -> stored.emptyIfFull(failure.endsWith(Refusal.FULL)), false);
  }

  @Override
  public void made(List<OwnedPath> now) throws IOException {
    Map<String, OwnedPath> before = new HashMap<>();
    moved.forEach(part -> before.put(part.path(), part));
    for (OwnedPath each : before.isEmpty() ? List.<OwnedPath>of() : now) {
      OwnedPath part = before.get(each.path());
      if (part != null && each.isLike(part)) {
        stored.dropRemade(part);
      }
    }
  }
}
