package dev.torc.bench;

import dev.torc.base.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Plays cases: every tool has the same graph in a folder of its own, and the tools take turns; each
 * round begins with another tool. After every run the contest counts the products that were
 * written, after the last it compares the bytes that the tools made. {@link Cases} says what is
 * played, {@link ResultsPage} what the figures show.
 */
final class Contest {

  /** Longer than the steps of a file's time, so that an edit and a build have different times. */
  private static final int SETTLE = 20; // ms

  /** Calls after which the server's JVM has compiled most of what a call without jobs needs. */
  private static final int WARM_UP = 50;

  private final Meter meter;
  private final SequencedMap<Tool, String> programs;
  private final ServedTorc served;
  private final int width;
  private final Path work;
  private final Consumer<String> progress;

  /**
   * @param programs path or name of each tool that takes part, torc first
   * @param served the server of {@link Tool#SERVED}; null if that does not take part
   * @param width how many jobs a tool runs at a time
   * @param work an absolute folder for all that is built
   */
  Contest(
      Meter meter,
      SequencedMap<Tool, String> programs,
      ServedTorc served,
      int width,
      Path work,
      Consumer<String> progress) {
    this.meter = meter;
    this.programs = programs;
    this.served = served;
    this.width = width;
    this.work = work;
    this.progress = progress;
  }

  /** Plays cases that share one graph, whose folders are removed afterwards. */
  List<Result> play(List<Case> cases) throws IOException, InterruptedException {
    Graph graph = cases.getFirst().graph();
    progress.accept("writing " + graph.name());
    SequencedMap<Tool, Layout> layouts = new LinkedHashMap<>();
    for (Tool tool : programs.keySet().stream().filter(tool -> tool.plays(graph)).toList()) {
      Layout layout = new Layout(graph, tool, work.resolve(graph.name()).resolve(tool.program()));
      layout.remove();
      layout.write();
      layouts.put(tool, layout);
    }
    List<Result> results = new ArrayList<>();
    boolean built = false;
    boolean warm = !layouts.containsKey(Tool.SERVED);
    for (Case each : cases) {
      Result result = new Result(each.name(), each.title(), each.targets());
      results.add(result);
      try {
        if (!built && each.step() != Case.Step.FULL) {
          for (Tool tool : layouts.keySet()) {
            progress.accept("building " + graph.name() + " with " + tool.program());
            run(tool, layouts.get(tool));
          }
        }
        built = true;
        for (int i = 0; !warm && each.step() != Case.Step.FULL && i < WARM_UP; i++) {
          run(Tool.SERVED, layouts.get(Tool.SERVED));
        }
        warm |= each.step() != Case.Step.FULL;
        play(each, layouts, result);
      } catch (IOException e) {
        result.fault(e.getMessage());
      }
    }
    for (Layout layout : layouts.values()) {
      layout.remove();
    }
    return results;
  }

  private void play(Case each, SequencedMap<Tool, Layout> layouts, Result result)
      throws IOException, InterruptedException {
    List<Tool> order = new ArrayList<>(layouts.keySet());
    Map<Tool, Integer> jobs = new HashMap<>();
    int memos = 0;
    // where nothing has to run, round 0 only brings files into memory and does not count
    int first = each.step() == Case.Step.NOTHING ? 0 : 1;
    for (int round = first; round <= each.rounds(); round++) {
      progress.accept("%s, round %d of %d".formatted(each.name(), round, each.rounds()));
      Map<Tool, Usage> usages = new HashMap<>();
      for (Tool tool : order) {
        Layout layout = layouts.get(tool);
        Thread.sleep(SETTLE);
        each.prepare(layout, round);
        Thread.sleep(SETTLE);
        List<FileStatus> before = layout.products();
        String lock = lock(layout);
        usages.put(tool, run(tool, layout));
        memos += tool == Tool.TORC && round > 0 && lock.equals(lock(layout)) ? 1 : 0;
        jobs.put(tool, layout.rewritten(before));
        if (jobs.get(tool) != each.expected(tool)) {
          result.fault(
              "%s ran %d jobs in round %d where %d had to run"
                  .formatted(tool.program(), jobs.get(tool), round, each.expected(tool)));
        }
      }
      if (round > 0) {
        layouts.keySet().forEach(tool -> result.add(tool.program(), usages.get(tool)));
      }
      order.addLast(order.removeFirst());
    }
    if (memos > 0) {
      result.note("a memo answered %d of %d calls of torc".formatted(memos, each.rounds()));
    }
    layouts.keySet().forEach(tool -> result.jobs(tool.program(), jobs.get(tool)));
    compare(layouts, result);
  }

  /** Returns a text that differs after each build of torc that a memo did not answer. */
  private static String lock(Layout layout) throws IOException {
    return FileStatus.of(layout.dir().resolve(".torc/lock").toString(), true).id();
  }

  private Usage run(Tool tool, Layout layout) throws IOException, InterruptedException {
    Path log = layout.dir().resolveSibling(tool.program() + ".log");
    List<String> command = tool.command(programs.get(tool), width);
    Usage usage =
        tool == Tool.SERVED
            ? served.run(meter, layout.dir(), log, command)
            : meter.run(layout.dir(), log, command);
    Files.delete(log);
    return usage;
  }

  private void compare(SequencedMap<Tool, Layout> layouts, Result result) throws IOException {
    Tool first = layouts.firstEntry().getKey();
    String expected = layouts.get(first).digest();
    for (Tool tool : layouts.keySet()) {
      if (!layouts.get(tool).digest().equals(expected)) {
        result.fault("the products of %s and %s differ".formatted(first.program(), tool.program()));
      }
    }
  }
}
