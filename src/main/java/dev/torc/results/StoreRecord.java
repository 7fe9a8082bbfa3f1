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

  /** A kind of records; its place, from 1, stands in their bytes. */
  enum Type {
    /** {@link Result}. */
    RESULT,
    /** {@link FoundNames}. */
    NAMES;

    byte code() {
      return (byte) (ordinal() + 1);
    }
  }

  /** Which of them it is. */
  Type type();
}
