package dev.torc.plan;

import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.List;

/**
 * The kinds of lines in a manifest. The order is that of the codes in the cache and in the digest:
 * only append.
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

  /** Returns whether a setting, as people call it with the number of its step, is of this kind. */
  boolean tells(String setting) {
    return setting.startsWith(word)
        && (setting.length() == word.length() || setting.charAt(word.length()) == ' ');
  }

  /**
   * Returns the value of this line in the manifest of a run, null where there is none of that name.
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
