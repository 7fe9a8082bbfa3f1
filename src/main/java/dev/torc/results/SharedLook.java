package dev.torc.results;

/**
 * What a shared store has under a key: a record that may be used, or none.
 *
 * @param record null for a miss
 * @param store the name of the store that gave it, or the reason
 * @param reason why there is none, in one line; null where nothing lies there, and with a record
 */
record SharedLook<T extends StoreRecord>(T record, String store, String reason) {

  static <T extends StoreRecord> SharedLook<T> miss(String store, String reason) {
    return new SharedLook<>(null, store, reason);
  }
}
