package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.Event;
import dev.torc.plan.Plan;
import dev.torc.posix.Signals;
import dev.torc.report.Profile;
import dev.torc.report.Report;

/**
 * Hands the events of a build to a report, and signals to the build.
 *
 * @param profile null where nobody asked for it
 * @param all whether commands as they run and each job that is up to date are told
 */
public record ReportedBuild(Report report, Profile profile, boolean all) implements BuildWatcher {

  @Override
  public void accept(Event event) {
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
  public Watch running(Plan plan, BuildLoop build) {
    Signals signals = new Signals(build::signal);
    return signals::close;
  }
}
