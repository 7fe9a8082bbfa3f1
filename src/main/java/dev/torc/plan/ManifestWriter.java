package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.List;

/**
 * Takes the lines of a manifest in their fixed order; see {@link Manifest}. {@link LineKind} has
 * the kinds of lines, {@link ManifestHash} makes the digest of them.
 */
interface ManifestWriter {

  /** Value of a need that does not exist. */
  String MISSING = "missing";

  /** Value of a need that a job has yet to make. */
  String PENDING = "pending";

  /** Begins the value of a need that cannot be looked at or read; the reason follows. */
  String UNREADABLE = "unreadable: ";

  /** Begins the digest of a value that is too long for a line. */
  String LONG = "sha256 ";

  /** How many characters a value may have to stand in a line itself. */
  int SHORT = 200;

  /**
   * Takes a line of text with names of jobs in it, which are for people only.
   *
   * @param counts the text that is part of the manifest
   */
  void text(LineKind line, String name, String shown, String counts);

  /** Takes a line about contents; its name is for people only, {@code counts} counts. */
  void content(LineKind line, String shown, String counts, Content content);

  default void text(LineKind line, String name, String value) {
    text(line, name, value, value);
  }

  /** Takes a line about contents. */
  default void content(LineKind line, String path, Content content) {
    content(line, path, path, content);
  }

  /** Takes a line for people alone, which is no part of the manifest. */
  default void leftOut(ManifestEntry line) {}

  /**
   * What is known of a need's contents. On the way of a start no {@code switch} goes over its
   * types: see development.md, laws.
   */
  sealed interface Content {
    /** It is there. */
    record Known(Digest digest) implements Content {}

    /**
     * A value, as JSON.
     *
     * @param members for a group the values of its instances by their names without the group's,
     *     each as a line has it; null for a value of one job or of no job
     * @param leftOut the instances whose values it lacks since they failed; null for none
     */
    record Value(String json, List<ManifestEntry> members, LeftOut leftOut) implements Content {}

    /** Returns a value as a line has it. */
    static String shown(String json) {
      return json.length() <= SHORT ? json : LONG + Digest.ofText(json).hex();
    }

    /** It is not there. */
    record Missing() implements Content {}

    /** It cannot be looked at or read: its readers fail (rule 8). */
    record Unreadable(String why) implements Content {}

    /** A job that has yet to run, or a group that has yet to be expanded, decides. */
    record Pending(int job) implements Content {}

    /** Returns the contents as a stored line has them. */
    default String value() {
      return this instanceof Known known
          ? known.digest.hex()
          : this instanceof Value value
              ? shown(value.json)
              : this instanceof Unreadable unreadable
                  ? UNREADABLE + unreadable.why
                  : this instanceof Missing ? MISSING : PENDING;
    }
  }
}
