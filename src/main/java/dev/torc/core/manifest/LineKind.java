package dev.torc.core.manifest;

import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.stream.Stream;

/**
 * The kinds of lines in a manifest. The cache and the digests contain their ordinals, so new kinds
 * go at the end.
 */
public enum LineKind {
  /** The text of a step's command. The name of each line of a step is the step's number. */
  COMMAND("command"),
  /** The words of the shell that runs the command. */
  SHELL("shell"),
  FOLDER("folder"),
  /** A declared variable of a step; the line has the variable's name. */
  ENV("env"),
  DEPFILE("depfile"),
  /** The order and names of the needs as written, if the command uses them. */
  NEEDS_WRITTEN("needs as written"),
  /** The order and names of the products as written, if the command uses them. */
  PRODUCES_WRITTEN("produces as written"),
  NEED("need"),
  /** A file that the depfile or the trace named. */
  FOUND("need"),
  /** A needed glob, folder or job, with the digest of its list. */
  LIST("needs"),
  /** A declared product, or an exclude of products; the value is empty. */
  PRODUCT("product"),
  IMAGE("image"),

  /** A needed value, or its digest if it is too long. */
  DATA("data"),

  /** A program of {@code tools} that no job makes, named as written. */
  TOOL("tool"),

  /** Volumes and options of a step's container. */
  CONTAINER("container"),

  /** The jobs that a need leaves out ({@link LeftOut}); not part of the digest. */
  LEFT_OUT("left out"),

  /** The commands that an executor runs before a job. */
  BEFORE("before"),

  TRACE("trace"),

  /** The order of needed files, if it is not that of the digest. */
  ORDER("order of needs"),

  /** The arguments behind {@code --}, if the job gets any. */
  ARGUMENTS("arguments"),

  /** The exit statuses that mean that there is nothing to do. */
  SKIP("skip"),

  /** A needed value of a file, by {@link dev.torc.core.model.KeyedPaths#name}. */
  KEY("key"),

  /** A file of which only values are needed, with its digest; not part of the digest. */
  KEYED("need"),

  /**
   * What a feature says of the job that counts; the line has the feature's key. An earlier torc had
   * one such key, and its lines no name.
   */
  EXTRA(""),

  /** What the job runs in, or the digest of a file that locks it. */
  SURROUNDINGS("environment");

  /**
   * Begins, behind the name of the surroundings, the name of the line of something that it loads.
   */
  public static final String MODULE = "module ";

  private static final LineKind[] ALL = values();

  private final String word;

  LineKind(String word) {
    this.word = word;
  }

  /** Returns the setting's name in messages. */
  public String word() {
    return word;
  }

  /** Returns whether a name in messages is that of this setting; a step's number may follow. */
  boolean tells(String setting) {
    return setting.startsWith(word)
        && (setting.length() == word.length() || setting.charAt(word.length()) == ' ');
  }

  public ManifestEntry line(String name, String value) {
    return new ManifestEntry(ordinal(), name, "", value);
  }

  public boolean is(ManifestEntry line) {
    return line.code() == ordinal();
  }

  /** Returns the lines of this kind in a run's manifest; none without a run. */
  public Stream<ManifestEntry> of(RunDetails run) {
    return run == null ? Stream.empty() : run.manifest().stream().filter(this::is);
  }

  /** Returns the value of a named line of this kind in a run's manifest; null if there is none. */
  public String value(RunDetails run, String name) {
    Stream<ManifestEntry> named = of(run).filter(line -> line.name().equals(name));
    return named.findFirst().map(ManifestEntry::now).orElse(null);
  }

  /** Returns the kind with a stored code; null for a kind that a newer torc added. */
  public static LineKind of(int code) {
    return code >= 0 && code < ALL.length ? ALL[code] : null;
  }
}
