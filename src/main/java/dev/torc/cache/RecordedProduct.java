package dev.torc.cache;

import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;

/**
 * A product as a run left it.
 *
 * @param path relative to the root, or absolute
 * @param kind a link counts as what it leads to
 * @param digest that of the bytes which its readers read
 * @param size bytes, those of all files of a folder
 * @param link the text of the link that stands there; null for none
 */
public record RecordedProduct(String path, Stamp.Kind kind, Digest digest, long size, String link) {

  /** Whether it is the same. A record's own equality is linked anew at every start. */
  public boolean isLike(RecordedProduct other) {
    return kind == other.kind && digest.equals(other.digest) && path.equals(other.path);
  }
}
