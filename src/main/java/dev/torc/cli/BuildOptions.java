package dev.torc.cli;

import dev.torc.session.BuildRequest;
import dev.torc.show.Report.Detail;
import dev.torc.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The options of {@code torc build}. It does not know what the amounts mean. */
final class BuildOptions {

  private final List<String> targets = new ArrayList<>();
  private boolean dryRun;
  private boolean failFast;
  private boolean trace;
  private boolean strict;
  private boolean force;
  private final LockOptions lock = new LockOptions();
  private String junit;
  private boolean submit;
  private final SortedMap<String, String> limits = new TreeMap<>();
  private final List<String> badLimits = new ArrayList<>();
  private Detail detail = Detail.NORMAL;

  /** Tells them to the parser. */
  void declare(Options options) {
    declare(options, true);
  }

  /** Likewise those of them that say something to builds that follow one another. */
  void declareRounds(Options options) {
    declare(options, false);
  }

  private void declare(Options options, boolean once) {
    options.words(
        "TARGET",
        "job, group, instance, tag or produced file; all jobs without one",
        0,
        targets::add);
    if (once) {
      options.flag("-n --dry-run", "only say what would run, and why", () -> dryRun = true);
    }
    options.flag(
        "-k --keep-going", "a failure stops only what depends on it (the default)", () -> {});
    options.flag("--fail-fast", "start nothing new after a failure", () -> failFast = true);
    if (once) {
      options.flag(
          "--submit", "end when all that can be is submitted; torc goes on", () -> submit = true);
    }
    options.flag("--force", "run the targets whatever their state", () -> force = true);
    lock.declare(options, once);
    if (once) {
      options.value(
          "--junit", "FILE", "also write what became of the jobs as JUnit XML", f -> junit = f);
    }
    options.value("-j --jobs", "N", "the same as --limit cpus=N", this::jobs);
    options.value(
        "--limit",
        "NAME=AMOUNT",
        "use no more at a time: cpus=4, memory=8GiB, gpus=1, or a counter",
        this::limit);
    options.flag(
        "--trace", "tell which files jobs read that they do not need (Linux)", () -> trace = true);
    options.flag(
        "--strict", "refuse jobs the files that they do not need (Linux)", () -> strict = true);
    options.flag(
        "-v --verbose",
        "also show what starts, commands, what jobs write and what is up to date",
        () -> detail = Detail.VERBOSE);
    options.flag(
        "-q --quiet",
        "show only failures, warnings and the last line",
        () -> detail = Detail.QUIET);
  }

  private void jobs(String n) {
    if (n.matches("[0-9]{1,9}") && Integer.parseInt(n) > 0) {
      limits.put("cpus", n);
    } else {
      badLimits.add("-j " + SafeText.name(n) + ": write a number of cpus, at least 1");
    }
  }

  private void limit(String last) {
    int equals = last.indexOf('=');
    if (equals < 1 || equals == last.length() - 1) {
      badLimits.add("--limit " + SafeText.name(last) + ": write --limit NAME=AMOUNT");
    } else {
      limits.put(last.substring(0, equals), last.substring(equals + 1));
    }
  }

  /** The file for JUnit XML as it was given, null where none is wanted. */
  String junit() {
    return junit;
  }

  /** How much is shown; of {@code -v} and {@code -q} the last one counts. */
  Detail detail() {
    return detail;
  }

  /**
   * What the build is asked to do; of {@code -j} and several {@code --limit} of one resource the
   * last one counts. Throws {@link dev.torc.syntax.BadInput}.
   *
   * @param dry whether the caller wants a dry run whatever the options say
   */
  BuildRequest request(Console console, boolean dry) {
    if (!badLimits.isEmpty()) {
      throw CommonOptions.usage(badLimits.getFirst());
    }
    if (junit != null && dryRun) {
      throw CommonOptions.usage(
          "--junit " + SafeText.name(junit) + ": a dry run writes nothing; leave out one of them");
    }
    return new BuildRequest(
        List.copyOf(targets),
        force,
        failFast,
        submit,
        lock.terms(console),
        dryRun || dry,
        trace,
        strict,
        limits);
  }
}
