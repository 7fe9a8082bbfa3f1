package dev.torc.engine;

import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.Upload;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What one attempt clears away and keeps for later: unaltered products of good results go to the
 * store, and with the first of a result its record does. Files of other owners are not its job:
 * {@link ProductRemoval} tells them apart. The attempt uses it, and the loop where it asks for
 * room.
 */
final class ClearedProducts {

  /** Bytes of the largest log that belongs to a result. */
  private static final int LOG = 1 << 20;

  private final Cache cache;
  private final KeptResults kept;
  private final Function<String, Path> logs;
  private final Map<String, Map<String, OwnedPath>> makers = new HashMap<>();
  private final List<OwnedPath> moved = new ArrayList<>();

  /**
   * @param kept where it goes; null for nowhere
   * @param logs the log of a job
   */
  ClearedProducts(Cache cache, KeptResults kept, Function<String, Path> logs) {
    this.cache = cache;
    this.kept = kept;
    this.logs = logs;
  }

  /**
   * Takes over an unaltered product.
   *
   * @param file where it stands; absolute
   * @return whether it is gone from there; false for what is not to be kept
   */
  boolean take(OwnedPath owned, Path file, long bytes) throws IOException {
    OwnedPath part = keep(owned.job()).get(owned.path());
    return part != null && part.isLike(owned) && kept.add(owned, file, bytes) && moved.add(owned);
  }

  /** Keeps the record of a job; returns the parts of its result, none where it is not kept. */
  Map<String, OwnedPath> keep(String job) throws IOException {
    if (kept == null || kept.isOff()) {
      return Map.of();
    }
    if (!makers.containsKey(job)) {
      makers.put(job, parts(Result.of(cache, job)));
    }
    return makers.get(job);
  }

  private Map<String, OwnedPath> parts(Result result) throws IOException {
    Map<String, OwnedPath> parts = new HashMap<>();
    if (result != null && kept.holds(result.size(), result.terms().files())) {
      result.parts().forEach(part -> parts.put(part.path(), part));
      kept.put(upload(result));
    }
    return parts;
  }

  private Upload upload(Result result) throws IOException {
    byte[] text = result.terms().shown() ? said(logs.apply(result.job())) : null;
    if (text == null) {
      return new Upload(result, List.of(), false, null);
    }
    BlobSource log = BlobSource.bytes(text);
    return new Upload(result.withLog(log.blob()), List.of(log), false, null);
  }

  /** What a job wrote, as far as that belongs to its result; null where it is too much, or gone. */
  static byte[] said(Path log) throws IOException {
    return OwnFile.stands(log) && Files.size(log) <= LOG ? OwnFile.read(log) : null;
  }

  /** Sees to it that the disk has room, as far as that is the store's to give. */
  void makeRoom() {
    try {
      if (kept != null) {
        kept.makeRoom();
      }
    } catch (IOException e) {
      return; // the writer that needs the room meets it again, and tells
    }
  }

  /**
   * Gives all room there is where an attempt failed for want of it, or may have.
   *
   * @param failure what is said of it
   * @return whether there is more now
   */
  boolean relieve(String failure) {
    try {
      return kept != null && kept.relieve(failure.endsWith(Refusal.FULL));
    } catch (IOException e) {
      return false;
    }
  }

  /** The run made these: what is the same again need not be kept twice. */
  void made(List<OwnedPath> now) throws IOException {
    Map<String, OwnedPath> before = new HashMap<>();
    moved.forEach(part -> before.put(part.path(), part));
    for (OwnedPath each : before.isEmpty() ? List.<OwnedPath>of() : now) {
      OwnedPath part = before.get(each.path());
      if (part != null && each.isLike(part)) {
        kept.madeAgain(part);
      }
    }
  }
}
