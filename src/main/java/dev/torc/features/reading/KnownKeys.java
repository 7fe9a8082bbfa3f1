package dev.torc.features.reading;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The known keys of a build file; the comment of each constant names the map that has the keys.
 * Readers accept these keys, messages suggest them, and a test checks the schema for editors
 * against them.
 */
public final class KnownKeys {

  private KnownKeys() {}

  /**
   * Returns keys in the order in which messages list them. It is a set because each key of every
   * job is looked up in it.
   */
  public static Set<String> ordered(String... keys) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(keys)));
  }

  /** The top level. */
  public static final List<String> TOP =
      List.of(
          """
          name description vars env shell resources limits roots default defaults jobs data
          hooks container executors fetchers stores stamps report environments factories dependencies include
          """
              .split("\\s+"));

  /** The top level of an included file. */
  public static final List<String> INCLUDED = List.of("vars", "jobs", "include");

  /** An item of {@code include} that is a map. */
  public static final List<String> INCLUDE = List.of("file", "as", "dir", "vars", "needs", "made");

  /** Such an item with a file that a job makes, whose jobs are of this project. */
  public static final List<String> MADE = List.of("file", "made");

  /** A job, besides the keys of features. */
  public static final List<String> JOB =
      List.of(
          """
          command tasks needs produces after tools env dir shell resources retries retry stop depfile trace strict cache
          persist temporary always interactive manual output priority tags description allow_failure skip image
          container executor parameters match table mode repeat key exclude
          """
              .split("\\s+"));

  /** The keys that make a job a group. */
  public static final List<String> GROUP =
      List.of("parameters", "match", "table", "mode", "repeat", "key", "exclude");

  /** A var that is a table. */
  public static final List<String> VAR_TABLE =
      List.of("table", "key", "split", "columns", "comment");

  /** A task. */
  public static final List<String> TASK =
      List.of("command", "cmd", "image", "runtime", "env", "dir");

  /** Resources. The counters in {@code limits} are keys as well. */
  public static final List<String> RESOURCES =
      List.of("cpus", "memory", "gpus", "disk", "nodes", "runtime");

  /** The resources of the machine that {@code limits} can bound, besides counters. */
  public static final List<String> LIMITS = List.of("cpus", "memory", "gpus");

  /** {@code gpus} of {@code limits}. */
  public static final List<String> CARDS = List.of("count", "each");

  /** A {@code retry}. */
  public static final List<String> RETRY = List.of("on", "delay", "grow", "recover");

  /** A {@code stop}. */
  public static final List<String> STOP = List.of("signal", "grace");

  /** {@code retry.grow}. */
  public static final List<String> GROW = List.of("memory", "runtime");

  /** An entry of {@code needs} that is a map. */
  public static final List<String> NEED =
      List.of("job", "data", "failed", "file", "keys", "optional", "order", "product");

  /** An entry of {@code produces} that is a map. */
  public static final List<String> PRODUCT = List.of("file", "optional", "non_empty");

  /** {@code stamps}. */
  public static final List<String> STAMPS = List.of("never", "trust");

  /** {@code report}, if it is a map with a size. */
  public static final List<String> REPORT_MAP = List.of("show", "embed");

  /** An entry of {@code report} that is a map. */
  public static final List<String> REPORT = List.of("file", "title", "caption");
}
