package dev.torc.records;

import java.nio.charset.StandardCharsets;

/** The named trees of the database. Their ordinals are part of every record's checksum. */
enum RecordTree {
  STAMPS,
  RESULTS,
  DETAILS,
  OWNED,
  LISTS,
  BUILDS,
  DATA,
  EVENTS,
  ATTEMPTS,
  SERIES,
  STORED,
  STORED_NAMES;

  /** Its name in the database. */
  byte[] key() {
    return name().getBytes(StandardCharsets.UTF_8);
  }
}
