package dev.torc.store;

import dev.torc.hash.Digest;

/**
 * Bytes that a shared store keeps by their digest.
 *
 * @param digest of the bytes alone: never that of an executable product
 * @param size bytes
 */
public record SharedBlob(Digest digest, long size) {

  /** The blob of a file, of which it does not count who may execute it. */
  static SharedBlob of(Digest digest, long size) {
    return new SharedBlob(digest.isExecutable() ? Digest.of(digest.bytes()) : digest, size);
  }

  /** The name under which it lies: 64 digits. */
  String name() {
    return digest.hex();
  }
}
