package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.features.remarks.Remark.Due;
import dev.torc.features.remarks.RemarkedJob.JobRun;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks {@link Remarks} in a build while its first jobs run, so that no job waits for it: about all
 * jobs that will run, about others once they have started, after a failure, and about what a run
 * left. Remarks of the last kind are the last words of a build, since jobs end in any order.
 */
public final class BuildRemarks implements BuildListener, BuildEnd {

  /** Exit statuses above are those of signals, after which nothing is read. */
  private static final int INTERRUPTED = 128;

  private final BuildState state;
  private final Plan plan;
  private final Consumer<Event> events;
  private final Remarks remarks = Remarks.ofBuild(false);
  private final Remarks ran = Remarks.ofBuild(true);
  private final List<Event.JobStarted> started = new ArrayList<>(); // since the last question
  private final Map<String, Long> began = new HashMap<>(); // the jobs that run
  private BitSet asked; // null before the first question

  public BuildRemarks(BuildSetup setup, BuildState state) {
    this.plan = setup.plan();
    this.state = state;
    this.events = setup.listener();
  }

  /** Tells the remarks about the planned jobs, and about jobs that started since. */
  @Override
  public void whileJobsRun() {
    if (asked == null) {
      asked = new BitSet();
      for (int id : plan.context().graph().inOrder(plan.selected())) {
        if (plan.verdict(id) instanceof Verdict.WillRun will
            && Reason.out(will.reasons()) == null) {
          asked.set(id);
          JobRun run = new JobRun(will.reasons(), false, null, null, null);
          remarks.before(plan.context(), id, run);
        }
      }
    }
    tell(remarks.lines().takeNewLines());
    for (Event.JobStarted job : started) {
      askStarted(job);
      tell(remarks.lines().takeNewLines()); // not with the next one's: how many started is chance
    }
    started.clear();
  }

  private void askStarted(Event.JobStarted job) {
    int id = state.graph().jobId(job.job());
    if (id >= 0 && (state.graph() != plan.context().graph() || !asked.get(id))) {
      boolean late = id >= plan.context().graph().nodes();
      JobRun run = new JobRun(job.reasons(), late, null, null, null);
      if (asked.get(id)) {
        remarks.ask(state.context(), id, EnumSet.of(Due.START), run);
      } else {
        remarks.before(state.context(), id, run);
      }
      asked.set(id);
    }
  }

  private void tell(List<Diagnostic> lines) {
    lines.forEach(line -> events.accept(new Event.Note(Event.Level.WARNING, line)));
  }

  @Override
  public void follow(Event event) {
    if (event instanceof Event.JobStarted job) {
      began.put(job.job(), System.currentTimeMillis());
      if (job.attempt() == 1) {
        started.add(job);
      }
    } else if (event instanceof Event.JobEnded job) {
      Long start = began.remove(job.job());
      int id = state.graph().jobId(job.job());
      if (job.state() == JobState.FAILED && id >= 0) {
        JobRun run = new JobRun(List.of(), false, start, null, job);
        remarks.ask(state.context(), id, EnumSet.of(Due.FAILED), run);
        tell(remarks.lines().takeNewLines());
      }
    }
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    if (outcome.ok() && outcome.restored() == null) {
      JobRun run = new JobRun(attempt.attempts.reasons(), false, null, outcome, null);
      ran.ask(state.context(), attempt.id, EnumSet.of(Due.RAN), run);
    }
  }

  @Override
  public boolean finishAgain(int exit) {
    if (exit <= INTERRUPTED) {
      whileJobsRun(); // if no job ran
    }
    tell(ran.lines().takeNewLines());
    return false;
  }
}
