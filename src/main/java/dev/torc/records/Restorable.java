package dev.torc.records;

import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.hash.Digest;
import java.util.List;

/**
 * What a job's record has of its run only so that its result can be kept for later. {@code
 * plan.KnownResults} has the rule of the keys.
 *
 * @param key under which the result is known
 * @param first leads to the lists of files that depfiles named; null for a job without one
 * @param programs the programs of its commands: name, path, size and time of each
 * @param files how many its products are, those in folders counted one by one
 * @param shown whether what the job writes belongs to the result
 * @param depfile the depfile that the run left; null for a job without one
 */
public record Restorable(
    Digest key,
    Digest first,
    List<String> programs,
    int files,
    boolean shown,
    RecordedProduct depfile) {

  /** Writes it as a part of a record. The tags 4 and 7 held what now stands with the products. */
  public static void write(FieldWriter out, Restorable terms) {
    out.digest(1, terms.key());
    out.digest(2, terms.first());
    out.texts(3, terms.programs());
    out.number(5, terms.files());
    out.flag(6, terms.shown());
    out.record(8, terms.depfile(), RecordedProduct::write);
  }

  /** Reads one. */
  public static Restorable read(FieldReader in) {
    return new Restorable(
        in.digest(1),
        in.digest(2),
        in.texts(3),
        in.small(5),
        in.flag(6),
        in.record(8, RecordedProduct::read));
  }
}
