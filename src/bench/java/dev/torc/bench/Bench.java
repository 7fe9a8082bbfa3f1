package dev.torc.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import picocli.CommandLine;

/**
 * The benchmark's command: finds the tools, plays the cases that are asked for, prints the report
 * and writes the results page. The report is data and goes to standard output, progress to standard
 * error. The exit status is 0 if every case could be played, 1 if one failed, 2 for wrong usage.
 */
public final class Bench {

  private static final Path PAGE = Path.of("src", "bench", "results.md");

  private final Options options;

  private Bench(Options options) {
    this.options = options;
  }

  /** Runs the benchmark and ends the process. */
  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Options options = new Options();
    CommandLine line = new CommandLine(options).setExpandAtFiles(false);
    int status;
    try {
      line.parseArgs(args);
      if (options.help) {
        line.usage(System.out);
        status = 0;
      } else {
        status = new Bench(options).run();
      }
    } catch (CommandLine.ParameterException | IOException e) {
      System.err.println("bench: " + e.getMessage());
      status = 2;
    }
    System.exit(status);
  }

  private int run() throws IOException, InterruptedException {
    Cases cases = new Cases(options);
    List<List<Case>> chosen = new ArrayList<>();
    for (List<Case> each : cases.all()) {
      chosen.add(each.stream().filter(c -> options.wants(c.name())).toList());
    }
    chosen.removeIf(List::isEmpty);
    boolean hash = options.wants("hash");
    boolean expand = options.wants("expand");
    boolean survey = options.wants("survey");
    boolean old = options.wants("old");
    if (chosen.isEmpty() && !hash && !expand && !survey && !old) {
      throw new IOException("no such case; --list names them");
    }
    if (options.list) {
      chosen.forEach(each -> each.forEach(c -> System.out.println(c.name() + ": " + c.title())));
      if (expand) {
        System.out.println("expand: a group that grows by many makers");
      }
      if (old) {
        System.out.println("old: no-op, edit, why and status after many builds");
      }
      if (survey) {
        System.out.println("survey: a survey of many fields, of which one is slow");
      }
      if (hash) {
        System.out.println("hash: first hash of one large file");
      }
      return 0;
    }

    List<String> absent = new ArrayList<>();
    SequencedMap<Tool, String> programs = programs(absent);
    Path work = options.work.toAbsolutePath().normalize();
    Files.createDirectories(work);
    SequencedMap<String, String> facts = Host.facts(work);
    facts.put("jobs at a time", String.valueOf(options.width));
    SequencedMap<String, String> versions = new LinkedHashMap<>();
    for (Tool tool : programs.keySet()) {
      versions.put(tool.program(), Host.version(programs.get(tool), "--version"));
    }

    List<Result> results = new ArrayList<>();
    String server = programs.get(Tool.SERVED);
    try (Meter meter = new Meter();
        ServedTorc served = server == null ? null : new ServedTorc(server, work)) {
      Contest contest = new Contest(meter, programs, served, options.width, work, this::progress);
      boolean gcc = onPath("gcc") != null && onPath("ar") != null;
      for (List<Case> each : chosen) {
        if (each.getFirst().name().startsWith("c-") && !gcc) {
          absent.add("gcc and ar");
        } else {
          contest.play(each).forEach(result -> told(result, results));
        }
      }
      if (expand) {
        List<String> build = Tool.TORC.command(programs.get(Tool.TORC), 1);
        ExpandContest growing = new ExpandContest(meter, build, work, this::progress);
        told(growing.play(cases.makers(), cases.hashRounds(), cases.expandTargets()), results);
      }
      if (old) {
        List<String> build = Tool.TORC.command(programs.get(Tool.TORC), options.width);
        OldContest.Builder by =
            (project, log) -> {
              if (served == null) {
                meter.run(project, log, build);
              } else {
                served.run(meter, project, log, build);
              }
            };
        new OldContest(meter, programs.get(Tool.TORC), by, work, this::progress)
            .play(cases.oldJobs(), cases.oldBuilds(), cases.oldRounds(), cases.oldTargets())
            .forEach(result -> told(result, results));
      }
      if (survey) {
        String torc = programs.get(Tool.TORC);
        SequencedMap<String, List<String>> sides = new LinkedHashMap<>();
        sides.put(Tool.TORC.program(), Tool.TORC.command(torc, options.width));
        if (onPath(SurveyContest.PEER) == null) {
          absent.add(SurveyContest.PEER);
        } else {
          versions.put(SurveyContest.PEER, Host.version(SurveyContest.PEER, "--version"));
          sides.put(
              SurveyContest.PEER,
              List.of(SurveyContest.PEER, "-q", "-j", String.valueOf(options.width)));
        }
        SurveyContest fields = new SurveyContest(meter, sides, work, this::progress);
        told(fields.play(cases.fields(), cases.slow(), 1, cases.surveyTargets()), results);
      }
      if (hash && onPath("openssl") == null) {
        absent.add("openssl");
      } else if (hash) {
        versions.put("openssl", Host.version("openssl", "version"));
        List<String> build = Tool.TORC.command(programs.get(Tool.TORC), options.width);
        HashContest hashing = new HashContest(meter, build, work, this::progress);
        told(hashing.play(cases.hashSize(), cases.hashRounds(), cases.hashTargets()), results);
      }
    }
    facts.put("load after", Host.load());
    return report(
        ResultsPage.text(LocalDate.now().toString(), facts, versions, absent, results), results);
  }

  /** Adds a result and prints its figures at once, since the report comes much later. */
  private void told(Result result, List<Result> results) {
    results.add(result);
    List<String> said = new ArrayList<>(result.faults());
    result
        .series()
        .forEach(
            (tool, series) ->
                said.add(
                    "%s %.0f ms, CPU %.0f ms"
                        .formatted(
                            tool,
                            series.median(Usage::wall) / 1e6,
                            series.median(Usage::cpu) / 1e6)));
    progress(result.name() + ": " + String.join("; ", said));
  }

  private int report(String page, List<Result> results) throws IOException {
    System.out.print(page);
    boolean failed = results.stream().anyMatch(result -> !result.faults().isEmpty());
    Path file = options.page != null ? options.page : options.complete() && !failed ? PAGE : null;
    if (file != null) {
      Files.writeString(file, page);
      progress("wrote " + file);
    }
    return failed ? 1 : 0;
  }

  /** The program of each tool that takes part, torc first; tools not found go to {@code absent}. */
  private SequencedMap<Tool, String> programs(List<String> absent) throws IOException {
    SequencedMap<Tool, String> programs = new LinkedHashMap<>();
    if (!Files.isExecutable(options.torc)) {
      throw new IOException(options.torc + " is no program; `mvn -q package -DskipTests` makes it");
    }
    programs.put(Tool.TORC, options.torc.toAbsolutePath().normalize().toString());
    for (Tool tool : Tool.values()) {
      if (tool != Tool.TORC && !options.without.contains(tool.program())) {
        if (tool == Tool.SERVED) {
          programs.put(tool, programs.get(Tool.TORC));
        } else if (onPath(tool.program()) != null) {
          programs.put(tool, tool.program());
        } else {
          absent.add(tool.program());
        }
      }
    }
    return programs;
  }

  /** The path of a program; null if it is not installed. */
  static Path onPath(String program) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path file = Path.of(folder, program);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return file;
      }
    }
    return null;
  }

  private void progress(String line) {
    System.err.println("bench: " + line);
  }
}
