package dev.torc.records;

import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;

/**
 * One line of a stored manifest or of the reasons of a run. The codes and what they mean are the
 * planner's; the cache only keeps them.
 */
public record ManifestEntry(int code, String name, String old, String now) {

  /** Writes it as a part of a record. */
  public static void write(FieldWriter out, ManifestEntry entry) {
    out.number(1, entry.code());
    out.text(2, entry.name());
    out.text(3, entry.old());
    out.text(4, entry.now());
  }

  /** Reads one. */
  public static ManifestEntry read(FieldReader in) {
    return new ManifestEntry(in.small(1), in.text(2), in.text(3), in.text(4));
  }
}
