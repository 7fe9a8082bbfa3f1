package dev.torc.records;

import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;

/**
 * Where the result of a restored job comes from.
 *
 * @param store the shared store that had it; empty for the local one
 * @param build the number of the build that made it
 * @param host the machine that made it; empty for this one
 * @param time when it began to make it: milliseconds since 1970
 * @param job the job that made it, where that had another name than the restored one; else empty
 */
public record Origin(String store, long build, String host, long time, String job) {

  /** Where the result of a job of the same name comes from. */
  public Origin(String store, long build, String host, long time) {
    this(store, build, host, time, "");
  }

  /** Writes it as a part of a record. */
  public static void write(FieldWriter out, Origin origin) {
    out.text(1, origin.store());
    out.number(2, origin.build());
    out.text(3, origin.host());
    out.number(4, origin.time());
    out.text(5, origin.job().isEmpty() ? null : origin.job());
  }

  /** Reads one. */
  public static Origin read(FieldReader in) {
    Origin same = new Origin(in.text(1), in.number(2), in.text(3), in.number(4));
    String job = in.text(5);
    return job == null ? same : new Origin(same.store, same.build, same.host, same.time, job);
  }
}
