package dev.torc.engine;

import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.OwnedPath;
import dev.torc.results.BlobSource;
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
 * {@link ProductRemoval} tells them apart. One thread uses it.
 */
final class Shelving {

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
  Shelving(Cache cache, KeptResults kept, Function<String, Path> logs) {
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
    if (kept == null || kept.isOff()) {
      return false;
    }
    Map<String, OwnedPath> parts = keep(owned.job());
    OwnedPath part = parts.get(owned.path());
    if (part == null || !part.isLike(owned) || !kept.add(owned, file, bytes)) {
      return false;
    }
    moved.add(owned);
    return true;
  }

  /** Keeps the record of a job; returns the parts of its result, none where it is not kept. */
  Map<String, OwnedPath> keep(String job) throws IOException {
    Map<String, OwnedPath> parts = makers.get(job);
    if (parts == null) {
      parts = kept == null || kept.isOff() ? Map.of() : parts(job);
      makers.put(job, parts);
    }
    return parts;
  }

  private Map<String, OwnedPath> parts(String job) throws IOException {
    Result result = Result.of(cache, job);
    Map<String, OwnedPath> parts = new HashMap<>();
    if (result != null && kept.holds(result.size(), result.files())) {
      result.parts().forEach(part -> parts.put(part.path(), part));
      kept.put(upload(result));
    }
    return parts;
  }

  private Upload upload(Result result) throws IOException {
    byte[] text = result.shown() ? said(logs.apply(result.job())) : null;
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
    if (moved.isEmpty()) {
      return;
    }
    Map<String, OwnedPath> again = new HashMap<>();
    for (OwnedPath each : now) {
      again.put(each.path(), each);
    }
    for (OwnedPath part : moved) {
      OwnedPath same = again.get(part.path());
      if (same != null && same.isLike(part)) {
        kept.madeAgain(part);
      }
    }
  }
}
