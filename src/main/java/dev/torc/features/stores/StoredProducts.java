package dev.torc.features.stores;

import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.run.ClearedProducts;
import dev.torc.core.run.JobFiles;
import dev.torc.core.run.RemovedOrSetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The products that one attempt clears away. Unaltered products of good results go to the store;
 * the first of them also puts the result's record there. {@link RemovedOrSetAside} handles the
 * user's files.
 */
final class StoredProducts implements ClearedProducts {

  /** The largest log that is stored with a result, in bytes. */
  private static final int LOG = 1 << 20;

  private final Map<String, Map<String, OwnedPath>> makers = new HashMap<>();
  private final List<OwnedPath> moved = new ArrayList<>();

  private final CachePlace place;
  private final Cache cache;
  private final LocalStore stored;

  StoredProducts(CachePlace place, Cache cache, LocalStore stored) {
    this.place = place;
    this.cache = cache;
    this.stored = stored;
  }

  @Override
  public Added store(OwnedPath owned, FolderHandle from, Path name, long bytes) throws IOException {
    OwnedPath part = partsOf(owned.job()).get(owned.path());
    if (part == null || !part.isLike(owned)) {
      return Added.STAYED;
    }
    Added added = stored.add(owned, from, name, bytes);
    if (added != Added.STAYED) {
      moved.add(owned);
    }
    return added;
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
    Map<String, OwnedPath> parts = new HashMap<>();
    if (result != null && stored.mayStore(result.size(), result.terms().files())) {
      result.parts().forEach(part -> parts.put(part.path(), part));
      stored.put(result, logOf(result, new JobFiles(place, result.job()).log()));
    }
    return parts;
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
