package dev.torc.cli;

import dev.torc.ask.DryRunAnswer;
import dev.torc.machine.Makeflags;
import dev.torc.plan.JobSelection.Rerun;
import dev.torc.plan.Plan;
import dev.torc.posix.Signals;
import dev.torc.session.BuildRequest;
import dev.torc.session.BuildSession;
import dev.torc.session.Caller;
import dev.torc.session.Project;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Profile;
import dev.torc.show.Report;
import dev.torc.show.Report.Detail;
import dev.torc.show.StepSummary;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code torc build}: what is asked for goes to a {@link BuildSession}, what happens to reports.
 */
class BuildCommand {
  final Call call;
  private final Console console;
  private JunitOption junit; // null where no file is wanted

  BuildCommand(Call call) {
    this.call = call;
    this.console = call.console;
  }

  int run() throws IOException {
    return run(console.caller(), call.options(), request());
  }

  /** What the options ask for; under a dry run of make that is one too. */
  final BuildRequest request() {
    return request(call, Makeflags.dryRun(console.env().getOrDefault("MAKEFLAGS", "")));
  }

  /** Builds, with all that the options want of it, and returns the exit status. */
  final int run(Caller caller, ProjectOptions of, BuildRequest request) throws IOException {
    String file = call.value("--junit");
    if (file == null || request.dry()) {
      return build(caller, of, request);
    }
    junit = JunitOption.of(console, file);
    return junit.around(() -> build(caller, of, request));
  }

  /**
   * What a build is asked to do; of {@code -j} and several {@code --limit} of one resource the last
   * one counts. Throws {@link dev.torc.syntax.BadInput}.
   *
   * @param dry whether it is a dry run whatever the options say
   */
  static BuildRequest request(Call call, boolean dry) {
    SortedMap<String, String> limits = new TreeMap<>();
    for (Options.Given each : call.given.given("--jobs", "--limit")) {
      String value = each.value();
      int equals = value.indexOf('=');
      if (each.name().equals("--jobs")) {
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) == 0) {
          throw Call.usage("-j " + SafeText.name(value) + ": write a number of cpus, at least 1");
        }
        limits.put("cpus", value);
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
    return new BuildRequest(
        call.targets(),
        Rerun.of(call.targets(), call.has("--force")),
        call.has("--fail-fast"),
        call.has("--submit"),
        call.lock(),
        only || dry,
        call.has("--trace"),
        call.has("--strict"),
        limits);
  }

  /** How much is shown; of {@code -v} and {@code -q} the last one counts. */
  static Detail detail(Call call) {
    List<Options.Given> said = call.given.given("--verbose", "--quiet");
    return said.isEmpty()
        ? Detail.NORMAL
        : said.getLast().name().equals("--quiet") ? Detail.QUIET : Detail.VERBOSE;
  }

  private int build(Caller caller, ProjectOptions of, BuildRequest request) throws IOException {
    long began = console.began().getAsLong();
    long read = System.nanoTime();
    Project project = Project.load(caller, of);
    BuildSession session = BuildSession.of(project, request);
    boolean verbose = detail(call) == Detail.VERBOSE;
    if (request.dry()) {
      Plan plan = session.forecast(console::warn);
      return call.print(new DryRunAnswer(plan, verbose, session.expected()));
    }
    session.check(console::warn);
    Profile profile = profile(project, began, read);
    try (Signals signals = new Signals();
        Report report = report(profile)) {
      boolean all = junit != null || call.json() || verbose;
      return session.run(began, report, profile, all, signals);
    }
  }

  /**
   * The profile of this build, null where {@code TORC_PROFILE} does not ask for one. Its trace goes
   * to the folder of the cache.
   *
   * @param began when torc began, by {@link System#nanoTime}
   * @param read when it began to read the build file
   */
  private Profile profile(Project project, long began, long read) {
    if (console.env().getOrDefault("TORC_PROFILE", "").isEmpty()) {
      return null;
    }
    Path trace = project.folder().resolve("profile.json");
    Profile profile = new Profile(System::nanoTime, began, console.err(), trace);
    profile.phase("read", read);
    profile.phase("open");
    return profile;
  }

  private Report report(Profile profile) {
    Report report = ReportChoice.open(call, detail(call));
    String summary = console.env().getOrDefault("GITHUB_STEP_SUMMARY", "");
    if (profile == null && junit == null && summary.isEmpty()) {
      return report;
    }
    List<Report> all = new ArrayList<>(List.of(report));
    if (junit != null) {
      all.add(junit.report());
    }
    if (!summary.isEmpty()) {
      all.add(new StepSummary(console.cwd().resolve(summary), console.cwd(), console::warn));
    }
    if (profile != null) {
      all.add(profile);
    }
    return Report.all(all);
  }
}
