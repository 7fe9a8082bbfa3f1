package dev.torc.records;

import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;

/**
 * A value that a job stored: its name, and its text as the job wrote it. What the text means as
 * JSON is not the cache's to know.
 */
public record StoredValue(String key, String text) {

  /** Writes it as a part of a record. */
  public static void write(FieldWriter out, StoredValue value) {
    out.text(1, value.key());
    out.text(2, value.text());
  }

  /** Reads one. */
  public static StoredValue read(FieldReader in) {
    return new StoredValue(in.text(1), in.text(2));
  }
}
