package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.BuildSetup;
import dev.torc.engine.Event;
import dev.torc.posix.Signals;
import dev.torc.show.Profile;
import dev.torc.show.Report;

/** Hands the events of a build to a report, and signals to the build. */
public class ReportedBuild implements BuildWatcher {

  private final Report report;
  private final Profile profile;
  private final boolean all;
  private final Signals signals;
  private BuildProgress progress;

  /**
   * A build that is shown.
   *
   * @param profile null where it was not asked for
   * @param all whether commands as they run and each job that is up to date are told
   * @param signals of the process; closed by the caller
   */
  public ReportedBuild(Report report, Profile profile, boolean all, Signals signals) {
    this.report = report;
    this.profile = profile;
    this.all = all;
    this.signals = signals;
  }

  @Override
  public void accept(Event event) {
    if (progress != null) {
      progress.accept(event);
    }
    report.accept(event);
  }

  @Override
  public boolean wantsAll() {
    return all;
  }

  @Override
  public boolean wantsCommands() {
    return all;
  }

  @Override
  public void planning() {
    if (profile != null) {
      profile.phase("plan");
    }
  }

  @Override
  public Watch running(BuildSetup setup, BuildLoop build) {
    if (report.isLive()) {
      progress = new BuildProgress(setup, build);
      report.follow(progress);
    }
    return signals.during(build::signal)::close;
  }
}
