package dev.torc.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures a survey: each field is searched, what is found is folded, and the results are gathered
 * field by field; the search of one field is slow. torc has the survey as groups, Snakemake as a
 * checkpoint. A note tells how many fields each tool had gathered when the slow search had ended.
 */
final class SurveyContest {

  /** The program that torc is compared with. */
  static final String PEER = "snakemake";

  /** The shell command of a field's search, which writes two files; in field 1 it sleeps first. */
  private static final String SEARCH =
      "test %s != 1 || sleep %d; for n in 1 2; do echo %s > %s; done";

  private static final String TORC =
      """
      shell: [sh, -e, -c]
      jobs:
        find: { parameters: { f: { from: 1, to: %1$d } }, command: "%2$s", produces: "found/{f}-*" }
        fold: { match: "found/{f}-{n}", command: "cp {needs} {produces}", produces: "fold/{f}-{n}" }
        part: { parameters: { f: { values: find.f } }, needs: { job: "fold/f={f}" }, command: "cat {needs} > {produces}", produces: "part/{f}" }
        all: { needs: { job: part }, command: "sort {needs} > {produces}", produces: all.txt }
      """;

  private static final String SNAKEMAKE =
      """
      rule all:
          input: "all.txt"

      checkpoint find:
          output: directory("found/{f}")
          shell: "mkdir -p {output}; %2$s"

      rule fold:
          input: "found/{f}/{n}"
          output: "fold/{f}-{n}"
          shell: "cp {input} {output}"

      def folded(wildcards):
          found = checkpoints.find.get(f=wildcards.f).output[0]
          return expand("fold/{f}-{n}", f=wildcards.f, n=glob_wildcards(found + "/{n}").n)

      rule part:
          input: folded
          output: "part/{f}"
          shell: "cat {input} > {output}"

      rule gather:
          input: expand("part/{f}", f=range(1, %1$d + 1))
          output: "all.txt"
          shell: "sort {input} > {output}"
      """;

  private final Meter meter;
  private final SequencedMap<String, List<String>> commands;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * @param commands the command of a build, by the tool's name; torc's first
   * @param work an absolute folder
   */
  SurveyContest(
      Meter meter,
      SequencedMap<String, List<String>> commands,
      Path work,
      Consumer<String> progress) {
    this.meter = meter;
    this.commands = commands;
    this.work = work.resolve("survey");
    this.progress = progress;
  }

  /** Measures {@code fields} fields, of which one takes {@code slow} seconds longer. */
  Result play(int fields, int slow, int rounds, List<Target> targets)
      throws IOException, InterruptedException {
    String title = "a survey of %d fields, of which one takes %d s longer".formatted(fields, slow);
    Result result = new Result("survey", title, targets);
    try {
      for (int round = 1; round <= rounds; round++) {
        for (String side : round % 2 == 0 ? commands.reversed().keySet() : commands.keySet()) {
          progress.accept("survey with %s, round %d of %d".formatted(side, round, rounds));
          build(side, fields, slow, result);
        }
      }
    } catch (IOException e) {
      result.fault(e.getMessage());
    } finally {
      Layout.delete(work);
    }
    return result;
  }

  private void build(String side, int fields, int slow, Result result)
      throws IOException, InterruptedException {
    Layout.delete(work);
    Files.createDirectories(work);
    boolean peer = side.equals(PEER);
    String search =
        peer
            ? SEARCH.formatted("{wildcards.f}", slow, "{wildcards.f}", "{output}/$n")
            : SEARCH.formatted("{f}", slow, "{f}", "found/{f}-$n");
    Files.writeString(
        work.resolve(peer ? "Snakefile" : "torc.yaml"),
        (peer ? SNAKEMAKE : TORC).formatted(fields, search));
    Usage usage = meter.run(work, work.resolve("log"), commands.get(side));
    if (Files.readAllLines(work.resolve("all.txt")).size() != 2 * fields) {
      throw new IOException(side + " gathered other files than those of " + fields + " fields");
    }
    result.add(side, usage);
    Path searched = work.resolve(peer ? "found/1/1" : "found/1-1");
    long gathered = before(Files.getLastModifiedTime(searched).toMillis());
    result.note(
        "%s had gathered %d fields when the slow one was searched".formatted(side, gathered));
  }

  private long before(long time) throws IOException {
    long count = 0;
    try (Stream<Path> parts = Files.list(work.resolve("part"))) {
      for (Path part : parts.toList()) {
        count += Files.getLastModifiedTime(part).toMillis() < time ? 1 : 0;
      }
    }
    return count;
  }
}
