package dev.torc.features.clusters;

import dev.torc.base.text.Refusal;
import dev.torc.core.here.ProcessEnd;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Submits planned batches, as many at a time as there is room for. A script and the marks of its
 * jobs are on disk before the script is submitted. {@link BatchTracker} watches the submitted
 * batches.
 */
final class BatchSubmitter {

  private static final long SECOND = 1_000_000_000;
  private static final long NO_ANSWER = 2 * SECOND;
  private static final long PACE = 3 * SECOND; // between submissions, if there is no room for all
  private static final long MINUTE = 60 * SECOND;
  private static final int TRIES = 3; // of a submission that is refused

  private final SchedulerAccess to;
  private final Supplier<String> names;
  private final SchedulerWatch watch;
  private final BatchPlan plan;
  private final List<RemoteBatch> out;
  private final Consumer<RemoteBatch> written;
  private long at; // no submission before that time
  private int bound = Integer.MAX_VALUE; // tasks of torc that a full queue had
  private int size = Integer.MAX_VALUE; // most tasks of the next submission
  private long probe; // when to try again although the queue was full
  private boolean told; // that the queue is full
  private long submitted; // when the last batch was submitted, nanoseconds since 1970

  /** Creates a submitter; {@code written} gets each batch before it is submitted. */
  BatchSubmitter(
      SchedulerAccess to,
      Supplier<String> names,
      SchedulerWatch watch,
      BatchPlan plan,
      List<RemoteBatch> out,
      Consumer<RemoteBatch> written) {
    this.to = to;
    this.names = names;
    this.watch = watch;
    this.plan = plan;
    this.out = out;
    this.written = written;
  }

  boolean maySubmit(long now) {
    return plan.peek() != null && now >= at && room(now) > 0;
  }

  /** Returns when to submit next if no task ends before; {@code otherwise} if never. */
  long next(long now, long otherwise) {
    long from = Math.max(now, at);
    return maySubmit(from) ? at : maySubmit(Math.max(from, probe)) ? probe : otherwise;
  }

  private int open() {
    return out.stream().mapToInt(RemoteBatch::open).sum();
  }

  private int room(long now) {
    int most = to.settings().bounds().maxJobs();
    return (now < probe ? Math.min(most, bound) : most) - open();
  }

  /** Submits as many batches of the next array as there is room for. The others wait. */
  void submit(long now) throws IOException {
    BatchPlan.Array array = plan.peek();
    int room = room(now);
    int most = Math.min(Math.min(room, to.scheduler().largestArray()), array.batches().size());
    most = Math.min(most, size);
    List<List<BatchAttempt>> batches = array.batches().subList(0, most);
    long asked = RemoteBatch.asked(to.settings(), array.limit(), batches);
    SchedulerResources resources = array.resources().within(asked);
    List<String> lacks = to.scheduler().lacks(resources);
    RemoteBatch batch = lacks.isEmpty() ? write(batches, asked) : null;
    plan.removeFirst(most);
    if (most == room) {
      at = now + PACE;
    }
    if (batch == null) {
      String lack = "%s: its submit asks for %s, which the job does not say";
      ProcessEnd why = BatchAttempt.failed(lack.formatted(to.executor(), lacks.getFirst()));
      batches.forEach(jobs -> jobs.forEach(job -> job.endUnbegun(why)));
      return;
    }
    watch.begin(out.isEmpty(), now);
    written.accept(batch);
    batch.nextLook = now + batch.look;
    makeWay(batch);
    SubmissionRequest request = batch.request(resources, RemoteBatch.comment(to, batch.jobs()));
    Submission answer = to.scheduler().submit(request);
    for (int i = 1; i < TRIES && isToRepeat(answer, most); i++) {
      answer = to.scheduler().submit(request);
    }
    if (answer instanceof Submission.Accepted accepted) {
      watch.accepted(batch, accepted);
      size = (int) Math.min(2L * size, Integer.MAX_VALUE);
    } else if (answer instanceof Submission.Full || isLarge(answer, most)) {
      watch.answered();
      putBack(batch, array, most);
      if (most > 1) {
        size = most / 2;
      } else if (answer instanceof Submission.Full full) {
        await(full, now);
      }
    } else if (answer instanceof Submission.Refused refused) {
      watch.answered();
      for (ArrayTask task : batch.tasks) {
        refuse(task, ": " + refused.said());
      }
    } else if (answer instanceof Submission.NoAnswer none) {
      at = now + NO_ANSWER; // until then, the batch is looked up by its name
      watch.unanswered(none.said(), out.stream().anyMatch(RemoteBatch::isKnown), now);
    }
  }

  private static boolean isLarge(Submission answer, int tasks) {
    return tasks > 1
        && answer instanceof Submission.Refused refused
        && SchedulerWords.isTooLarge(refused.said());
  }

  private static boolean isToRepeat(Submission answer, int tasks) {
    return answer instanceof Submission.Refused refused
        && !SchedulerWords.isFinal(refused.said())
        && !isLarge(answer, tasks);
  }

  /** Plans the jobs of a refused batch again, without counting an attempt. */
  private void putBack(RemoteBatch batch, BatchPlan.Array array, int most) throws IOException {
    List<List<BatchAttempt>> batches = new ArrayList<>();
    for (ArrayTask task : batch.tasks) {
      List<BatchAttempt> jobs = new ArrayList<>();
      for (BatchAttempt job : task.jobs) {
        if (!job.isOver() && to.claim(job)) {
          jobs.add(job.again());
        }
      }
      if (!jobs.isEmpty()) {
        batches.add(jobs);
      }
    }
    BatchPlan.Array back = new BatchPlan.Array(batches, array.resources(), array.limit());
    plan.putBack(back, most < array.batches().size());
  }

  /** Waits until one of torc's tasks ends, or a minute: the queue refused a single task. */
  private void await(Submission.Full full, long now) {
    bound = open();
    probe = now + MINUTE;
    size = 1;
    List<BatchAttempt> jobs = plan.jobs();
    if (!told) {
      told = true;
      String line = "%s: the queue takes no more of your jobs (%s); %d %s";
      String wait = jobs.size() == 1 ? "waits" : "wait";
      to.tell(line, to.executor(), full.limit(), jobs.size(), wait);
    }
  }

  /** Tells the jobs that wait because the queue is full, if it is. */
  void tellWaiting(long now) {
    if (now < probe && room(now) <= 0) {
      plan.jobs().forEach(BatchAttempt::waits);
    }
  }

  private RemoteBatch write(List<List<BatchAttempt>> batches, long asked) throws IOException {
    // All batches have different times, and later ones have later times as far as clocks allow.
    submitted = Math.max(submitted + 1, System.currentTimeMillis() * 1_000_000);
    RemoteBatch batch = RemoteBatch.of(to, submitted, batches, names);
    batch.write(to, asked);
    return batch;
  }

  /** Moves old products aside. If that fails for a job, the job ends; the others continue. */
  private void makeWay(RemoteBatch batch) throws IOException {
    for (BatchAttempt job : batch.jobs()) {
      try {
        job.place().clear();
      } catch (IOException e) {
        to.claim(job);
        job.endUnbegun(BatchAttempt.failed(Refusal.line(e)));
      }
    }
  }

  /** Ends the jobs of a refused task. Each is claimed, so that a late script cannot start it. */
  void refuse(ArrayTask task, String why) throws IOException {
    for (BatchAttempt job : task.jobs) {
      if (!job.isOver() && to.claim(job)) {
        job.endUnbegun(job.isOrphan() ? null : BatchAttempt.failed(to.executor() + why));
      }
    }
  }
}
