package dev.torc.cli;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.Event;
import dev.torc.machine.Makeflags;
import dev.torc.plan.Plan;
import dev.torc.posix.RandomId;
import dev.torc.posix.Signals;
import dev.torc.report.Profile;
import dev.torc.report.Report;
import dev.torc.session.BuildRequest;
import dev.torc.session.BuildSession;
import dev.torc.session.BuildWatcher;
import dev.torc.session.Project;
import java.io.IOException;
import java.util.List;

/**
 * {@code torc build}: what is asked for goes to a {@link BuildSession}, what happens to reports.
 */
final class BuildCommand extends Command {

  private final BuildOptions options = new BuildOptions();

  @Override
  String description() {
    return "run the jobs that are not up to date";
  }

  @Override
  void declare(Options told) {
    options.declare(told);
  }

  @Override
  int run(Console console) throws IOException {
    String makeflags = console.env().getOrDefault("MAKEFLAGS", "");
    BuildRequest request = options.request(Makeflags.dryRun(makeflags));
    long began = System.nanoTime();
    Project project = project(console);
    BuildSession session = BuildSession.of(project, request);
    if (request.dry()) {
      return DryRun.print(console, session.forecast(console::warn), common.json());
    }
    session.check(console::warn);
    Profile profile = options.profile() ? ProfileOption.of(console, project, began) : null;
    try (Report report = report(console, profile)) {
      return session.run(RandomId.next(), new Watcher(report, profile));
    }
  }

  private Report report(Console console, Profile profile) {
    Report report = ReportChoice.open(console, common, options.detail(), () -> -1);
    return profile == null ? report : Report.all(List.of(report, profile));
  }

  /**
   * Hands events to a report, and signals to the build.
   *
   * @param profile null where nobody asked for it
   */
  private final class Watcher implements BuildWatcher {
    private final Report report;
    private final Profile profile;

    Watcher(Report report, Profile profile) {
      this.report = report;
      this.profile = profile;
    }

    @Override
    public void accept(Event event) {
      report.accept(event);
    }

    @Override
    public boolean wantsAll() {
      return common.json() || options.detail() == Report.Detail.VERBOSE;
    }

    @Override
    public void planning() {
      if (profile != null) {
        profile.phase("plan");
      }
    }

    @Override
    public Watch running(Plan plan, BuildLoop build) {
      Signals signals = new Signals(build::signal);
      return signals::close;
    }
  }
}
