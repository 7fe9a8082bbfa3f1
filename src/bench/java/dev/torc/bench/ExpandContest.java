package dev.torc.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures torc with a group that follows from the products of many jobs, its makers, which run one
 * after the other. With {@code match}, each maker gives the group an instance when it has ended;
 * with {@code glob}, all makers have to end first. The jobs are the same.
 */
final class ExpandContest {

  /** The name of the contestant whose group is expanded once, after all makers. */
  static final String AT_ONCE = "torc, at once";

  private static final String MAKERS =
      """
      shell: [sh, -e, -c]
      jobs:
        find: { parameters: { f: { from: 1, to: %d } }, command: [touch, 'found/{f}-1'], produces: 'found/{f}-*' }
      """;

  private static final String EACH =
      """
        fold: { match: 'found/{f}-{n}', command: [touch, 'fold/{f}-{n}'], produces: 'fold/{f}-{n}' }
      """;

  private static final String ALL =
      """
        fold: { parameters: { p: { glob: 'found/*-*' } }, command: [touch, 'fold/{p:name}'], produces: 'fold/{p:name}' }
      """;

  private final Meter meter;
  private final List<String> torc;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * @param torc the command of a build that runs one job at a time
   * @param work an absolute folder
   */
  ExpandContest(Meter meter, List<String> torc, Path work, Consumer<String> progress) {
    this.meter = meter;
    this.torc = List.copyOf(torc);
    this.work = work.resolve("expand");
    this.progress = progress;
  }

  /** Measures both builds with {@code makers} makers. */
  Result play(int makers, int rounds, List<Target> targets)
      throws IOException, InterruptedException {
    String title = "a group that grows by %s makers, one after the other".formatted(makers);
    Result result = new Result("expand", title, targets);
    try {
      for (int round = 1; round <= rounds; round++) {
        progress.accept("expand, round %d of %d".formatted(round, rounds));
        boolean first = round % 2 == 0;
        Usage one = first ? build(makers, ALL) : null;
        result.add("torc", build(makers, EACH));
        result.add(AT_ONCE, first ? one : build(makers, ALL));
      }
    } catch (IOException e) {
      result.fault(e.getMessage());
    } finally {
      Layout.delete(work);
    }
    return result;
  }

  private Usage build(int makers, String group) throws IOException, InterruptedException {
    Layout.delete(work);
    Files.createDirectories(work);
    Files.writeString(work.resolve("torc.yaml"), MAKERS.formatted(makers) + group);
    Usage usage = meter.run(work, work.resolve("log"), torc);
    try (var made = Files.list(work.resolve("fold"))) {
      if (made.count() != makers) {
        throw new IOException("torc made other products than " + makers);
      }
    }
    return usage;
  }
}
