package dev.torc.cache;

import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;

/** A product as a run left it: path (relative to the root, or absolute), kind and digest. */
public record RecordedProduct(String path, Stamp.Kind kind, Digest digest) {

  /** Whether it is the same. A record's own equality is linked anew at every start. */
  public boolean isLike(RecordedProduct other) {
    return kind == other.kind && digest.equals(other.digest) && path.equals(other.path);
  }
}
