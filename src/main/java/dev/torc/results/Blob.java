package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.records.RecordedProduct;

/**
 * Bytes that a shared store keeps by their digest.
 *
 * @param digest of the bytes alone; that of an executable product is taken as that of its bytes
 * @param size bytes
 */
public record Blob(Digest digest, long size) {

  /** Which users may execute a file does not count. */
  public Blob {
    digest = digest.isExecutable() ? Digest.of(digest.bytes()) : digest;
  }

  /** The bytes of a file. */
  static Blob of(RecordedProduct file) {
    return new Blob(file.digest(), file.size());
  }

  /** The name under which it lies: 64 digits. */
  String name() {
    return digest.hex();
  }
}
