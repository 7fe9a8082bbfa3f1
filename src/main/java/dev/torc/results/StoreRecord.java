package dev.torc.results;

import dev.torc.hash.Digest;

/**
 * What lies under a key of a shared store: a result, or the lists of names that lead to one. {@link
 * SealedRecord} makes bytes of it.
 */
sealed interface StoreRecord permits Result, FoundNames {

  /**
   * The key that it was made for: what lies under another one is somebody's mistake, or a trick.
   */
  Digest key();

  /** Whether it is a result, and no list of names. */
  default boolean isResult() {
    return this instanceof Result;
  }
}
