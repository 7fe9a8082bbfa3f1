package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.records.RecordedProduct;

/**
 * Bytes that a shared store keeps by their digest.
 *
 * @param digest of the bytes alone; without the executable bit of a product
 * @param size bytes
 */
public record Blob(Digest digest, long size) {

  /** Leaves out the executable bit of the digest. */
  public Blob {
    digest = digest.isExecutable() ? Digest.of(digest.bytes()) : digest;
  }

  static Blob of(RecordedProduct file) {
    return new Blob(file.digest(), file.size());
  }

  /** Returns its name in a store: 64 hexadecimal digits. */
  String name() {
    return digest.hex();
  }
}
