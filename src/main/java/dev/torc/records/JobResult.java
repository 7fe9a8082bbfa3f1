package dev.torc.records;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The last run of a job: what the next verdict needs, and no more. What only people ask for is in
 * {@link RunDetails}, stored apart.
 *
 * @param outcome how the run ended
 * @param build the random id of its build
 * @param manifest digest of the manifest it ran under
 * @param products what it left, in declared order, matches of globs sorted
 * @param found needed files that the depfile or a trace named beyond the declared ones, sorted
 * @param moved needed files that moved while it ran, so that the job runs again
 * @param wall nanoseconds of the last attempt
 * @param traced whether the last attempt was traced to its end
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

  /** Returns this result as that of a job that is not done, since a product was changed later. */
  public JobResult undone() {
    return new JobResult(Outcome.UNDONE, build, manifest, products, found, moved, wall, traced);
  }

  /** How a run ended. The order is that of the codes in the database: only append. */
  public enum Outcome {
    OK,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    ADOPTED,
    /** The run ended well, and a product was changed later in the same build (rule 16). */
    UNDONE;

    /**
     * Returns whether the products are those of a job that ended well, or were accepted as such.
     */
    public boolean isGood() {
      return this == OK || this == ADOPTED;
    }

    /** Returns whether a run failed, and was not interrupted. */
    public boolean isFailure() {
      return !isGood() && this != INTERRUPTED;
    }

    /**
     * Returns whether a run tells what resources its job takes: it ended well, or exceeded them.
     */
    public boolean isTelling() {
      return this == OK || this == OUT_OF_MEMORY || this == TIMED_OUT;
    }
  }

  /**
   * What people ask about a job's last run: kept beside {@link JobResult}, read only to explain.
   *
   * @param manifest the manifest it ran under, line by line
   * @param reasons why it ran
   * @param what how it failed in one phrase, empty for success
   * @param ran when and how its processes ran
   * @param restorable what a store has to know; null where the result is not to be kept for later
   * @param origin where a restored result comes from; null where the job ran
   * @param read files that it was seen to read and that are none of its needs, sorted
   */
  public record RunDetails(
      List<ManifestEntry> manifest,
      List<ManifestEntry> reasons,
      String what,
      Ran ran,
      Restorable restorable,
      Origin origin,
      List<String> read) {

    /** Returns these details of a job that is not done after all, and whose result is not kept. */
    public RunDetails undone(String why) {
      return new RunDetails(manifest, reasons, why, ran, null, origin, read);
    }
  }

  /**
   * When and how the processes of a run ran.
   *
   * @param build the number of the build in the history
   * @param started milliseconds since 1970; 0 where that is not known
   * @param exit exit status, -1 where there was none
   * @param signal number of the signal that ended it, 0 for none
   * @param cpu nanoseconds of CPU time, -1 unknown
   * @param peak bytes of memory at the highest sample, -1 unknown
   * @param attempts how many attempts the run took
   */
  public record Ran(
      long build, long started, int exit, int signal, long cpu, long peak, int attempts) {

    /** Returns a run of which only its build and the number of its attempts are known. */
    public static Ran unknown(long build, int attempts) {
      return new Ran(build, 0, -1, 0, -1, -1, attempts);
    }
  }

  /**
   * The part of a job's record that serves only to keep the result for later. {@code
   * plan.KnownResults} has the rule of the keys.
   *
   * @param key the key under which the result is known
   * @param first the key of the lists of found needs; null for a job that finds none
   * @param programs the programs of its commands: name, path, size and time of each
   * @param files how many files its products are, those in folders counted one by one
   * @param shown whether the job's output belongs to the result
   * @param depfile the depfile that the run left; null for a job without one
   */
  public record Restorable(
      Digest key,
      Digest first,
      List<String> programs,
      int files,
      boolean shown,
      RecordedProduct depfile) {

    /** Returns its {@link Fields.Form}. The tags 4 and 7 held what now stands with the products. */
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
   * Where the result of a restored job comes from.
   *
   * @param store the shared store that had it; empty for the local one
   * @param build the number of the build that made it
   * @param host the machine that made it; empty for this one
   * @param started when it began to make it: milliseconds since 1970
   * @param job the job that made it, where that had another name than the restored one; else empty
   */
  public record Origin(String store, long build, String host, long started, String job) {

    /** Writes or reads it as a part of a record; see {@link Fields.Form}. */
    public static Origin form(Fields fields, Origin of) {
      String store = fields.text(1, of, Origin::store);
      long build = fields.number(2, of, Origin::build);
      String host = fields.text(3, of, Origin::host);
      long started = fields.number(4, of, Origin::started);
      String job = fields.text(5, of, origin -> origin.job.isEmpty() ? null : origin.job);
      return new Origin(store, build, host, started, job == null ? "" : job);
    }
  }

  /**
   * A value that a job stored: its name, and its text as the job wrote it. The cache does not know
   * what the text means as JSON.
   */
  public record StoredValue(String key, String text) {

    /** Writes or reads it as a part of a record; see {@link Fields.Form}. */
    public static StoredValue form(Fields fields, StoredValue of) {
      return new StoredValue(
          fields.text(1, of, StoredValue::key), fields.text(2, of, StoredValue::text));
    }
  }

  /**
   * One line of a stored manifest or of the reasons of a run. The planner defines the codes and
   * what they mean; the cache only keeps them.
   */
  public record ManifestEntry(int code, String name, String old, String now) {

    /** Writes or reads it as a part of a record; see {@link Fields.Form}. */
    public static ManifestEntry form(Fields fields, ManifestEntry of) {
      return new ManifestEntry(
          fields.small(1, of, ManifestEntry::code),
          fields.text(2, of, ManifestEntry::name),
          fields.text(3, of, ManifestEntry::old),
          fields.text(4, of, ManifestEntry::now));
    }

    /**
     * Writes or reads the lines of a manifest. Those about found needs are shared: jobs that find a
     * file have the same line about it.
     *
     * @param found the found needs, in the order of their lines; used only to write
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
