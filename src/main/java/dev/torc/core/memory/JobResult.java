package dev.torc.core.memory;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The part of a job's last run that the next verdict needs; the rest is in {@link RunDetails}.
 *
 * @param build the random id of its build
 * @param wall duration of the last attempt in nanoseconds
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

  /**
   * Needed files, sorted: undeclared ones, those that changed while the job ran, and the names in
   * its depfile that led nowhere.
   */
  public record RunNeeds(List<String> found, List<String> moved, List<String> lost) {

    public RunNeeds(List<String> found) {
      this(found, List.of(), List.of());
    }

    /** Returns whether torc knows which bytes the job read, so that its result may count again. */
    public boolean areSure() {
      return moved.isEmpty() && lost.isEmpty();
    }
  }

  /** Returns the product at a path; null if the run made none there. */
  public RecordedProduct product(String path) {
    return products.stream().filter(made -> made.path().equals(path)).findFirst().orElse(null);
  }

  public JobResult undone() {
    return new JobResult(Outcome.UNDONE, build, manifest, products, needs, wall, traced);
  }

  /** How a run ended. The database stores the ordinals, so new constants must come last. */
  public enum Outcome {
    OK,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    ADOPTED,
    /** The run succeeded, but a product was changed later in the build (rule 16). */
    UNDONE,
    /** The job ended with a status of {@code skip}: it made nothing, and nothing is wrong. */
    SKIPPED;

    /** Returns whether the products are valid: made by a run that succeeded, or adopted. */
    public boolean isGood() {
      return this == OK || this == ADOPTED;
    }

    public boolean isFailure() {
      return !isGood() && this != INTERRUPTED && this != SKIPPED;
    }

    /** Returns whether the run shows what the job needs: it succeeded or exceeded a limit. */
    public boolean isTelling() {
      return this == OK || this == OUT_OF_MEMORY || this == TIMED_OUT;
    }
  }

  /**
   * The details of a job's last run that only explanations and reports need. They are stored apart
   * from {@link JobResult}.
   *
   * @param what how the run failed, in one phrase; empty if it succeeded
   * @param restorable null if the result is not stored
   * @param origin where a restored result comes from; null if the job ran
   * @param read files that the job read and that are not among its needs, sorted
   */
  public record RunDetails(
      List<ManifestEntry> manifest,
      List<ManifestEntry> reasons,
      String what,
      Ran ran,
      Restorable restorable,
      Origin origin,
      List<String> read) {

    /** The text in {@code what} if torc was killed while the job ran. */
    public static final String KILLED = "torc was killed";

    public RunDetails undone(String why) {
      return new RunDetails(manifest, reasons, why, ran, null, origin, read);
    }
  }

  /**
   * When and how the processes of a run ran. {@code build} is the number of the build in the
   * history, and {@code started} is in milliseconds since 1970 (0 if unknown). {@code exit} is -1
   * and {@code signal} is 0 if there was none. {@code cpu} is CPU time in nanoseconds, and {@code
   * peak} is the highest memory sample in bytes; each is -1 if unknown.
   */
  public record Ran(
      long build, long started, int exit, int signal, long cpu, long peak, int attempts) {}

  /**
   * What a store needs to know about a result. The stores define the keys.
   *
   * @param first the key of the lists of found needs; null if the job finds none
   * @param programs name, path, size and time of each program in its commands
   * @param files the number of files, including those in folders
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
   * The run whose result was restored. {@code started} is in milliseconds since 1970. {@code
   * store}, {@code host} and {@code job} are empty for the local store, this machine, and a job of
   * the same name.
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

  /** One line of a manifest, or one reason for a run. Package {@code decide} defines the codes. */
  public record ManifestEntry(int code, String name, String old, String now) {

    public static ManifestEntry form(Fields fields, ManifestEntry of) {
      return new ManifestEntry(
          fields.small(1, of, ManifestEntry::code),
          fields.text(2, of, ManifestEntry::name),
          fields.text(3, of, ManifestEntry::old),
          fields.text(4, of, ManifestEntry::now));
    }

    /** Compares all fields. A generated equals would slow down each start of the JVM. */
    public boolean isLike(ManifestEntry other) {
      return code == other.code
          && name.equals(other.name)
          && old.equals(other.old)
          && now.equals(other.now);
    }

    /**
     * Passes the lines of a manifest. All jobs that find a file have the same line about it, so the
     * lines about {@code found} needs are shared texts. {@code found} must be in the order of the
     * lines.
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
      int first = text.indexOf('\0');
      int last = text.lastIndexOf('\0');
      int code = Integer.parseInt(text.substring(0, first));
      return new ManifestEntry(code, text.substring(first + 1, last), "", text.substring(last + 1));
    }
  }
}
