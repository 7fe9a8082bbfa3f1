package dev.torc.cache;

import dev.torc.hash.Digest;
import java.util.List;

/**
 * Which bytes a kept result is made of, and when it was used: what is read of each where all of
 * them are looked at. The rest of its record explains it.
 *
 * @param job the job that made it
 * @param key under which the result is known
 * @param first what leads to it where a depfile names needs; else null
 * @param parts all that a store may have of it: the products, and what the job wrote
 * @param used when it was stored or restored last: milliseconds since 1970
 */
public record StoredParts(String job, Digest key, Digest first, List<OwnedPath> parts, long used) {

  /** Those of a result. */
  public static StoredParts of(StoredResult stored) {
    return of(
        stored.job(), stored.result(), stored.details().restorable(), stored.log(), stored.used());
  }

  static StoredParts of(
      String job, JobResult result, Restorable restorable, Digest log, long used) {
    List<OwnedPath> parts = StoredResult.parts(job, result, restorable.odd());
    if (log != null) {
      parts.add(StoredResult.logPart(job, log));
    }
    return new StoredParts(job, restorable.key(), restorable.first(), parts, used);
  }
}
