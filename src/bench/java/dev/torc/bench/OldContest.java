package dev.torc.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Measures an old project beside a fresh one of the same jobs. The old one was built many times,
 * each time after the edit of one source, from which three jobs follow; after every tenth build a
 * job got another name. So its history is long, and it has stored thousands of results. No call may
 * cost more because of that.
 */
final class OldContest {

  /** The name of the contestant without a past. */
  static final String FRESH = "torc, fresh project";

  private static final int CHAIN = 3;

  private static final int RENAMED = 10;

  private static final String JOBS =
      """
        %1$sa%2$d: { command: "cp in/%2$d a/%2$d", needs: in/%2$d, produces: a/%2$d }
        b%2$d: { command: "cp a/%2$d b/%2$d", needs: a/%2$d, produces: b/%2$d }
        c%2$d: { command: "cp b/%2$d c/%2$d", needs: b/%2$d, produces: c/%2$d }
      """;

  /** Builds a project, by the warm server if there is one. */
  interface Builder {
    void build(Path project, Path log) throws IOException, InterruptedException;
  }

  private final Meter meter;
  private final String torc;
  private final Builder builder;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * @param work an absolute folder
   */
  OldContest(Meter meter, String torc, Builder builder, Path work, Consumer<String> progress) {
    this.meter = meter;
    this.torc = torc;
    this.builder = builder;
    this.work = work.resolve("old");
    this.progress = progress;
  }

  /** Measures four calls in a project of {@code jobs} jobs that was built {@code builds} times. */
  List<Result> play(int jobs, int builds, int rounds, List<Target> targets)
      throws IOException, InterruptedException {
    SequencedMap<String, List<String>> calls = new LinkedHashMap<>();
    calls.put("no-op", List.of(torc, "build"));
    calls.put("edit", List.of(torc, "build"));
    calls.put("why", List.of(torc, "why", "c1"));
    calls.put("status", List.of(torc, "status"));
    List<Result> results = new ArrayList<>();
    int chains = jobs / CHAIN;
    try {
      Path old = project("old", chains);
      for (int build = 1; build <= builds; build++) {
        if (build % 100 == 0) {
          progress.accept("old, build %d of %d".formatted(build, builds));
        }
        edit(old, build % chains, "build " + build);
        if (build % RENAMED == 0) {
          write(old, chains, build);
        }
        builder.build(old, work.resolve("log"));
      }
      Path fresh = project("fresh", chains);
      write(fresh, chains, builds);
      builder.build(fresh, work.resolve("log"));
      for (String call : calls.keySet()) {
        String title = "a project built %s times, %s".formatted(Cases.grouped(builds), call);
        Result result = new Result("old-" + call.replace("-", ""), title, targets);
        results.add(result);
        for (int round = 0; round <= rounds; round++) { // round 0 reads the files
          for (Path each : round % 2 == 0 ? List.of(old, fresh) : List.of(fresh, old)) {
            if (call.equals("edit")) {
              edit(each, 0, "round " + round);
            }
            Usage usage = meter.run(each, work.resolve("log"), calls.get(call));
            if (round > 0) {
              result.add(each == old ? Tool.TORC.program() : FRESH, usage);
            }
          }
        }
      }
    } catch (IOException e) {
      results.add(new Result("old", "a project after many builds", targets));
      results.getLast().fault(e.getMessage());
    } finally {
      Layout.delete(work);
    }
    return results;
  }

  /** Makes a project, and builds it. */
  private Path project(String name, int chains) throws IOException, InterruptedException {
    Path project = work.resolve(name);
    Layout.delete(project);
    Files.createDirectories(project.resolve("in"));
    for (int chain = 0; chain < chains; chain++) {
      edit(project, chain, "source " + chain);
    }
    write(project, chains, 0);
    builder.build(project, work.resolve("log"));
    return project;
  }

  private static void edit(Path project, int chain, String text) throws IOException {
    Files.writeString(project.resolve("in/" + chain), text + "\n");
  }

  /** Writes the build file as it is after so many builds. */
  private static void write(Path project, int chains, int builds) throws IOException {
    StringBuilder text = new StringBuilder("shell: [sh, -e, -c]\njobs:\n");
    for (int chain = 0; chain < chains; chain++) {
      text.append(JOBS.formatted(chain < builds / RENAMED ? "new-" : "", chain));
    }
    Files.writeString(project.resolve("torc.yaml"), text);
  }
}
