package dev.torc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/** The report as a page in Markdown. It measures nothing, and names no host, user or path. */
final class ResultsPage {

  private static final String NONE = "—";

  private final StringBuilder out = new StringBuilder();

  private ResultsPage() {}

  /**
   * The whole page.
   *
   * @param facts of the machine and the run, by title
   * @param tools the version of each tool, by its name
   * @param absent tools that were not found
   */
  static String text(
      String date,
      SequencedMap<String, String> facts,
      SequencedMap<String, String> tools,
      List<String> absent,
      List<Result> results) {
    ResultsPage page = new ResultsPage();
    page.line("# Benchmark results");
    page.line("");
    page.line(
        "Written by the command on the page [Benchmark](../site/markdown/benchmark.md), which"
            + " also");
    page.line("says how to read it. Measured on " + date + ".");
    page.line("");
    page.line("## The machine");
    page.line("");
    facts.forEach((title, fact) -> page.line("- " + title + ": " + fact));
    tools.forEach((tool, version) -> page.line("- " + tool + ": " + version));
    if (!absent.isEmpty()) {
      page.line("- not installed there, so not measured: " + String.join(", ", absent));
    }
    page.targets(results);
    page.figures(results);
    page.growth(results);
    return page.out.toString();
  }

  private void targets(List<Result> results) {
    line("");
    line("## Targets");
    line("");
    line("| case | target | measured | |");
    line("|---|---|---|---|");
    for (Result result : results) {
      for (Target target : result.targets()) {
        Optional<Double> value =
            result.faults().isEmpty() ? target.measured(result) : Optional.empty();
        String verdict = value.map(v -> v <= target.most() ? "met" : "**missed**").orElse("");
        String shown = value.map(target::shown).orElse("not measured");
        line("| %s | %s | %s | %s |".formatted(result.title(), target.text(), shown, verdict));
      }
    }
  }

  private void figures(List<Result> results) {
    line("");
    line("## Figures");
    line("");
    line(
        "Medians. The last three columns are ratios, pair by pair: the time and the CPU time of"
            + " torc, and\n"
            + "the time of torc with the warm server (*served*), divided by this tool's.");
    line("");
    line(
        "| case | tool | jobs run | runs | time, ms | CPU, ms | own CPU, ms | peak, MiB |"
            + " torc, time | torc, CPU | served, time |");
    line("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    List<String> remarks = new ArrayList<>();
    for (Result result : results) {
      result.notes().forEach(note -> remarks.add("- " + result.title() + ": " + note));
      result.faults().forEach(f -> remarks.add("- **" + result.title() + " failed**: " + f));
      if (result.faults().isEmpty()) {
        result.series().forEach((tool, series) -> row(result, tool, series));
      }
    }
    if (!remarks.isEmpty()) {
      line("");
      remarks.forEach(this::line);
    }
  }

  private void row(Result result, String tool, Series series) {
    String cold = Tool.TORC.program();
    Optional<Series> torc = result.series(cold).filter(_ -> !tool.startsWith(cold));
    Optional<Series> served =
        result.series(Tool.SERVED.program()).filter(_ -> !tool.equals(Tool.SERVED.program()));
    Integer jobs = result.jobs().get(tool);
    line(
        "| %s | %s | %s | %d | %s | %s | %s | %s | %s | %s | %s |"
            .formatted(
                result.title(),
                tool,
                jobs == null ? NONE : Cases.grouped(jobs),
                series.size(),
                number(series.median(Usage::wall) / 1e6),
                number(series.median(Usage::cpu) / 1e6),
                number(series.median(Usage::own) / 1e6),
                number(series.median(Usage::peak) / (1 << 20)),
                torc.map(t -> "%.2f".formatted(t.ratio(series, Usage::wall))).orElse(NONE),
                torc.map(t -> "%.2f".formatted(t.ratio(series, Usage::cpu))).orElse(NONE),
                served.map(s -> "%.2f".formatted(s.ratio(series, Usage::wall))).orElse(NONE)));
  }

  /** How figures grow where there are ten times the jobs. */
  private void growth(List<Result> results) {
    List<String> rows = new ArrayList<>();
    for (String kind : List.of("full-", "noop-")) {
      Map<Integer, Result> bySize = new TreeMap<>();
      for (Result result : results) {
        if (result.name().startsWith(kind) && result.faults().isEmpty()) {
          bySize.put(Integer.parseInt(result.name().substring(kind.length())), result);
        }
      }
      bySize.forEach(
          (size, small) -> {
            Result large = bySize.get(size * 10);
            if (large != null) {
              rows.addAll(growth(small, large, size));
            }
          });
    }
    if (!rows.isEmpty()) {
      line("");
      line("## From size to size");
      line("");
      line("How many times more it takes where there are ten times the jobs: 10 is linear.");
      line("");
      line("| case | tool | to jobs | CPU | peak |");
      line("|---|---|--:|--:|--:|");
      rows.forEach(this::line);
    }
  }

  private static List<String> growth(Result small, Result large, int size) {
    List<String> rows = new ArrayList<>();
    small
        .series()
        .forEach(
            (tool, series) ->
                large
                    .series(tool)
                    .ifPresent(
                        more ->
                            rows.add(
                                "| %s | %s | %s | %.1f | %.1f |"
                                    .formatted(
                                        small.title(),
                                        tool,
                                        Cases.grouped(size * 10),
                                        more.median(Usage::cpu) / series.median(Usage::cpu),
                                        more.median(Usage::peak) / series.median(Usage::peak)))));
    return rows;
  }

  /** A value below 10 with one digit behind the point, else a whole number. */
  private static String number(double value) {
    return value < 10 ? "%.1f".formatted(value) : Cases.grouped((int) Math.round(value));
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
