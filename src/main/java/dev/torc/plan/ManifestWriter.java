package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/** Takes the lines of a manifest in their fixed order; see {@link Manifest}. */
interface ManifestWriter {

  /** Value of a need that does not exist. */
  String MISSING = "missing";

  /** Value of a need that a job has yet to make. */
  String PENDING = "pending";

  /** Begins the value of a need that cannot be looked at or read; why not follows. */
  String UNREADABLE = "unreadable: ";

  /** Begins the digest of a value that is too long for a line. */
  String LONG = "sha256 ";

  /** Characters of a value that a line holds itself. */
  int SHORT = 200;

  /**
   * A line of text with names of jobs in it, which are for people only.
   *
   * @param counts what is part of the manifest
   */
  void text(LineKind line, String name, String shown, String counts);

  /** A line about contents whose name is for people only, likewise. */
  void content(LineKind line, String shown, String counts, Content content);

  /** A line of text. */
  default void text(LineKind line, String name, String value) {
    text(line, name, value, value);
  }

  /** A line about contents. */
  default void content(LineKind line, String path, Content content) {
    content(line, path, path, content);
  }

  /** A line about what jobs made. */
  default void made(String shown, Content content) {
    content(LineKind.LIST, shown, "job", content);
  }

  /** A line for people alone, which is no part of the manifest. */
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
     * @param members of a group the values of its instances by their names without the group's,
     *     each as a line has it; null for a value of one job or of none
     * @param leftOut the instances whose values it lacks since they failed; null for none
     */
    record Value(String json, List<ManifestEntry> members, LeftOut leftOut) implements Content {}

    /** A value as a line has it. */
    static String shown(String json) {
      return json.length() <= SHORT ? json : LONG + Digest.ofText(json).hex();
    }

    /** It is not there. */
    record Missing() implements Content {}

    /** It cannot be looked at or read: its readers fail (rule 8). */
    record Unreadable(String why) implements Content {}

    /** A job that has yet to run, or a group that has yet to be expanded, decides. */
    record Pending(int job) implements Content {}

    /** The value as a stored line has it. */
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

  /** The manifest as lines: for the record of a run, and to be compared with an earlier one. */
  final class Lines implements ManifestWriter {

    private final List<ManifestEntry> lines = new ArrayList<>();

    @Override
    public void text(LineKind line, String name, String shown, String counts) {
      lines.add(new ManifestEntry(line.ordinal(), name, "", shown));
    }

    @Override
    public void content(LineKind line, String shown, String counts, Content content) {
      text(line, shown, content.value());
    }

    @Override
    public void leftOut(ManifestEntry line) {
      lines.add(line);
    }

    /** All lines in their order. */
    List<ManifestEntry> lines() {
      return lines;
    }
  }
}
