package dev.torc.plan;

import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.List;

/**
 * The kinds of lines in a manifest. Their ordinals are the codes in cache and digest: only append.
 */
enum LineKind {
  /** Text of a step's command; the name of this and the other lines of a step is its number. */
  COMMAND("command"),
  /** The words before a command text. */
  SHELL("shell"),
  FOLDER("folder"),
  /** A declared variable of a step; the name is the variable's. */
  ENV("env"),
  DEPFILE("depfile"),
  /** Order and names of the needs as written, if the command uses them. */
  NEEDS_WRITTEN("needs as written"),
  /** Order and names of the products as written, if the command uses them. */
  PRODUCES_WRITTEN("produces as written"),
  NEED("need"),
  /** A file that the depfile named. */
  FOUND("need"),
  /** A needed glob, folder or job, with the digest of its list. */
  LIST("needs"),
  /** A declared product; the value is its kind. */
  PRODUCT("product"),
  IMAGE("image"),

  /** A needed value, or its digest if it is long. */
  DATA("data"),

  /** A program of {@code tools} that no job makes; the name is as written. */
  TOOL("tool"),

  /** Volumes and options of a step's container. */
  CONTAINER("container"),

  /** The jobs that a need leaves out ({@link LeftOut}); this does not count. */
  LEFT_OUT("left out"),

  /** What an executor runs before a job. */
  BEFORE("before"),

  TRACE("trace"),

  /** The order of a needed list, if it is not that of its digest. */
  ORDER("order of needs");

  private static final LineKind[] ALL = values();

  private final String word;

  LineKind(String word) {
    this.word = word;
  }

  /** Returns the setting's name for people. */
  String word() {
    return word;
  }

  /** Returns whether a setting's name for people is of this kind; it may end with a number. */
  boolean tells(String setting) {
    return setting.startsWith(word)
        && (setting.length() == word.length() || setting.charAt(word.length()) == ' ');
  }

  /** Returns the value of the line with a name in a run's manifest; null if there is none. */
  String value(RunDetails run, String name) {
    for (ManifestEntry line : run == null ? List.<ManifestEntry>of() : run.manifest()) {
      if (line.code() == ordinal() && line.name().equals(name)) {
        return line.now();
      }
    }
    return null;
  }

  /** Returns the kind of a stored code; null for one of a later version. */
  static LineKind of(int code) {
    return code >= 0 && code < ALL.length ? ALL[code] : null;
  }
}
