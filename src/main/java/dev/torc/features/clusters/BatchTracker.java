package dev.torc.features.clusters;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.text.Refusal;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchFolder.Word;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.RemoteAttempt.RemoteListener;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs attempts through a scheduler, from when they are ready until they are over. It puts them
 * into batches, watches the batches, and hands lost attempts out again. It never hands an attempt
 * out again while an earlier submission may still start or run it: it claims the attempt first.
 * {@link BatchSubmitter} submits batches, {@link EarlierBatches} has the attempts that an earlier
 * torc handed out, and {@link TaskEnds} decides what a scheduler's answer means for a job. It
 * decides nothing about results.
 *
 * <p>Any thread may call the public methods: they queue orders for the next {@link #turn}, which
 * does everything that is due. The thread of {@link #start} takes turns in a loop and calls all
 * listeners. Without that thread, the caller of {@code turn} passes the time, and nothing happens
 * between turns.
 */
public final class BatchTracker implements AutoCloseable {

  private static final long SECOND = 1_000_000_000;
  private static final long FIRST_LOOK = SECOND / 5;
  private static final long LAST_LOOK = 2 * SECOND;
  private static final long SHARE = SECOND / 10; // per batch: ten listings a second in total
  private static final long AGAIN = SECOND; // until a failed order is tried again
  private static final long REST = 30 * SECOND;
  private static final long STUBBORN = 15 * SECOND; // a script waits for killed processes for 10 s
  private static final int SPREAD = 32; // array tasks that get a job before two jobs share one

  private final SchedulerAccess to;
  private final SchedulerWatch watch;
  private final TaskEnds ends;
  private final BatchSubmitter submitter;

  private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
  private final List<Order> due = new ArrayList<>(); // from the queue, or failed before
  private final BatchPlan plan; // the jobs that are not handed out yet
  private final List<RemoteBatch> out = new ArrayList<>();
  private final Map<Path, RemoteBatch> folders = new HashMap<>(); // batches whose folder exists
  private final EarlierBatches earlier;
  private long turned; // when the turn began
  private boolean ending;
  private boolean ended; // everything handed out was told to end
  private boolean failing; // an order failed, and that was reported
  private String trouble = ""; // the error that the last turn reported; empty if none
  private Thread thread; // null if there is none
  private boolean closed; // set by an order, so that no turn can miss it

  private interface Order {
    void at(long now) throws IOException;
  }

  /** Creates a tracker without a thread; {@code names} are random words of {@code [\w-]}. */
  BatchTracker(SchedulerAccess to, Supplier<String> names) {
    this.to = to;
    this.plan = new BatchPlan(to.settings());
    this.watch = new SchedulerWatch(to);
    this.earlier = new EarlierBatches(to, watch, this::follow);
    this.ends = new TaskEnds(to, watch, this::plan);
    this.submitter = new BatchSubmitter(to, names, watch, plan, out, this::follow);
  }

  private void follow(RemoteBatch batch) {
    folders.put(batch.folder.path(), batch);
    out.add(batch);
  }

  /** Returns a tracker with a thread, which works until the tracker is closed. */
  public static BatchTracker start(SchedulerAccess to) {
    BatchTracker tracker = new BatchTracker(to, () -> UUID.randomUUID().toString());
    tracker.thread =
        Thread.ofPlatform().daemon().name("torc-" + to.executor()).start(tracker::work);
    return tracker;
  }

  /** Returns the nanoseconds until a file written on one machine is visible on another. */
  public long latency() {
    return to.settings().latency();
  }

  public String executor() {
    return to.executor();
  }

  /** Adds a ready attempt. No scheduler may have an earlier attempt of its job. */
  public void add(RemoteAttempt attempt, RemoteListener listener) {
    order(listener, now -> plan.add(new BatchAttempt(attempt, listener), now));
  }

  /**
   * Looks for an attempt of a job that an earlier torc handed out. If it has the same manifest as
   * the attempt to run now, the listener gets its end. Otherwise it is ended, and once no attempt
   * of the job is out anymore, the listener gets null as the end.
   */
  public void resume(RemoteKey key, RemoteListener listener) {
    order(
        listener,
        now -> {
          earlier.resume(key, listener, now);
          watch.soon(now);
        });
  }

  private void order(RemoteListener asker, Order order) {
    orders.add(
        now -> {
          if (ending) {
            asker.ended(BatchAttempt.NOT_REACHED, List.of());
          } else {
            order.at(now);
          }
        });
  }

  /** Removes the files at some places, since they are recorded or useless. */
  public void forget(List<HandedOutAttempt> places) {
    places.forEach(place -> orders.add(_ -> forget(place)));
  }

  /** Ends all attempts, by INT if {@code interrupted}. Those that have not begun never will. */
  public void end(boolean interrupted) {
    orders.add(_ -> endAll(interrupted));
  }

  /**
   * Stops watching the batches that continue without torc, which a later torc finds, and ends the
   * others. With {@code all}, stops watching those, too, after it has cancelled the ones that were
   * told to end.
   */
  public void passOn(boolean all) {
    orders.add(now -> passOnBatches(all, now));
  }

  /** Stops the thread. Submitted batches stay with the scheduler. */
  @Override
  public void close() {
    orders.add(_ -> closed = true);
    ThreadEnd.await(thread);
  }

  private void work() {
    try {
      for (long next = tryTurn(); !closed; next = tryTurn()) {
        Order order =
            isEmpty() ? orders.take() : orders.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (order != null) {
          due.add(order);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a turn; returns when to take the next. A turn that cannot read or write is repeated. */
  private long tryTurn() {
    try {
      long next = turn(System.nanoTime());
      trouble = "";
      return next;
    } catch (IOException e) {
      if (!e.toString().equals(trouble)) {
        trouble = e.toString();
        to.tell("%s; torc tries again", Refusal.line(e));
      }
      return System.nanoTime() + 2 * SECOND;
    }
  }

  /** Carries out the queued orders. A failed order is tried again later and delays no other. */
  void takeOrders(long now) {
    orders.drainTo(due);
    List<Order> failed = new ArrayList<>();
    for (Order order : due) {
      try {
        order.at(now);
      } catch (IOException e) {
        if (!failing && failed.isEmpty()) { // the others probably fail too
          to.tell("%s; torc tries again", Refusal.line(e));
        }
        failed.add(order);
      }
    }
    due.clear();
    due.addAll(failed);
    failing = !failed.isEmpty();
    endTasks(now);
  }

  /** Tells the scheduler which tasks to end, and cancels tasks that did not end in time. */
  private void endTasks(long now) {
    List<ArrayTask> toEnd = new ArrayList<>();
    List<ArrayTask> late = new ArrayList<>();
    for (RemoteBatch batch : out) {
      for (ArrayTask task : batch.tasks) {
        if (task.isToEnd) {
          task.isToEnd = false;
          task.cancelAt = now + batch.grace + STUBBORN;
          toEnd.add(task);
        } else if (now >= task.cancelAt && !task.isOver()) {
          task.cancelAt = now + STUBBORN;
          late.add(task);
        }
      }
    }
    to.end(toEnd);
    to.cancel(late);
  }

  boolean isEmpty() {
    return orders.isEmpty() && due.isEmpty() && plan.isEmpty() && out.isEmpty();
  }

  /** Does everything that is due at {@code now}, in nanoseconds; returns when to do so again. */
  long turn(long now) throws IOException {
    turned = now;
    takeOrders(now);
    if (closed) {
      return now;
    }
    int most = Math.min(SPREAD, to.settings().bounds().maxJobs());
    plan.plan(to.scheduler().largestArray() == 1 ? 1 : most, now);
    String lack = out.stream().anyMatch(RemoteBatch::isKnown) ? null : watch.outOfReach(now);
    if (lack != null) {
      giveUp(lack);
    } else if (submitter.maySubmit(now)) {
      submitter.submit(now);
    }
    submitter.tellWaiting(now);
    for (RemoteBatch batch : List.copyOf(out)) {
      if (now >= batch.nextLook) {
        readFolder(batch, now);
      }
    }
    if (!out.isEmpty() && now >= watch.next()) {
      for (RemoteBatch unknown : watch.ask(List.copyOf(out), now)) {
        claim(unknown, now);
      }
    }
    for (RemoteBatch batch : List.copyOf(out)) {
      settle(batch, now);
      if (batch.isOver()) {
        out.remove(batch);
        clear(batch);
      }
    }
    earlier.tell();
    return next(now);
  }

  /** Ends all jobs, since the scheduler is out of reach and has none of them. */
  private void giveUp(String why) throws IOException {
    plan.drain().forEach(job -> job.endUnbegun(BatchAttempt.failed(to.executor() + why)));
    for (RemoteBatch batch : out) {
      for (ArrayTask task : batch.tasks) {
        submitter.refuse(task, why);
      }
    }
  }

  private long next(long now) {
    if (!orders.isEmpty()) { // listeners add orders when they get an end
      return now + 1;
    }
    long next = plan.due(now + (failing ? AGAIN : REST));
    next = Math.min(next, submitter.next(now, next)); // one per turn
    for (RemoteBatch batch : out) {
      next = Math.min(next, Math.min(batch.nextLook, watch.next()));
    }
    return Math.max(next, now + 1);
  }

  private void forget(HandedOutAttempt place) throws IOException {
    place.folder().forget(place.claim(), to.me());
    RemoteBatch batch = folders.get(place.folder().path());
    if (batch != null) {
      batch.noteRecorded(place);
      clear(batch);
    }
  }

  private void clear(RemoteBatch batch) throws IOException {
    if (batch.isDone() && folders.containsKey(batch.folder.path())) {
      batch.folder.remove();
      folders.remove(batch.folder.path());
    }
  }

  private void endAll(boolean interrupted) {
    if (ended) {
      return;
    }
    ending = true;
    ended = true;
    plan.drain().forEach(job -> job.endUnbegun(BatchAttempt.INTERRUPTED));
    earlier.end(BatchAttempt.INTERRUPTED);
    int jobs = 0;
    for (RemoteBatch batch : out) {
      for (ArrayTask task : batch.tasks) {
        int begun = 0;
        for (BatchAttempt job : task.jobs) {
          if (!job.isOver() && !job.isOrphan()) {
            jobs += batch.isKnown() ? 1 : 0;
            if (claim(job)) {
              job.endUnbegun(BatchAttempt.INTERRUPTED);
            } else {
              begun++;
            }
          }
        }
        if (begun > 0 || task.isOver() && task.over < 0) {
          task.markUnwanted(interrupted);
        }
      }
      batch.nextLook = 0;
    }
    if (jobs > 0) {
      String are = jobs == 1 ? "job is" : "jobs are";
      to.tell("%s: %d submitted %s cancelled", to.executor(), jobs, are);
    }
  }

  /** Claims a job; returns false also if the claim cannot be written now. */
  private boolean claim(BatchAttempt job) {
    return Io.or(() -> to.claim(job), false);
  }

  private void passOnBatches(boolean all, long now) {
    ending = true;
    plan.drain().forEach(job -> job.stopWatching(false));
    earlier.end(BatchAttempt.NOT_REACHED);
    List<RemoteBatch> passedOn = new ArrayList<>(out);
    passedOn.removeIf(batch -> !all && !batch.outlives(to.scheduler()));
    passedOn.forEach(batch -> batch.jobs().forEach(job -> job.stopWatching(true)));
    if (all && ended) {
      out.forEach(batch -> batch.tasks.forEach(task -> task.cancelAt = now));
      endTasks(now);
    }
    out.removeAll(passedOn);
    if (!out.isEmpty()) {
      endAll(false);
    }
  }

  /** Lists a batch's folder once, and reads what its script wrote about each job. */
  private void readFolder(RemoteBatch batch, long now) throws IOException {
    Map<String, Set<Word>> words = batch.folder.words();
    boolean news = false;
    for (BatchAttempt job : batch.jobs()) {
      Set<Word> there = words.getOrDefault(job.claim(), Set.of());
      news |= !job.isOver() && ends.read(job, there, ending, now);
    }
    batch.look = news ? FIRST_LOOK : Math.min(batch.look * 3 / 2, LAST_LOOK);
    batch.nextLook = now + Math.max(batch.look, out.size() * SHARE);
  }

  /** Plans an attempt that is ready again, or ends it if everything is to end. Ignores null. */
  private void plan(BatchAttempt next) {
    if (next != null && ending) {
      next.endUnbegun(BatchAttempt.INTERRUPTED);
    } else if (next != null) {
      plan.add(next, turned);
    }
  }

  /**
   * Claims the jobs of a batch that the scheduler cannot be asked about, and plans them again. Jobs
   * that began are not claimed: their script writes how they end.
   */
  private void claim(RemoteBatch unknown, long now) throws IOException {
    for (BatchAttempt job : unknown.jobs()) {
      if (!job.isOver() && to.claim(job)) {
        plan(job.again());
      }
    }
    if (!unknown.isOver()) {
      watch.unfound(unknown, now);
    }
  }

  /** Ends tasks that will never start, and tasks that ended long enough ago to see all files. */
  private void settle(RemoteBatch batch, long now) throws IOException {
    for (ArrayTask task : batch.tasks) {
      if (task.isOver()) {
        continue;
      }
      if (task.never) {
        to.cancel(List.of(task));
        submitter.refuse(task, " will never start it: " + task.state.said());
      } else if (task.over >= 0 && now - task.over >= latency()) {
        readFolder(batch, now);
        if (batch.isKnown() && task.state.is(Phase.GONE)) {
          // It may exist though the scheduler no longer lists it; a useless cancel does no harm.
          to.scheduler().cancel(List.of(task.job));
        }
        ends.settle(task, ending);
      }
    }
  }

  /**
   * What one torc needs to use one scheduler.
   *
   * @param root the root of the build, for people to read
   * @param folder the folder with a subfolder for each script, on a file system that all nodes
   *     share
   * @param me this torc, as the owner of its claims
   * @param marks writes the start marks of attempts before they are handed out
   * @param notes takes lines for the user
   */
  public record SchedulerAccess(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path root,
      Path folder,
      ClaimOwner me,
      Marks marks,
      Consumer<String> notes) {

    /** Writes the start marks of attempts that may be with a scheduler from now on. */
    public interface Marks {

      /** Writes the marks; returns when they are on disk. If it throws, nothing is handed out. */
      void handOut(List<RemoteAttempt.RemoteKey> attempts, String executor) throws IOException;
    }

    void tell(String line, Object... with) {
      notes.accept(line.formatted(with));
    }

    String executor() {
      return settings.name();
    }

    /** Claims a job, so that no script starts it; see {@link BatchFolder#claim}. */
    boolean claim(BatchAttempt job) throws IOException {
      return job.place().folder().claim(job.claim(), me);
    }

    /** Tells some tasks to end their jobs. Reports if the scheduler may not have done so. */
    void end(List<ArrayTask> tasks) {
      tellTrouble(tasks.isEmpty() ? "" : scheduler.end(jobs(tasks)));
    }

    /** Cancels some tasks at once. Reports if the scheduler may not have done so. */
    void cancel(List<ArrayTask> tasks) {
      tellTrouble(tasks.isEmpty() ? "" : scheduler.cancel(jobs(tasks)));
    }

    private static List<Scheduler.SchedulerJob> jobs(List<ArrayTask> tasks) {
      return tasks.stream().map(task -> task.job).toList();
    }

    private void tellTrouble(String trouble) {
      if (!trouble.isEmpty()) {
        tell("%s: %s", executor(), trouble);
      }
    }
  }
}
