package dev.torc.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of the benchmark; what they choose is in {@link Cases}. */
@Command(
    name = "bench",
    sortOptions = false,
    description = "Measures torc beside ninja, make and others on the same graphs.")
final class Options {

  @Option(
      names = "--cases",
      split = ",",
      paramLabel = "NAME",
      description = "only these; a name also stands for those that begin with it and a dash")
  List<String> cases = new ArrayList<>();

  @Option(names = "--list", description = "print the names of the cases and end")
  boolean list;

  @Option(names = "--quick", description = "small sizes and few rounds: two minutes at most")
  boolean quick;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "JOBS",
      description = "sizes of the libraries, multiples of 100 (1000,10000,100000)")
  List<Integer> sizes = new ArrayList<>();

  @Option(names = "--rounds", paramLabel = "N", description = "runs of each tool (7)")
  Integer rounds;

  @Option(
      names = "--long-rounds",
      paramLabel = "N",
      description = "runs where thousands of jobs run (3)")
  Integer longRounds;

  @Option(
      names = "--hash-size",
      paramLabel = "MIB",
      description = "size of the one large file (4096)")
  Integer hashSize;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      description = "jobs at a time (the number of cores)")
  int width = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--torc",
      paramLabel = "FILE",
      description = "the torc to measure (target/torc/bin/torc)")
  Path torc = Path.of("target", "torc", "bin", "torc");

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "TOOL",
      description = "leave out a tool that is installed")
  List<String> without = new ArrayList<>();

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "where to build, emptied before and after (target/bench)")
  Path work = Path.of("target", "bench");

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description =
          "where the report goes, besides the screen (the results page if all cases ran at full"
              + " size, else nowhere)")
  Path page;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  boolean help;

  /** Whether the options choose all cases at full size, as the results page shows them. */
  boolean complete() {
    return cases.isEmpty() && !quick && sizes.isEmpty() && hashSize == null;
  }

  /** Whether a case is asked for. */
  boolean wants(String name) {
    return cases.isEmpty()
        || cases.stream().anyMatch(c -> name.equals(c) || name.startsWith(c + "-"));
  }
}
