package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.List;

/** Receives the lines of a manifest in their fixed order; {@link Manifest} sends them. */
public interface ManifestWriter {

  String MISSING = "missing";

  String PENDING = "pending";

  /** The start of the value of an unreadable need; the error follows. */
  String UNREADABLE = "unreadable: ";

  /** The start of the digest of a value that is too long for a line. */
  String LONG = "sha256 ";

  /** The maximum length, in characters, of a value that is not replaced by its digest. */
  int SHORT = 200;

  /** Writes a text. Records have {@code shown}, with names; the digest covers {@code counts}. */
  void text(LineKind line, String name, String shown, String counts);

  /** Writes contents. Records have the name {@code shown}; the digest covers {@code counts}. */
  void content(LineKind line, String shown, String counts, Content content);

  default void text(LineKind line, String name, String value) {
    text(line, name, value, value);
  }

  default void content(LineKind line, String path, Content content) {
    content(line, path, path, content);
  }

  /** Takes the place of a step's shell if its command is plain words. */
  default void plain(String step) {}

  /** Writes a line that is recorded for reports but is not part of the digest. */
  default void aside(ManifestEntry line) {}

  /**
   * What is known of a need's contents. Code that runs before the first job starts must not {@code
   * switch} over these types: see "laws" in development.md.
   */
  sealed interface Content {
    record Known(Digest digest) implements Content {}

    /**
     * A value, as JSON.
     *
     * @param members the values of a group's instances, by name without the group; null for a value
     *     that is not a group's
     * @param leftOut the failed instances that the value lacks; null for none
     */
    record Value(String json, List<ManifestEntry> members, LeftOut leftOut) implements Content {

      public Value(String json) {
        this(json, null, null);
      }
    }

    /** Returns the value in the form that lines have. */
    static String shown(String json) {
      return json.length() <= SHORT ? json : LONG + Digest.ofText(json).hex();
    }

    record Missing() implements Content {}

    /** The need cannot be read, so its readers fail (rule 8). */
    record Unreadable(String why) implements Content {}

    /** The contents depend on an unsettled job, or on a group that is not expanded yet. */
    record Pending(int job) implements Content {}

    /** Returns the contents in the form that lines have. */
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
