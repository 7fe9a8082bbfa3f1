package dev.torc.results;

import dev.torc.hash.Digest;

/**
 * Bytes that a shared store keeps by their digest.
 *
 * @param digest of the bytes alone; that of an executable product is taken as that of its bytes
 * @param size bytes
 */
public record Blob(Digest digest, long size) {

  /** Who may execute a file does not count. */
  public Blob {
    digest = digest.isExecutable() ? Digest.of(digest.bytes()) : digest;
  }

  /** The name under which it lies: 64 digits. */
  String name() {
    return digest.hex();
  }
}
