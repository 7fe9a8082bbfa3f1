package dev.torc.cli;

import dev.torc.ask.DryRunAnswer;
import dev.torc.machine.Makeflags;
import dev.torc.plan.Plan;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.session.BuildRequest;
import dev.torc.session.BuildSession;
import dev.torc.session.Caller;
import dev.torc.session.Project;
import dev.torc.session.ProjectOptions;
import dev.torc.session.ReportedBuild;
import dev.torc.show.Profile;
import dev.torc.show.Report;
import dev.torc.show.StepSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc build}: what is asked for goes to a {@link BuildSession}, what happens to reports.
 */
class BuildCommand extends Command {

  final BuildOptions options = new BuildOptions();
  private JunitOption junit; // null where no file is wanted

  @Override
  void declare(Options told) {
    options.declare(told);
  }

  @Override
  int run(Console console) throws IOException {
    if (options.junit() == null || request(console).dry()) {
      return work(console);
    }
    junit = JunitOption.of(console, options.junit());
    return junit.around(() -> work(console));
  }

  /** Does it, whoever follows. */
  private int work(Console console) throws IOException {
    return build(console, caller(console), asked(console), request(console));
  }

  /** Who asks for it. */
  Caller caller(Console console) throws IOException {
    return console.caller();
  }

  /** The project that it is about. */
  ProjectOptions asked(Console console) throws IOException {
    return common.project(console);
  }

  /** What the options ask for; under a dry run of make that is one too. */
  final BuildRequest request(Console console) {
    String makeflags = console.env().getOrDefault("MAKEFLAGS", "");
    return options.request(console, Makeflags.dryRun(makeflags));
  }

  /** Builds, and returns the exit status. */
  private int build(Console console, Caller caller, ProjectOptions of, BuildRequest request)
      throws IOException {
    long began = console.began().getAsLong();
    long read = System.nanoTime();
    Project project = Project.load(caller, of);
    BuildSession session = BuildSession.of(project, request);
    if (request.dry()) {
      Plan plan = session.forecast(console::warn);
      boolean each = options.detail() == Report.Detail.VERBOSE;
      return print(console, new DryRunAnswer(plan, each, session.expected()));
    }
    session.check(console::warn);
    Profile profile = profile(console, project, began, read);
    try (Signals signals = new Signals();
        Report report = report(console, profile)) {
      boolean all = junit != null || common.json() || options.detail() == Report.Detail.VERBOSE;
      return session.run(RandomId.next(), began, new ReportedBuild(report, profile, all, signals));
    }
  }

  /**
   * The profile of this build, null where {@code TORC_PROFILE} does not ask for one. Its trace goes
   * to the folder of the cache.
   *
   * @param began when torc began, by {@link System#nanoTime}
   * @param read when it began to read the build file
   */
  private static Profile profile(Console console, Project project, long began, long read) {
    if (console.env().getOrDefault("TORC_PROFILE", "").isEmpty()) {
      return null;
    }
    Path trace = project.folder().resolve("profile.json");
    Profile profile = new Profile(System::nanoTime, began, console.err(), trace);
    profile.phase("read", read);
    profile.phase("open");
    return profile;
  }

  private Report report(Console console, Profile profile) {
    Report report = ReportChoice.open(console, common, options.detail());
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
