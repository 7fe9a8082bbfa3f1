package dev.torc.records;

import dev.torc.bytes.FieldReader;
import dev.torc.bytes.FieldWriter;
import dev.torc.hash.Digest;
import java.util.List;

/**
 * The last run of a job: what the next verdict needs, and no more. What only people ask for is in
 * {@link RunDetails}, stored apart.
 *
 * @param outcome how the run ended
 * @param build the random id of its build
 * @param manifest digest of the manifest it ran under
 * @param products what it left, in declared order, matches of globs sorted
 * @param found needed files that the depfile or a trace named beyond the declared ones, sorted
 * @param moved needed files that moved while it ran: it runs again
 * @param wall nanoseconds of the last attempt
 * @param traced whether a trace, to its end, is among what tells the found files
 */
public record JobResult(
    Outcome outcome,
    String build,
    Digest manifest,
    List<RecordedProduct> products,
    List<String> found,
    List<String> moved,
    long wall,
    boolean traced) {

  /** How a run ended. The order is that of the codes in the database: only append. */
  public enum Outcome {
    OK,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    ADOPTED;

    /** Whether the products are those of a job that ended well, or accepted as such. */
    public boolean isGood() {
      return this == OK || this == ADOPTED;
    }

    /** Whether a run failed by itself, and was not ended. */
    public boolean isFailure() {
      return !isGood() && this != INTERRUPTED;
    }

    /** Whether a run tells what its job needs: it ended well, or exceeded its resources. */
    public boolean isTelling() {
      return this == OK || this == OUT_OF_MEMORY || this == TIMED_OUT;
    }
  }

  /**
   * What people ask of a job's last run: kept beside {@link JobResult}, read only for explanations.
   *
   * @param manifest the manifest it ran under, line by line
   * @param reasons why it ran
   * @param what how it failed in one phrase, empty for success
   * @param number the number of its build in the history
   * @param started milliseconds since 1970
   * @param exit exit status, -1 where there was none
   * @param signal number of the signal that ended it, 0 for none
   * @param cpu nanoseconds of CPU time, -1 unknown
   * @param peak bytes of memory at the highest sample, -1 unknown
   * @param attempts how many attempts the run took
   * @param restorable what a store goes by; null where the result is not to be kept for later
   * @param origin where it comes from; null where the job ran
   * @param read what it was seen to read and does not need, sorted
   */
  public record RunDetails(
      List<ManifestEntry> manifest,
      List<ManifestEntry> reasons,
      String what,
      long number,
      long started,
      int exit,
      int signal,
      long cpu,
      long peak,
      int attempts,
      Restorable restorable,
      Origin origin,
      List<String> read) {}

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
}
