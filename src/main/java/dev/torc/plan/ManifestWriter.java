package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.ArrayList;
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

  /** The manifest as lines: for the record of a run, and to be compared with an earlier one. */
  final class Listing implements ManifestWriter {

    private final ManifestHash hash;
    private final List<ManifestEntry> lines = new ArrayList<>();

    /**
     * @param hash takes all lines too, as they show more than what counts; null for none
     */
    Listing(ManifestHash hash) {
      this.hash = hash;
    }

    @Override
    public void text(LineKind line, String name, String shown, String counts) {
      lines.add(new ManifestEntry(line.ordinal(), name, "", shown));
      if (hash != null) {
        hash.text(line, name, shown, counts);
      }
    }

    @Override
    public void content(LineKind line, String shown, String counts, Content content) {
      lines.add(new ManifestEntry(line.ordinal(), shown, "", content.value()));
      if (hash != null) {
        hash.content(line, shown, counts, content);
      }
    }

    @Override
    public void leftOut(ManifestEntry line) {
      lines.add(line);
    }

    /** Returns all lines in their order. */
    List<ManifestEntry> lines() {
      return lines;
    }
  }

  /**
   * The kinds of lines in a manifest. The order is that of the codes in the cache and in the
   * digest: only append.
   */
  enum LineKind {
    /** Text of a step's command; the name is the step's number. */
    COMMAND("command"),
    /** The words before a command text; the name is the step's number. */
    SHELL("shell"),
    /** The folder a step runs in; the name is the step's number. */
    FOLDER("folder"),
    /** A declared variable of a step; the name is the variable's. */
    ENV("env"),
    /** The depfile's path. */
    DEPFILE("depfile"),
    /** Order and names of the needs as written, where the command uses them. */
    NEEDS_WRITTEN("needs as written"),
    /** Order and names of the products as written, where the command uses them. */
    PRODUCES_WRITTEN("produces as written"),
    /** A needed file and its digest. */
    NEED("need"),
    /** A file that the depfile named, and its digest. */
    FOUND("need"),
    /** A needed glob, folder or job, and the digest of its list. */
    LIST("needs"),
    /** A declared product; the value is its kind. */
    PRODUCT("product"),
    /** The image that a step runs in; the name is its number. */
    IMAGE("image"),

    /** A needed value, or its digest where it is long. */
    DATA("data"),

    /** A program of {@code tools} that no job makes, and its digest; the name is as written. */
    TOOL("tool"),

    /** Volumes and options of a step's container; the name is the step's number. */
    CONTAINER("container"),

    /** Which jobs a need leaves out, see {@link LeftOut}; it does not count. */
    LEFT_OUT("left out"),

    /** What an executor runs before a job. */
    BEFORE("before"),

    /** The job is traced: what it reads is needed. */
    TRACE("trace"),

    /** The files of a needed list have another order than in its digest; no line if they do not. */
    ORDER("order of needs");

    private static final LineKind[] ALL = values();

    private final String word;

    LineKind(String word) {
      this.word = word;
    }

    /** Returns the name of the setting for people. */
    String word() {
      return word;
    }

    /**
     * Returns whether a setting, as people call it with the number of its step, is of this kind.
     */
    boolean tells(String setting) {
      return setting.startsWith(word)
          && (setting.length() == word.length() || setting.charAt(word.length()) == ' ');
    }

    /**
     * Returns the value of this line in the manifest of a run, null where there is none of that
     * name.
     */
    String value(RunDetails run, String name) {
      for (ManifestEntry line : run == null ? List.<ManifestEntry>of() : run.manifest()) {
        if (line.code() == ordinal() && line.name().equals(name)) {
          return line.now();
        }
      }
      return null;
    }

    /** Returns the line of a stored code, null for one of a future version. */
    static LineKind of(int code) {
      return code >= 0 && code < ALL.length ? ALL[code] : null;
    }
  }
}
