package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.RecordedProduct;

/** A sequence of bytes, which a shared store keeps under its digest. The size is in bytes. */
public record Blob(Digest digest, long size) {

  /** Drops the digest's executable bit: a store keeps equal bytes only once. */
  public Blob {
    digest = digest.isExecutable() ? Digest.of(digest.bytes()) : digest;
  }

  static Blob of(RecordedProduct file) {
    return new Blob(file.digest(), file.size());
  }

  /** Returns the blob's name in a store: 64 hexadecimal digits. */
  String name() {
    return digest.hex();
  }
}
