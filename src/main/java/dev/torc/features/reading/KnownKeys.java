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

  /** A job. */
  public static final Set<String> JOB =
      ordered(
          """
          command tasks fetch sha256 headers needs produces after tools env environment dir shell resources retries retry
          stop depfile trace strict sandbox cache persist temporary always interactive manual output priority tags
          description allow_failure max_age frozen when probe skip image container executor parameters match table mode
          repeat key exclude
          """
              .split("\\s+"));

  /** The keys that make a job a group. */
  public static final List<String> GROUP =
      List.of("parameters", "match", "table", "mode", "repeat", "key", "exclude");

  /** The keys of a job that say what is downloaded. */
  static final List<String> FETCH = List.of("fetch", "sha256", "headers");

  /** The keys of a job that are for commands, so that a job with {@code fetch} has none of them. */
  public static final List<String> NOT_FETCH =
      List.of(
          """
          command tasks tools env environment dir shell stop depfile trace strict sandbox persist interactive skip image
          container executor
          """
              .split("\\s+"));

  /** {@code defaults}: the keys of a job, except those of a group and of a download. */
  public static final List<String> DEFAULTS =
      JOB.stream().filter(key -> !GROUP.contains(key) && !FETCH.contains(key)).toList();

  /** The values of a parameter: one key, or {@code from}, {@code to} and {@code step} together. */
  public static final List<String> VALUES =
      List.of(
          "from",
          "to",
          "step",
          "lines",
          "comment",
          "glob",
          "products",
          "product",
          "values",
          "var",
          "keys",
          "batch");

  /** A var that is a table. */
  public static final List<String> VAR_TABLE =
      List.of("table", "key", "split", "columns", "comment");

  /** A {@code table} that is a map. */
  public static final List<String> TABLE =
      List.of("file", "var", "columns", "key", "split", "batch", "comment");

  /** A factory. */
  public static final List<String> FACTORY =
      List.of("name", "type", "jobs", "parameters", "number");

  /** A parameter of a factory. */
  public static final List<String> FACTORY_PARAMETER =
      List.of("name", "start", "end", "step", "values");

  /** A {@code container}. */
  public static final List<String> CONTAINER =
      List.of("runtime", "volumes", "args", "pull", "images");

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

  /** A {@code sandbox} that is a map. */
  public static final List<String> SANDBOX = List.of("link");

  /** A {@code retry}. */
  public static final List<String> RETRY = List.of("on", "delay", "grow", "recover");

  /** A {@code stop}. */
  public static final List<String> STOP = List.of("signal", "grace");

  /** {@code retry.grow}. */
  public static final List<String> GROW = List.of("memory", "runtime");

  /** {@code hooks} as a map. */
  public static final List<String> HOOKS = List.of("start", "success", "failure", "finish");

  /** An entry of {@code hooks} as a list. */
  public static final List<String> HOOK = List.of("on", "job", "command", "required");

  /** An entry of {@code executors} of any kind. */
  public static final List<String> EXECUTOR =
      List.of(
          "kind",
          "like",
          "job_name",
          "before",
          "max_jobs",
          "batch",
          "max_runtime",
          "latency",
          "trace");

  /** The additional keys of an entry of {@code executors} of kind {@code slurm}. */
  public static final List<String> EXECUTOR_SLURM =
      List.of("account", "partition", "args", "shards");

  /** The additional keys of an entry of {@code executors} of kind {@code commands}. */
  public static final List<String> EXECUTOR_COMMANDS =
      List.of("submit", "states", "cancel", "id", "separator", "words", "settings");

  /** {@code words} of an executor of kind {@code commands}. */
  public static final List<String> EXECUTOR_WORDS =
      List.of("running", "waiting", "gone", "cancelled");

  /** An entry of {@code needs} that is a map. */
  public static final List<String> NEED =
      List.of("job", "data", "failed", "file", "keys", "optional", "order", "product");

  /** An entry of {@code produces} that is a map. */
  public static final List<String> PRODUCT = List.of("file", "optional", "non_empty");

  /** A condition of {@code when}. */
  public static final List<String> CONDITION = List.of("os", "arch", "var", "env", "exists", "not");

  /** {@code stamps}. */
  public static final List<String> STAMPS = List.of("never", "trust");

  /** {@code report}, if it is a map with a size. */
  public static final List<String> REPORT_MAP = List.of("show", "embed");

  /** An entry of {@code report} that is a map. */
  public static final List<String> REPORT = List.of("file", "title", "caption");
}
