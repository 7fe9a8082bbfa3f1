package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.List;

/** Receives the lines of a manifest in their fixed order; {@link Manifest} sends them. */
interface ManifestWriter {

  String MISSING = "missing";

  String PENDING = "pending";

  /** Begins the value of an unreadable need; the reason follows. */
  String UNREADABLE = "unreadable: ";

  /** Begins the digest of a value that is too long for a line. */
  String LONG = "sha256 ";

  /** The longest value that a line contains itself, in characters. */
  int SHORT = 200;

  /** Writes a text; {@code shown} has names of jobs for people, and {@code counts} has none. */
  void text(LineKind line, String name, String shown, String counts);

  /**
   * Writes contents; {@code shown} is the name for people, and {@code counts} the one that counts.
   */
  void content(LineKind line, String shown, String counts, Content content);

  default void text(LineKind line, String name, String value) {
    text(line, name, value, value);
  }

  default void content(LineKind line, String path, Content content) {
    content(line, path, path, content);
  }

  /** Writes a line for people, which is no part of the manifest. */
  default void leftOut(ManifestEntry line) {}

  /**
   * What is known of a need's contents. Code that runs before the first job must not {@code switch}
   * over these types: see development.md, laws.
   */
  sealed interface Content {
    record Known(Digest digest) implements Content {}

    /**
     * A value, as JSON.
     *
     * @param members the values of a group's instances by their names without the group's; null for
     *     other values
     * @param leftOut the failed instances that it lacks; null for none
     */
    record Value(String json, List<ManifestEntry> members, LeftOut leftOut) implements Content {}

    /** Returns the value as a line has it. */
    static String shown(String json) {
      return json.length() <= SHORT ? json : LONG + Digest.ofText(json).hex();
    }

    record Missing() implements Content {}

    /** It cannot be looked at or read, so its readers fail (rule 8). */
    record Unreadable(String why) implements Content {}

    /** Depends on a job that has yet to run, or on a group that has yet to be expanded. */
    record Pending(int job) implements Content {}

    /** Returns the contents as a line has them. */
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
