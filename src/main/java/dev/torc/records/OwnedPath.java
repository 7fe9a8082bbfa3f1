package dev.torc.records;

import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;

/**
 * A path that torc made and may therefore delete while it is unaltered.
 *
 * @param job the job that made it last
 * @param adopted whether it is the user's own file, accepted as a product: never deleted
 */
public record OwnedPath(String path, Stamp.Kind kind, Digest digest, String job, boolean adopted) {

  /**
   * Whether the same stands, or stood, at the same path, whoever made it. A record's own equality
   * is linked anew at every start.
   */
  public boolean isLike(OwnedPath other) {
    return kind == other.kind && digest.equals(other.digest) && path.equals(other.path);
  }
}
