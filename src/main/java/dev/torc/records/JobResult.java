package dev.torc.records;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The last run of a job, as far as the next verdict needs it; the rest is in {@link RunDetails}.
 *
 * @param build the random id of its build
 * @param wall nanoseconds of the last attempt
 * @param traced whether the last attempt was traced to its end
 */
public record JobResult(
    Outcome outcome,
    String build,
    Digest manifest,
    List<RecordedProduct> products,
    RunNeeds needs,
    long wall,
    boolean traced) {

  /** Needed files, sorted: found beyond the declared ones, and moved while the job ran. */
  public record RunNeeds(List<String> found, List<String> moved) {}

  public JobResult undone() {
    return new JobResult(Outcome.UNDONE, build, manifest, products, needs, wall, traced);
  }

  /** How a run ended. The database holds the ordinals, so only append. */
  public enum Outcome {
    OK,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    ADOPTED,
    /** The run ended well, but a product was changed later in the build (rule 16). */
    UNDONE;

    /** Returns whether the products are valid: made by a run that ended well, or adopted. */
    public boolean isGood() {
      return this == OK || this == ADOPTED;
    }

    public boolean isFailure() {
      return !isGood() && this != INTERRUPTED;
    }

    /** Returns whether the run tells the job's resources: it ended well, or exceeded them. */
    public boolean isTelling() {
      return this == OK || this == OUT_OF_MEMORY || this == TIMED_OUT;
    }
  }

  /**
   * What people ask about a job's last run, stored apart from {@link JobResult}.
   *
   * @param what how it failed in one phrase, empty for success
   * @param restorable null if the result is not stored
   * @param origin where a restored result comes from; null if the job ran
   * @param read files that it read and that are none of its needs, sorted
   */
  public record RunDetails(
      List<ManifestEntry> manifest,
      List<ManifestEntry> reasons,
      String what,
      Ran ran,
      Restorable restorable,
      Origin origin,
      List<String> read) {

    public RunDetails undone(String why) {
      return new RunDetails(manifest, reasons, why, ran, null, origin, read);
    }
  }

  /**
   * When and how the processes of a run ran: in which build of the history, since when
   * (milliseconds since 1970, 0 unknown), the exit status (-1 for none), the signal (0 for none),
   * nanoseconds of CPU time and the highest sample of memory in bytes (both -1 if unknown).
   */
  public record Ran(
      long build, long started, int exit, int signal, long cpu, long peak, int attempts) {

    public static Ran unknown(long build, int attempts) {
      return new Ran(build, 0, -1, 0, -1, -1, attempts);
    }
  }

  /**
   * What stores have to know about a result. {@code plan.KnownResults} has the rule of the keys.
   *
   * @param first the key of the lists of found needs; null for a job that finds none
   * @param programs name, path, size and time of each program of its commands
   * @param files the number of its files, including those in folders
   * @param shown whether the job's output belongs to the result
   */
  public record Restorable(
      Digest key,
      Digest first,
      List<String> programs,
      int files,
      boolean shown,
      RecordedProduct depfile) {

    /** Passes this part of a record. Tags 4 and 7 held fields that are now in the products. */
    public static Restorable form(Fields fields, Restorable of) {
      return new Restorable(
          fields.digest(1, of, Restorable::key),
          fields.digest(2, of, Restorable::first),
          fields.texts(3, of, Restorable::programs),
          fields.small(5, of, Restorable::files),
          fields.flag(6, of, Restorable::shown),
          fields.one(8, of, Restorable::depfile, RecordedProduct::form));
    }
  }

  /**
   * The run whose result was restored, at its start in milliseconds since 1970. Texts are empty for
   * the local store, this machine, and a job of the same name.
   */
  public record Origin(String store, long build, String host, long started, String job) {

    public static Origin form(Fields fields, Origin of) {
      String store = fields.text(1, of, Origin::store);
      long build = fields.number(2, of, Origin::build);
      String host = fields.text(3, of, Origin::host);
      long started = fields.number(4, of, Origin::started);
      String job = fields.text(5, of, origin -> origin.job.isEmpty() ? null : origin.job);
      return new Origin(store, build, host, started, job == null ? "" : job);
    }
  }

  /** A value that a job stored, as JSON. */
  public record StoredValue(String key, String text) {

    public static StoredValue form(Fields fields, StoredValue of) {
      return new StoredValue(
          fields.text(1, of, StoredValue::key), fields.text(2, of, StoredValue::text));
    }
  }

  /** A line of a manifest or of the reasons of a run. Package {@code plan} defines the codes. */
  public record ManifestEntry(int code, String name, String old, String now) {

    public static ManifestEntry form(Fields fields, ManifestEntry of) {
      return new ManifestEntry(
          fields.small(1, of, ManifestEntry::code),
          fields.text(2, of, ManifestEntry::name),
          fields.text(3, of, ManifestEntry::old),
          fields.text(4, of, ManifestEntry::now));
    }

    /**
     * Passes the lines of a manifest. Jobs that find a file have the same line about it, so lines
     * about {@code found} needs, which must be in their order, are written as shared ones.
     */
    public static <R> List<ManifestEntry> lines(
        Fields fields, int tag, R of, Function<R, List<ManifestEntry>> lines, List<String> found) {
      Iterator<String> names = found.iterator();
      String[] name = {names.hasNext() ? names.next() : null};
      return fields.shared(
          tag,
          of,
          lines,
          ManifestEntry::form,
          line -> {
            if (!line.name().equals(name[0]) || !"".equals(line.old())) {
              return null;
            }
            name[0] = names.hasNext() ? names.next() : null;
            return line.code() + "\0" + line.name() + "\0" + line.now();
          },
          ManifestEntry::ofText);
    }

    private static ManifestEntry ofText(String text) {
      int name = text.indexOf('\0');
      int now = text.lastIndexOf('\0');
      return new ManifestEntry(
          Integer.parseInt(text.substring(0, name)),
          text.substring(name + 1, now),
          "",
          text.substring(now + 1));
    }
  }
}
