package dev.torc.results;

import dev.torc.hash.Digest;

/**
 * What lies under a key of a shared store: a result, or the lists of names that lead to one. {@link
 * SealedRecord} makes bytes of it.
 */
public sealed interface StoreRecord permits Result, FoundNames {

  /**
   * The key that it was made for: what lies under another one is somebody's mistake, or a trick.
   */
  Digest key();

  /** A kind of records; the number stands in their bytes. */
  enum Type {
    /** {@link Result}. */
    RESULT(1),
    /** {@link FoundNames}. */
    NAMES(2);

    final int code;

    Type(int code) {
      this.code = code;
    }
  }

  /** Which of them it is. */
  Type type();
}
