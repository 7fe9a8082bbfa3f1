package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerJob;
import dev.torc.cluster.Scheduler.SchedulerState;
import dev.torc.cluster.Scheduler.SubmissionRequest;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A script that was handed out, with its array tasks and their jobs, and what the scheduler said of
 * each. What follows from that is for {@link BatchTracker}.
 */
final class RemoteBatch {

  private static final long SECOND = 1_000_000_000;

  /** Seconds between TERM and KILL where a script ends a job. */
  private static final int GRACE = 5;

  /** What a scheduler is asked for beyond the limit that a script keeps: it starts, and ends. */
  private static final long SLACK = 2 * GRACE * SECOND;

  final BatchFolder folder;
  final String name;
  final long time; // when it was handed out; never the same in two
  final List<ArrayTask> tasks = new ArrayList<>();
  private boolean known; // the scheduler's ids
  long nextLook;
  long look = 200_000_000;

  /** One task of the array: jobs that run one after the other. */
  static final class ArrayTask {
    final List<BatchJob> jobs;
    SchedulerJob job;
    SchedulerState state = new SchedulerState.Waiting("", false);
    long over = -1; // since when the scheduler has done with it
    boolean never; // it will not start for the reason that the scheduler gives
    boolean cancelled; // by torc

    ArrayTask(List<BatchJob> jobs, SchedulerJob job) {
      this.jobs = jobs;
      this.job = job;
    }

    boolean isOver() {
      return jobs.stream().allMatch(BatchJob::isOver);
    }

    /**
     * The scheduler says what became of it. That it is gone, or will never start, counts when it
     * was said twice: a listing that was cut looks the same.
     */
    void told(SchedulerState now, long time) {
      boolean gone = now instanceof SchedulerState.Gone;
      boolean sure = !gone || state instanceof SchedulerState.Gone;
      never = isNever(now) && isNever(state);
      state = gone && state instanceof SchedulerState.Gone ? state : now; // the first has a word
      boolean done = now instanceof SchedulerState.Ended || gone && sure;
      over = !done ? -1 : over < 0 ? time : over;
    }

    private static boolean isNever(SchedulerState state) {
      return state instanceof SchedulerState.Waiting waiting && waiting.never();
    }

    /** Whether the scheduler said last that it has it. */
    boolean isOut() {
      return state instanceof SchedulerState.Waiting
          || state instanceof SchedulerState.Unclear
          || state instanceof SchedulerState.Running;
    }

    /** Whether no script left anything of any of its jobs. */
    boolean isUntouched(Map<String, Set<BatchFolder.Word>> words) {
      Set<BatchFolder.Word> torcs = EnumSet.of(BatchFolder.Word.ASIDE); // a script claims first
      return jobs.stream()
          .allMatch(job -> torcs.containsAll(words.getOrDefault(job.claim(), torcs)));
    }

    /** The scheduler has it. */
    void submitted() {
      jobs.forEach(each -> each.submitted(job.id()));
    }
  }

  private RemoteBatch(BatchFolder folder, String name, long time, List<List<BatchJob>> batches) {
    this.folder = folder;
    this.name = name;
    this.time = time;
    batches.forEach(jobs -> tasks.add(new ArrayTask(jobs, new SchedulerJob(null, name, null))));
  }

  /** One that is about to be handed out. */
  static RemoteBatch of(
      Path executor, long time, List<List<BatchJob>> batches, Supplier<String> names) {
    String name = "torc-" + names.get();
    BatchFolder folder = new BatchFolder(executor.resolve(name));
    batches.forEach(jobs -> jobs.forEach(job -> job.in(folder, names.get())));
    return new RemoteBatch(folder, name, time, batches);
  }

  /**
   * The time that a scheduler is asked for, in nanoseconds; 0 for none.
   *
   * @param limit of the longest of some batches
   */
  static long asked(SchedulerSettings settings, long limit) {
    long most = settings.maxRuntime() > 0 ? settings.maxRuntime() : Long.MAX_VALUE;
    return limit == 0 ? 0 : Math.min(limit + SLACK, Math.max(most, limit));
  }

  /** All that a script and a later torc need is on disk before a scheduler is asked to run it. */
  void write(SchedulerSettings settings, long asked, String variable, BatchTracker.Marks marks)
      throws IOException {
    long limit = asked == 0 ? 0 : Math.max(1, (asked - SLACK) / SECOND);
    BatchScript script =
        new BatchScript(folder.path(), settings.before(), true, limit, GRACE, variable);
    try {
      folder.make();
      folder.writeScript(script.of(tasks.stream().map(task -> task.jobs).toList()));
      folder.write(record(settings));
      marks.handOut(jobs().stream().map(BatchJob::key).toList(), settings.name());
    } catch (IOException e) {
      FileTree.remove(folder.path()); // the next try writes another
      throw e;
    }
  }

  /** One that an earlier torc wrote down. */
  static RemoteBatch of(BatchRecord record) {
    RemoteBatch batch =
        new RemoteBatch(
            record.folder(),
            record.name(),
            record.time(),
            record.elements().stream()
                .map(places -> places.stream().map(BatchJob::new).toList())
                .toList());
    List<String> ids = record.folder().ids();
    if (ids.size() == batch.tasks.size()) {
      SubmissionRequest request = batch.request(null);
      List<SchedulerJob> jobs = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        jobs.add(new SchedulerJob(ids.get(i), record.name(), request.log(i)));
      }
      batch.accepted(jobs);
    }
    return batch;
  }

  /** When it was handed out, in milliseconds. */
  long submitted() {
    return time / 1_000_000;
  }

  private BatchRecord record(SchedulerSettings settings) {
    return new BatchRecord(
        folder,
        settings,
        name,
        time,
        tasks.stream().map(task -> task.jobs.stream().map(BatchJob::place).toList()).toList());
  }

  /** Those of all its tasks. */
  List<BatchJob> jobs() {
    return tasks.stream().flatMap(task -> task.jobs.stream()).toList();
  }

  /** What the scheduler is told, or asked about. */
  SubmissionRequest request(SchedulerResources resources) {
    return new SubmissionRequest(folder.script(), name, tasks.size(), resources, folder.log());
  }

  /** The scheduler has it, by these ids. */
  void accepted(List<SchedulerJob> jobs) {
    known = true;
    for (int i = 0; i < tasks.size(); i++) {
      tasks.get(i).job = jobs.get(i);
      tasks.get(i).submitted();
    }
  }

  /**
   * Torc is about to tell the scheduler to end a task; a later torc is to know that it was torc.
   * What cannot be written now is not known then.
   */
  void unwanted(ArrayTask task) {
    task.cancelled = true;
    for (BatchJob job : task.jobs) {
      if (!job.isOver()) {
        try {
          folder.unwanted(job.claim());
        } catch (IOException e) {
          return;
        }
      }
    }
  }

  /** Whether the scheduler's ids are known. */
  boolean isKnown() {
    return known;
  }

  /** How many tasks are not over. */
  int open() {
    return (int) tasks.stream().filter(task -> !task.isOver()).count();
  }

  boolean isOver() {
    return open() == 0;
  }

  /** What is at a place needs no more to be known. */
  void recorded(HandedOutAttempt place) {
    jobs().stream().filter(job -> job.claim().equals(place.claim())).forEach(BatchJob::recorded);
  }

  /** Whether nothing of it is of use any more. */
  boolean isDone() {
    return jobs().stream().allMatch(BatchJob::isRecorded);
  }
}
