package dev.torc.cli;

import dev.torc.machine.Shown;
import dev.torc.report.Report.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code torc build}. How amounts are read is the build file's business. */
final class BuildOptions {

  @Parameters(
      paramLabel = "TARGET",
      arity = "0..*",
      description = "job, group, instance, tag or produced file; all jobs without one")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = {"-n", "--dry-run"},
      description = "only say what would run, and why")
  private boolean dryRun;

  @Option(
      names = {"-k", "--keep-going"},
      description = "a failure stops only what depends on it (the default)")
  private boolean keepGoing;

  @Option(names = "--fail-fast", description = "start nothing new after a failure")
  private boolean failFast;

  @Option(names = "--force", description = "run the targets whatever their state")
  private boolean force;

  @Option(
      names = "--profile",
      description = "say where the time went, and write a trace for chrome://tracing")
  private boolean profile;

  @Option(names = "--no-wait", description = "end with status 75 where another build is at work")
  private boolean noWait;

  private final SortedMap<String, String> limits = new TreeMap<>();
  private final List<String> badLimits = new ArrayList<>();
  private Detail detail = Detail.NORMAL;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      description = "the same as --limit cpus=N")
  private void jobs(String n) {
    if (n.matches("[0-9]{1,9}") && Integer.parseInt(n) > 0) {
      limits.put("cpus", n);
    } else {
      badLimits.add("-j " + Shown.name(n) + ": write a number of cpus, at least 1");
    }
  }

  @Option(
      names = "--limit",
      paramLabel = "NAME=AMOUNT",
      description = "use no more at a time: cpus=4, memory=8GiB, gpus=1, or a counter")
  private void limit(String last) {
    int equals = last.indexOf('=');
    if (equals < 1 || equals == last.length() - 1) {
      badLimits.add("--limit " + Shown.name(last) + ": write --limit NAME=AMOUNT");
    } else {
      limits.put(last.substring(0, equals), last.substring(equals + 1));
    }
  }

  @Option(
      names = {"-v", "--verbose"},
      description = "also show commands and what is up to date")
  private void verbose(boolean on) {
    detail = Detail.VERBOSE;
  }

  @Option(
      names = {"-q", "--quiet"},
      description = "show only failures, warnings and the last line")
  private void quiet(boolean on) {
    detail = Detail.QUIET;
  }

  /** Targets as given; none for all jobs. */
  List<String> targets() {
    return List.copyOf(targets);
  }

  boolean dryRun() {
    return dryRun;
  }

  boolean failFast() {
    return failFast;
  }

  boolean force() {
    return force;
  }

  boolean noWait() {
    return noWait;
  }

  /** How much is shown; of {@code -v} and {@code -q} the last one counts. */
  Detail detail() {
    return detail;
  }

  /**
   * Amounts as written, by resource; of {@code -j} and several {@code --limit} of one resource the
   * last one counts. Throws {@link dev.torc.workflow.BadInput}.
   */
  SortedMap<String, String> limits() {
    if (!badLimits.isEmpty()) {
      throw Common.usage(badLimits.getFirst());
    }
    return limits;
  }

  boolean profile() {
    return profile;
  }
}
