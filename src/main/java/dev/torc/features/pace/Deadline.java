package dev.torc.features.pace;

import dev.torc.core.attempt.Event;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.StartGate;
import java.util.ArrayList;
import java.util.List;

/**
 * The time that is left, in an allocation or until {@code --deadline}: a job that is expected to
 * take longer is not started, nor are the jobs that wait for it, and the build fails (rule 12).
 * Jobs that run are left alone.
 */
public final class Deadline implements StartGate, BuildListener, BuildEnd {

  private final Pace pace;
  private final BuildState state;
  private final EventSender sender;
  private final List<Integer> left = new ArrayList<>();

  public Deadline(Pace pace, BuildState state, EventSender sender) {
    this.pace = pace;
    this.state = state;
    this.sender = sender;
  }

  @Override
  public boolean mayStart(int job) {
    String lack =
        state.isRestored(job) ? null : pace.lack(state.context(), job, System.currentTimeMillis());
    if (lack == null) {
      return true;
    }
    String name = state.graph().name(job);
    sender.tell(new Event.Note(Event.Level.INFO, name + " not started: " + lack));
    left.add(job);
    leave(job);
    return false;
  }

  /** Leaves the new jobs that wait for a job that was not started. */
  @Override
  public void grow() {
    left.forEach(this::leave);
  }

  private void leave(int job) {
    for (String name : state.leave(job)) {
      sender.leave(name);
    }
  }

  @Override
  public boolean finish(int exit) {
    return !left.isEmpty();
  }
}
