package dev.torc.front.cli;

import dev.torc.base.machine.Makeflags;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Signals;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.features.intents.RawOutput;
import dev.torc.features.pace.Pace;
import dev.torc.front.ask.Call;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildRequest.Manner;
import dev.torc.front.project.Caller;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.AllocatedBuild;
import dev.torc.front.session.BuildSession;
import dev.torc.front.session.Exit;
import dev.torc.front.session.FailedJobs;
import dev.torc.front.session.WatchRounds;
import dev.torc.front.show.Console;
import dev.torc.front.show.JunitReport;
import dev.torc.front.show.Profile;
import dev.torc.front.show.Report;
import dev.torc.front.show.Report.Detail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** {@code torc build}: passes the request to a {@link BuildSession}, and its events to reports. */
final class BuildCommand {

  private static final long SETTLE = 2_000_000_000;

  /** The variable with the time without a line after which a line tells what still runs. */
  private static final String ALIVE = "TORC_ALIVE";

  private final Call call;
  private final Console console;
  private JunitOption junit; // null without --junit

  BuildCommand(Call call) {
    this.call = call;
    this.console = call.console();
  }

  int run() throws IOException {
    return run(call.caller(), call.options(), request());
  }

  /** Returns the request of the options; always a dry run if the calling make does a dry run. */
  private BuildRequest request() {
    return request(Makeflags.isDryRun(console.env().getOrDefault("MAKEFLAGS", "")));
  }

  /** Builds, also writes the JUnit file if it is wanted, and returns the exit status. */
  private int run(Caller caller, ProjectOptions of, BuildRequest request) throws IOException {
    String file = call.value("--junit");
    if (file == null || request.dry()) {
      return build(caller, of, request);
    }
    junit = JunitOption.of(console, file);
    return junit.buildAndWrite(() -> build(caller, of, request));
  }

  /**
   * Returns the request of the options; with {@code dry}, always a dry run. If {@code -j} or {@code
   * --limit} is given several times for one resource, the last one counts.
   */
  BuildRequest request(boolean dry) {
    SortedMap<String, String> limits = new TreeMap<>();
    for (Call.Given each : call.given("--jobs", "--limit")) {
      String value = each.value();
      int equals = value.indexOf('=');
      if (each.name().equals("--jobs")) {
        String write = "write a number of cpus, at least 1";
        limits.put("cpus", "" + Call.number("-j", value, 1, write));
      } else if (equals < 1 || equals == value.length() - 1) {
        throw Call.usage("--limit " + SafeText.name(value) + ": write --limit NAME=AMOUNT");
      } else {
        limits.put(value.substring(0, equals), value.substring(equals + 1));
      }
    }
    String junit = call.value("--junit");
    boolean only = call.has("--dry-run");
    if (junit != null && only) {
      throw Call.usage(
          "--junit " + SafeText.name(junit) + ": a dry run writes nothing; leave out one of them");
    }
    JobChoice choice = choice();
    Rerun rerun = Rerun.of(call.targets(), call.has("--force"));
    int failures = failures();
    String load = call.value("--load-average");
    Pace pace = BuildRequest.pace(load, call.value("--deadline"), console.env());
    boolean submit = call.has("--submit");
    boolean trace = call.has("--trace");
    Manner manner = new Manner(failures, submit, trace, call.has("--strict"), false, pace);
    return new BuildRequest(choice, rerun, manner, call.lock(), only || dry, limits);
  }

  private JobChoice choice() {
    List<String> args = call.values("--");
    if (call.has("--") && call.targets().isEmpty()) {
      throw Call.usage(
          "-- needs a target before it: torc build TARGET -- ARGUMENT; a job -b is the target"
              + " ./-b");
    }
    if (call.has("--only")
        && (call.targets().isEmpty() || call.targets().getFirst().startsWith("!"))) {
      throw Call.usage("--only needs a target: torc build --only JOB");
    }
    return new JobChoice(
        call.targets(),
        call.has("--all"),
        null,
        null,
        call.value("--since"),
        call.has("--downstream"),
        args.subList(Math.min(1, args.size()), args.size()));
  }

  /** Returns after how many failures nothing starts, 0 for any number; the last option counts. */
  private int failures() {
    int most = 0;
    for (Call.Given each : call.given("--keep-going", "--fail-fast")) {
      most =
          each.name().equals("--fail-fast")
              ? 1
              : Call.number("-k", each.value(), 0, "write a number of failures");
    }
    return most;
  }

  /** Returns how much to show; if {@code -v} and {@code -q} are both given, the last one counts. */
  Detail detail() {
    List<Call.Given> said = call.given("--verbose", "--quiet");
    return said.isEmpty()
        ? Detail.NORMAL
        : said.getLast().name().equals("--quiet") ? Detail.QUIET : Detail.VERBOSE;
  }

  /** Returns the report of this build; the caller must close it. */
  private Report openReport() {
    return call.console().report(call.errPalette(), style(), call.json());
  }

  /** Returns whether the output of the job is asked for, not a report of a watch. */
  private boolean isRaw() {
    boolean raw =
        call.command().equals("build") && RawOutput.RAW.equalsIgnoreCase(call.value("--output"));
    if (raw && call.json()) {
      throw Call.usage("--output raw and --json both write to standard output; leave out one");
    }
    return raw;
  }

  private Report.Style style() {
    String alive = call.console().env().get(ALIVE);
    String output = isRaw() ? null : call.value("--output");
    if (output != null && !Report.Style.OUTPUTS.contains(output.toLowerCase(Locale.ROOT))) {
      throw Call.usage(
          "--output %s: write %s"
              .formatted(SafeText.name(output), String.join(", ", Report.Style.OUTPUTS)));
    }
    try {
      return Report.Style.of(detail(), output, alive);
    } catch (IllegalArgumentException bad) {
      throw Call.usage(ALIVE + " " + SafeText.name(alive) + ": " + bad.getMessage());
    }
  }

  /** Runs {@code torc watch}: one build after another; {@link WatchRounds} decides when. */
  int watch() throws IOException {
    boolean all = call.json() || detail() == Detail.VERBOSE;
    BuildRequest request = request(false);
    long settle = settleTime();
    WatchRounds.Since since = call.has("--since") ? call::changed : null;
    try (Signals signals = call.caller().host().process().signals()) {
      Caller caller = call.caller();
      var first = new WatchRounds.FirstRound(request, since);
      return new WatchRounds(
              caller, call.options(), first, () -> openReport(), all, settle, signals)
          .run();
    }
  }

  /** Returns how many nanoseconds a watch waits for a file that is still being written. */
  private long settleTime() {
    String settle = call.value("--settle");
    try {
      return settle == null ? SETTLE : Quantity.duration(settle);
    } catch (IllegalArgumentException bad) {
      throw Call.usage("--settle " + SafeText.name(settle) + ": " + bad.getMessage());
    }
  }

  /**
   * Runs {@code torc slurm}: a build on nodes that Slurm allocates until the build ends. In the
   * allocation, the same command runs again and builds there.
   */
  int slurm() throws IOException {
    Consumer<String> say = detail() == Detail.QUIET ? _ -> {} : console::say;
    BuildRequest request = request();
    Caller caller = call.caller();
    ProjectOptions asked = AllocatedBuild.options(caller, call.options());
    Caller inside = request.dry() ? caller : AllocatedBuild.inside(caller, say);
    if (inside != null) {
      return run(inside, asked, request);
    }
    AllocatedBuild build = AllocatedBuild.of(caller, asked, request, say);
    return build == null
        ? run(caller, asked, request)
        : build.run(
            commandLine(),
            call.callerFolder(),
            out -> console.copy(out, console.out()),
            err -> console.copy(err, console.err()));
  }

  /**
   * Returns the command line for the allocation. A build file that is read from a pipe becomes its
   * standard input.
   */
  private List<String> commandLine() {
    List<String> words = new ArrayList<>(call.words());
    if (call.readsInput()) {
      words.replaceAll(word -> word.matches("/dev/stdin|(/dev|/proc/self)/fd/.*") ? "-" : word);
    }
    words.addFirst("slurm");
    return words;
  }

  private int build(Caller caller, ProjectOptions of, BuildRequest asked) throws IOException {
    long began = console.began().getAsLong();
    long read = System.nanoTime();
    Project project = call.told(Project.load(caller, of));
    BuildRequest request = RawJob.of(project, asked.of(project.graph(), project.paths()), isRaw());
    if (call.has("--failed")) {
      List<String> failed = FailedJobs.names(project, console::say, console::warn);
      request = request.with(request.choice().with(failed));
    }
    if (call.has("--since")) {
      request = request.with(request.choice().since(call.changed(project, console::say)));
    }
    BuildSession session = BuildSession.of(project, request);
    boolean verbose = detail() == Detail.VERBOSE;
    if (request.dry()) {
      return call.printForecast(session, verbose);
    }
    session.check(console::warn);
    Profile profile = profile(project, began, read);
    try (Signals signals = call.caller().host().process().signals();
        Report report = report(profile)) {
      boolean all = junit != null || call.json() || verbose;
      return session.run(began, report, profile, all, signals);
    }
  }

  /**
   * Returns the profile of this build, whose trace goes to the cache's folder; null unless {@code
   * TORC_PROFILE} is set. Both times are by {@link System#nanoTime}.
   */
  private Profile profile(Project project, long began, long read) {
    if (console.env().getOrDefault("TORC_PROFILE", "").isEmpty()) {
      return null;
    }
    Path trace = project.folder().resolve("profile.json");
    Profile profile = new Profile(System::nanoTime, began, console.err(), trace, console.hidden());
    profile.phase("read", read);
    profile.phase("open");
    return profile;
  }

  private Report report(Profile profile) {
    Report report = openReport();
    List<Report> all = new ArrayList<>(List.of(report));
    all.add(junit == null ? null : junit.report());
    all.add(console.stepSummary());
    all.add(profile);
    all.removeIf(Objects::isNull);
    return all.size() == 1 ? report : Report.all(all);
  }

  /**
   * {@code --junit}: also writes the results of a build to a file, however the build ends. {@link
   * JunitReport} defines the content.
   */
  private record JunitOption(Console console, String named, Path file, JunitReport report) {

    /** Checks the file's name and creates the report. */
    static JunitOption of(Console console, String named) {
      Path file = Walk.to(console.cwd(), named);
      boolean none = named.isEmpty() || named.equals("-");
      if (none || Files.isDirectory(file)) {
        String what = none ? ": name a file" : ": is a folder; name a file";
        throw Call.usage("--junit " + SafeText.name(named) + what);
      }
      return new JunitOption(console, named, file, new JunitReport(System.currentTimeMillis()));
    }

    /** Builds and writes the file; if only the writing fails, returns {@link Exit#TROUBLE}. */
    int buildAndWrite(Io.Get<Integer> build) throws IOException {
      int exit;
      try {
        exit = build.get();
      } catch (IOException | RuntimeException | Error e) {
        report.broken(Exit.of(e).lines());
        try {
          isWritten();
        } catch (IOException unsaid) {
          e.addSuppressed(unsaid); // torc's output is closed
        }
        throw e;
      }
      if (exit == Exit.LOCKED) {
        report.broken(List.of("another build is running here"));
      }
      report.ended(exit);
      return isWritten() || exit != Exit.DONE ? exit : Exit.TROUBLE;
    }

    private boolean isWritten() throws IOException {
      try {
        report.write(file, console.hidden());
        return true;
      } catch (IOException e) {
        console.tell(
            "torc: cannot write the JUnit report " + SafeText.name(named) + ": " + Refusal.why(e));
        return false;
      }
    }
  }
}
