package dev.torc.features.clusters;

import dev.torc.base.text.Refusal;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks a scheduler for the states of batches: many at a time, and less and less often while nothing
 * new is handed out. It records the answers in the batches; {@link BatchTracker} decides what to do
 * next.
 */
final class SchedulerWatch {

  private static final long SECOND = 1_000_000_000;
  private static final long FIRST = 2 * SECOND;
  private static final long LAST = 30 * SECOND;
  private static final long TELL = 60 * SECOND;
  private static final long REACH = 10 * SECOND;

  private final SchedulerAccess to;
  private long pause = FIRST;
  private long next;
  private long asked = Long.MIN_VALUE / 2;
  private boolean unclear;
  private long told = Long.MIN_VALUE / 2;
  private boolean answers; // it has answered at least once
  private String lack = ""; // what the last try without an answer said
  private boolean isSilent; // a try got no answer
  private long silent; // when the first of them was

  SchedulerWatch(SchedulerAccess to) {
    this.to = to;
  }

  /** Notes that a batch is handed out; {@code first} says whether no other batch is out. */
  void begin(boolean first, long now) {
    pause = FIRST;
    next = first ? now + pause : Math.min(next, now + pause);
  }

  /** Asks again soon, but not within a second: an immediate second answer proves nothing new. */
  void soon(long now) {
    next = Math.max(now, asked + SECOND);
  }

  long next() {
    return next;
  }

  /** Asks about all open tasks. Returns batches without an id that cannot be looked up by name. */
  List<RemoteBatch> ask(List<RemoteBatch> batches, long now) throws IOException {
    List<RemoteBatch> unknown = new ArrayList<>();
    Map<SchedulerJob, ArrayTask> open = new LinkedHashMap<>();
    String silence = null;
    boolean answered = false;
    for (RemoteBatch batch : batches) {
      if (!batch.isKnown()) {
        Submission there = find(batch, now);
        if (there instanceof Submission.NoAnswer none) {
          silence = none.said();
        } else if (there != null) {
          answered = true;
        } else {
          unknown.add(batch);
        }
      }
      for (ArrayTask task : batch.tasks) {
        if (!task.isOver() && batch.isKnown()) {
          open.put(task.job, task);
        }
      }
    }
    for (Map.Entry<SchedulerJob, SchedulerState> state :
        to.scheduler().states(List.copyOf(open.keySet())).entrySet()) {
      ArrayTask task = open.get(state.getKey());
      SchedulerState said = state.getValue();
      if (said.is(Phase.NO_ANSWER)) {
        silence = said.said();
      } else {
        answered = true;
        if (said.is(Phase.UNCLEAR) && task.state.is(Phase.UNCLEAR)) { // else the listing may be cut
          unclear(said.said());
        }
        task.noteState(said, now);
        if (task.state.isOut()) { // a task that an earlier torc handed out, known only now
          task.submitted();
        }
      }
    }
    for (RemoteBatch batch : batches) {
      batch.writeWaits();
    }
    tellHeld(open.values(), now);
    asked = now;
    pause = Math.min(pause * 3 / 2, LAST);
    next = now + pause;
    if (answered) {
      answered();
    } else if (silence != null) {
      unanswered(silence, batches.stream().anyMatch(RemoteBatch::isKnown), now);
    }
    return unknown;
  }

  /** Reports, once, each task that has been held for a minute and needs to be released. */
  private void tellHeld(Collection<ArrayTask> asked, long now) {
    List<ArrayTask> late = new ArrayList<>();
    for (ArrayTask task : asked) {
      boolean holds = task.state.is(Phase.WAITING) && SlurmWords.isHeld(task.state.said());
      task.held = !holds ? -1 : task.held < 0 ? now : task.held;
      if (holds && now - task.held >= TELL && !task.isHeldTold) {
        task.isHeldTold = true;
        late.add(task);
      }
    }
    if (!late.isEmpty()) {
      ArrayTask first = late.getFirst();
      int jobs = late.stream().mapToInt(task -> task.jobs.size()).sum();
      to.tell(
          "job %s%s: held at %s (%s); it waits until `scontrol release %s`",
          first.jobs.getFirst().key().job(),
          jobs == 1 ? "" : " and " + (jobs - 1) + " more",
          to.executor() + " " + first.job.id(),
          first.state.said(),
          first.job.id());
    }
  }

  /** Reports, once, that the settings of the executor lack a word. */
  private void unclear(String said) {
    if (!unclear) {
      unclear = true;
      to.tell("%s: no word of 'words' is in '%s': that job counts as waiting", to.executor(), said);
    }
  }

  void answered() {
    answers = true;
  }

  /**
   * Notes that the scheduler does not answer, and reports it at most once a minute, if torc keeps
   * asking: {@code known} says whether the scheduler has jobs of this root.
   */
  void unanswered(String why, boolean known, long now) {
    silent = isSilent ? silent : now;
    isSilent = true;
    lack = why.substring(why.lastIndexOf("; ") + 1).strip(); // the last message is the general one
    if (answers || known) {
      tell(now, "%s does not answer: %s; torc keeps asking", to.executor(), lack);
    }
  }

  /**
   * Returns why no job can be submitted: the scheduler has not answered for ten seconds. Null after
   * a first answer: then torc keeps asking.
   */
  String outOfReach(long now) {
    return answers || !isSilent || now - silent < REACH
        ? null
        : " does not answer: %s; %s".formatted(lack, to.scheduler().remedy());
  }

  private void tell(long now, String line, Object... with) {
    if (now - told >= TELL) {
      told = now;
      to.tell(line, with);
    }
  }

  /** Reports, at most once a minute, a batch with unknown ids: only its files tell how jobs end. */
  void unfound(RemoteBatch batch, long now) {
    String line =
        "%s gave no id for what runs in %s; torc waits for what that says:"
            + " remove it when nothing of it runs anymore";
    tell(now, line, to.executor(), batch.folder.path());
  }

  /** Looks up, by its name, a submission that got no answer; null if that is not possible. */
  Submission find(RemoteBatch batch, long now) throws IOException {
    Submission there = to.scheduler().find(batch.request());
    if (there instanceof Submission.Accepted accepted) {
      accepted(batch, accepted);
    } else if (there instanceof Submission.Refused) {
      batch.tasks.forEach(task -> task.noteState(SchedulerState.GONE, now));
    }
    return there;
  }

  /** Notes the ids. If they cannot be written to disk, a later torc looks the batch up by name. */
  void accepted(RemoteBatch batch, Submission.Accepted accepted) {
    answered();
    batch.noteIds(accepted.ids());
    try {
      batch.folder.write(accepted.ids());
      if (batch.tasks.size() > 1) { // a task of unknown id is looked up by the name of the array
        Map<SchedulerJob, String> tasks = new LinkedHashMap<>();
        batch.tasks.forEach(task -> tasks.put(task.job, RemoteBatch.comment(to, task.jobs)));
        to.scheduler().rename(tasks);
      }
    } catch (IOException e) {
      to.tell("cannot write the ids of %s: %s", batch.name, Refusal.line(e));
    }
  }
}
