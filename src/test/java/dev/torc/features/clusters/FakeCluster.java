package dev.torc.features.clusters;

import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scheduler and its nodes in simulated time: they run no script, but make the claims and write
 * the files of a script when it would do so. What goes wrong is set by the test, or by chance.
 */
final class FakeCluster implements Scheduler {

  private static final long SECOND = 1_000_000_000;
  private static final Pattern JOB =
      Pattern.compile("(?m)^torc_job (\\S+) |^if \\[ \"\\$torc_element\" = (\\d+) ");

  final Random random;
  private final int nodes;
  long now;
  long lag; // nanoseconds, at most, until a written file is seen
  boolean answers = true;
  int refusals;
  String refusal = "no such partition"; // its words
  int capacity = Integer.MAX_VALUE; // the most array tasks in its queue
  int lost; // so many submissions are taken and get no answer
  int swallowed; // so many submissions are not taken and get no answer
  int submissions;
  int questions;
  int submitted;
  long takes = 2 * SECOND; // a job's time, of which it takes a quarter to five quarters
  double deaths; // the chance that an task dies, at each job that it begins
  String waitsFor = ""; // the reason why no task starts; empty for none
  boolean forgets; // whether it forgets each submission at once
  boolean hides; // whether it says for a moment that it has none of its jobs
  String word = "gone"; // the scheduler's word for a job that it does not have anymore
  boolean busy; // whether the jobs of others take all nodes
  boolean deaf; // whether no script ends its jobs when it is told to
  boolean blind; // whether it cannot be asked for names
  String babbles = ""; // a word for all its jobs that means no state; empty for none
  long told; // the end that it tells of each job: milliseconds since 1970; 0 if it tells none
  List<String> lacks = List.of(); // placeholders of its commands without a value
  boolean outlive = true; // whether its jobs outlive the torc that submitted them

  /** How often the processes of a claim began, by claim. */
  final Map<String, Integer> begins = new TreeMap<>();

  /** How often a job began, by its name. */
  final Map<String, Integer> runs = new TreeMap<>();

  /** The ids of the jobs that it was told to end; null for one that is known by its name only. */
  final List<String> cancelled = new ArrayList<>();

  /** The ids of the jobs whose scripts it was told to end. */
  final List<String> asked = new ArrayList<>();

  /** Runs before and after a submission: a test may end torc there. */
  Runnable between = () -> {};

  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final PriorityQueue<Task> waiting = new PriorityQueue<>(Task::before);
  private final PriorityQueue<Task> running = new PriorityQueue<>(Task::before);
  private final Map<String, Task> present = new HashMap<>(); // the task that runs a job, by name
  private final TreeMap<Long, List<Write>> later = new TreeMap<>();
  private int ids;

  /**
   * The settings of an executor {@code far}.
   *
   * @param batch nanoseconds
   */
  static SchedulerSettings settings(int maxJobs, long batch) {
    return new SchedulerSettings(
        "far",
        "{job}",
        "",
        SchedulerSettings.SbatchOptions.NONE,
        new SchedulerSettings.BatchBounds(maxJobs, batch, 0),
        10 * SECOND,
        null);
  }

  private interface Write {
    void run() throws IOException;
  }

  /** One array task with its jobs. */
  private static final class Task {
    String name;
    BatchFolder folder;
    List<String> jobs = new ArrayList<>();
    final Map<String, String> names = new TreeMap<>(); // of the jobs, by claim
    long at; // when it starts, or its present job ends
    int next = -1; // its present job; -1 while it waits
    boolean claimed;
    Phase over;

    static int before(Task one, Task other) {
      return Long.compare(one.at, other.at);
    }
  }

  FakeCluster(long seed, int nodes) {
    this.random = new Random(seed);
    this.nodes = nodes;
  }

  @Override
  public Submission submit(SubmissionRequest request) {
    submissions++;
    submitted += request.tasks();
    between.run();
    if (refusals > 0) {
      refusals--;
      return new Submission.Refused(refusal);
    }
    if (queued() + request.tasks() > capacity) {
      submitted -= request.tasks();
      return new Submission.Full("QOSMaxSubmitJobPerUserLimit");
    }
    if (swallowed > 0) {
      swallowed--;
      return new Submission.NoAnswer("timed out");
    }
    List<String> given = new ArrayList<>();
    String id = Integer.toString(++ids);
    for (int i = 0; i < request.tasks(); i++) {
      Task task = new Task();
      task.name = request.name();
      task.folder = new BatchFolder(request.script().getParent());
      task.at = now + random.nextLong(3 * SECOND);
      tasks.put(id + "_" + i, task);
      waiting.add(task);
      given.add(id + "_" + i);
    }
    read(request.script(), id);
    if (lost > 0) {
      lost--;
      return new Submission.NoAnswer("timed out");
    }
    between.run();
    if (forgets) {
      given.forEach(one -> tasks.remove(one).over = Phase.CANCELLED);
    }
    return new Submission.Accepted(given);
  }

  private void read(Path script, String id) {
    try {
      Matcher lines = JOB.matcher(Files.readString(script));
      Task task = null;
      while (lines.find()) {
        if (lines.group(2) != null) {
          task = tasks.get(id + "_" + lines.group(2));
        } else {
          task.jobs.add(lines.group(1));
        }
      }
      List<ArrayTask> all = RemoteBatch.read(new BatchFolder(script.getParent())).tasks;
      for (int i = 0; i < all.size(); i++) {
        Task of = tasks.get(id + "_" + i);
        all.get(i).jobs.forEach(job -> of.names.put(job.claim(), job.key().job()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Submission find(SubmissionRequest request) {
    if (!answers) {
      return new Submission.NoAnswer("down");
    }
    if (blind) {
      return null;
    }
    List<String> found = new ArrayList<>();
    tasks.forEach(
        (id, task) -> {
          if (task.name.equals(request.name())) {
            found.add(id);
          }
        });
    return found.isEmpty()
        ? new Submission.Refused("there is no " + request.name())
        : new Submission.Accepted(found);
  }

  @Override
  public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
    questions++;
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    for (SchedulerJob job : jobs) {
      states.put(job, answers ? state(job) : new SchedulerState(Phase.NO_ANSWER, "down"));
    }
    return states;
  }

  private SchedulerState state(SchedulerJob job) {
    Task task = find(job);
    if (task == null || hides) {
      return new SchedulerState(Phase.GONE, word);
    }
    if (!babbles.isEmpty()) {
      return new SchedulerState(Phase.UNCLEAR, babbles);
    }
    if (task.over != null) {
      return new SchedulerState(task.over, task.over.toString(), 0, told);
    }
    return task.next < 0
        ? new SchedulerState(isForEver() ? Phase.NEVER : Phase.WAITING, waitsFor)
        : new SchedulerState(Phase.RUNNING, "n1");
  }

  private boolean isForEver() {
    return !waitsFor.isEmpty() && !SlurmWords.isHeld(waitsFor);
  }

  /** How many array tasks are not over. */
  long queued() {
    return tasks.values().stream().filter(task -> task.over == null).count();
  }

  private Task find(SchedulerJob job) {
    if (job.id() != null) {
      return tasks.get(job.id());
    }
    for (Task task : tasks.values()) {
      if (task.name.equals(job.name())) {
        return task;
      }
    }
    return null;
  }

  @Override
  public String end(List<SchedulerJob> jobs) {
    jobs.forEach(job -> asked.add(job.id()));
    return deaf ? "" : cancel(jobs);
  }

  @Override
  public String cancel(List<SchedulerJob> jobs) {
    for (SchedulerJob job : jobs) {
      cancelled.add(job.id());
      tasks.forEach(
          (id, task) -> {
            boolean meant = job.id() == null ? task.name.equals(job.name()) : id.equals(job.id());
            if (meant && task.over == null) {
              end(task, Phase.CANCELLED);
            }
          });
    }
    return "";
  }

  @Override
  public List<String> lacks(SchedulerResources resources) {
    return lacks;
  }

  @Override
  public boolean outlives(SchedulerJob job) {
    return outlive;
  }

  @Override
  public int largestArray() {
    return 1000;
  }

  @Override
  public String indexVariable() {
    return "ELEMENT";
  }

  /** Ends all tasks that run or wait, as another user may do. */
  void endAll(Phase cause) {
    tasks.values().stream().filter(task -> task.over == null).forEach(task -> end(task, cause));
  }

  /** Takes all nodes down and forgets all submitted jobs. */
  void forgetAll() {
    endAll(Phase.NODE_FAILURE);
    tasks.clear();
  }

  private void end(Task task, Phase cause) {
    if (cause == Phase.CANCELLED && task.next >= 0 && task.claimed) {
      String job = task.jobs.get(task.next);
      write(task.folder.path(), job + ".status", status(job, "cancelled"));
    }
    task.over = cause;
  }

  /** Moves the clock to this time; what is due until then happens. */
  void until(long time) throws IOException {
    while (true) {
      long due = later.isEmpty() ? Long.MAX_VALUE : later.firstKey();
      Task first = null;
      drop(running);
      drop(waiting);
      boolean free = running.size() < nodes && waitsFor.isEmpty() && !busy;
      for (Task task : new Task[] {running.peek(), free ? waiting.peek() : null}) {
        if (task != null && Math.max(now, task.at) < due) {
          due = Math.max(now, task.at);
          first = task;
        }
      }
      if (due > time) {
        break;
      }
      now = Math.max(now, due);
      if (first == null) {
        for (Write write : later.pollFirstEntry().getValue()) {
          write.run();
        }
      } else {
        (first.next < 0 ? waiting : running).poll();
        step(first);
        if (first.over == null) {
          running.add(first);
        }
      }
    }
    now = time;
  }

  /** Drops the tasks in front that a test ended: they have kept their place in the queue. */
  private static void drop(PriorityQueue<Task> queue) {
    while (!queue.isEmpty() && queue.peek().over != null) {
      queue.poll();
    }
  }

  /** Ends the present job of an task, if there is one, and begins the next. */
  private void step(Task task) throws IOException {
    if (task.next >= 0) {
      String job = task.jobs.get(task.next);
      if (task.claimed) {
        write(task.folder.path(), job + ".status", status(job, "exited"));
        present.remove(task.names.get(job), task);
      }
    }
    task.next++;
    if (task.next == task.jobs.size()) {
      task.over = Phase.EXITED;
      return;
    }
    String job = task.jobs.get(task.next);
    ClaimOwner script = new ClaimOwner(null, "n1", "boot", 1, 1, 0);
    task.claimed = Files.isDirectory(task.folder.path()) && task.folder.claim(job, script);
    if (!task.claimed) {
      task.at = now;
      return;
    }
    begins.merge(job, 1, Integer::sum);
    String name = task.names.get(job);
    Task other = present.put(name, task);
    if (other != null && other != task && other.over == null) {
      throw new AssertionError(name + " runs twice at a time");
    }
    runs.merge(name, 1, Integer::sum);
    write(task.folder.path(), job + ".begun", script.word());
    task.at = now + takes / 4 + random.nextLong(takes);
    if (random.nextDouble() < deaths) {
      task.over = random.nextBoolean() ? Phase.NODE_FAILURE : Phase.PREEMPTED;
    }
  }

  private static byte[] status(String job, String cause) {
    return BatchWord.whole(
        ("job %s\ncause %s\ncode 0\nmessage \nbegin 1\nend 2\nwall 1000\ncpu 0m0.1s\npeak 1\n"
                + "host n1\nboot b\nsystem s\nos o\nlog file 0\n")
            .formatted(job, cause));
  }

  private void write(Path folder, String name, byte[] bytes) {
    long at = now + (lag == 0 ? 0 : random.nextLong(lag));
    later
        .computeIfAbsent(at, _ -> new ArrayList<>())
        .add(
            () -> {
              if (Files.isDirectory(folder)) {
                Files.write(folder.resolve(name), bytes);
              }
            });
  }
}
