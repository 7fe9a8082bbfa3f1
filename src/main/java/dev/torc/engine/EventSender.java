package dev.torc.engine;

import dev.torc.exec.ProcessEnd;
import dev.torc.plan.Reason;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import java.util.List;
import java.util.function.Consumer;

/** Puts what happens in the loop into events. It does not know who listens. */
final class EventSender {

  /** How many needs of a job that moved have a warning of their own. */
  private static final int NAMED = 10;

  private final LaunchBuilder launches;
  private final Consumer<Event> listener;

  EventSender(LaunchBuilder launches, Consumer<Event> listener) {
    this.launches = launches;
    this.listener = listener;
  }

  void tell(Event event) {
    listener.accept(event);
  }

  void started(Job job, List<Reason> reasons, int attempt) {
    tell(new Event.JobStarted(job.name(), reasons, attempt, job.command()));
  }

  /** A job or group ended without having run here; {@code what} names who blocks it, if any. */
  void ended(String job, JobState state, String what) {
    tell(new Event.JobEnded(job, state, new Event.Details(what, "", null, 0, -1, -1)));
  }

  /** A group could not be expanded. */
  void failed(Group group) {
    String more =
        group.problems().size() == 1 ? "" : "; and " + (group.problems().size() - 1) + " more";
    String what = group.problems().getFirst() + more;
    tell(
        new Event.JobEnded(
            group.name(), JobState.FAILED, new Event.Details(what, "", null, 0, -1, -1)));
  }

  void ended(Job job, JobState state, AttemptOutcome outcome) {
    tell(new Event.JobEnded(job.name(), state, details(job, outcome)));
  }

  void retried(Job job, int attempt, AttemptOutcome outcome) {
    tell(new Event.JobRetried(job.name(), attempt, details(job, outcome), job.retry().delay()));
  }

  /** Needs of a job moved while it ran (rule 6); of many, the first few are named. */
  void moved(Job job, List<String> paths) {
    String again =
        " of job " + job.name() + " moved while it ran; it will run again in the next build";
    paths.stream().limit(NAMED).forEach(path -> warn("need " + path + again));
    if (paths.size() > NAMED) {
      warn("…and " + (paths.size() - NAMED) + " more needs" + again);
    }
  }

  void warn(String text) {
    tell(new Event.Note(Event.Level.WARNING, text));
  }

  private Event.Details details(Job job, AttemptOutcome outcome) {
    ProcessEnd ended = outcome.ended();
    boolean ran = ended.how() != ProcessEnd.How.NOT_STARTED;
    return new Event.Details(
        outcome.what(),
        outcome.command().isEmpty() ? job.command() : outcome.command(),
        ran ? launches.log(job.name()) : null,
        ended.wall(),
        ended.cpu(),
        ended.peak());
  }
}
