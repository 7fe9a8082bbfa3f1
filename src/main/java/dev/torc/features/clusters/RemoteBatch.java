package dev.torc.features.clusters;

import dev.torc.base.posix.FileTree;
import dev.torc.core.here.Runner;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.features.clusters.BatchAttempt.State;
import dev.torc.features.clusters.BatchTracker.SchedulerAccess;
import dev.torc.features.clusters.RemoteAttempt.Clearing;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.RemoteAttempt.Product;
import dev.torc.features.clusters.RemoteAttempt.RemoteKey;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A script that was handed out, with its array tasks and their jobs. Its record (settings, name and
 * attempts) is written before the script is submitted, so that a later build finds its jobs. {@link
 * BatchTracker} decides what to do next.
 */
final class RemoteBatch {

  private static final long SECOND = 1_000_000_000;
  private static final long GRACE = Runner.GRACE.toNanos();

  final BatchFolder folder;
  final SchedulerSettings settings; // enough to ask about it and to end it
  final String name; // the name under which it is submitted
  final long time; // when it was handed out, in nanoseconds since 1970; unique
  final long grace; // nanoseconds that the jobs of a task may take to end
  final List<ArrayTask> tasks = new ArrayList<>();
  private boolean known; // whether the scheduler's ids are known
  private List<String> waits; // why each task waits, as its folder says
  long nextLook;
  long look = 200_000_000;

  private RemoteBatch(
      BatchFolder folder,
      SchedulerSettings settings,
      String name,
      long time,
      long grace,
      List<List<BatchAttempt>> batches,
      List<String> owns) {
    this.folder = folder;
    this.settings = settings;
    this.name = name;
    this.time = time;
    this.grace = grace;
    for (int i = 0; i < batches.size(); i++) {
      tasks.add(new ArrayTask(this, batches.get(i), owns.size() > i ? owns.get(i) : name));
    }
    waits = waits();
  }

  static RemoteBatch of(
      SchedulerAccess to, long time, List<List<BatchAttempt>> batches, Supplier<String> names) {
    String unique = "torc-" + names.get();
    BatchFolder folder = new BatchFolder(to.folder().resolve(unique));
    batches.forEach(jobs -> jobs.forEach(job -> job.in(folder, names.get())));
    String pattern = to.settings().jobName();
    List<String> owns =
        batches.stream().map(jobs -> BatchName.of(pattern, names(jobs.stream()), unique)).toList();
    String name = BatchName.of(pattern, names(batches.stream().flatMap(List::stream)), unique);
    return new RemoteBatch(folder, to.settings(), name, time, grace(batches), batches, owns);
  }

  private static List<String> names(Stream<BatchAttempt> jobs) {
    return jobs.map(job -> job.key().job()).toList();
  }

  /**
   * Returns the time limit to ask a scheduler for, in nanoseconds; 0 for none. It adds twice the
   * grace of the jobs to {@code limit}, for the script's own start and end, as far as maxRuntime
   * allows.
   */
  static long asked(SchedulerSettings settings, long limit, List<List<BatchAttempt>> batches) {
    long most = settings.bounds().maxRuntime();
    long wanted = limit + 2 * grace(batches);
    return limit == 0 ? 0 : most > 0 ? Math.min(wanted, Math.max(most, limit)) : wanted;
  }

  private static long grace(List<List<BatchAttempt>> batches) {
    return batches.stream()
        .flatMap(List::stream)
        .mapToLong(job -> Math.max(GRACE, job.attempt.launch().stop().grace(GRACE)))
        .max()
        .orElse(GRACE);
  }

  /** Writes all that the script and a later torc need, before a scheduler is asked to run it. */
  void write(SchedulerAccess to, long asked) throws IOException {
    List<List<BatchAttempt>> batches = tasks.stream().map(task -> task.jobs).toList();
    long limit = asked == 0 ? 0 : Math.max(1, (asked - 2 * grace) / SECOND);
    String variable = to.scheduler().indexVariable();
    BatchScript script = new BatchScript(folder.path(), settings.before(), limit, variable);
    try {
      folder.make();
      folder.writeScript(script.of(batches));
      folder.writeRecord(lines());
      to.marks().handOut(jobs().stream().map(BatchAttempt::key).toList(), settings.name());
    } catch (IOException e) {
      FileTree.remove(folder.path()); // the next try uses another folder
      throw e;
    }
  }

  private String lines() {
    StringBuilder lines = new StringBuilder();
    BatchWord.line(lines, "name", name);
    BatchWord.line(lines, "time", Long.toString(time));
    BatchWord.line(lines, "grace", Long.toString(grace));
    SettingsLines.write(settings, lines);
    for (int i = 0; i < tasks.size(); i++) {
      BatchWord.line(lines, "own", tasks.get(i).own);
      for (BatchAttempt job : tasks.get(i).jobs) {
        RemoteKey key = job.key();
        String words = i + " " + job.claim() + " " + key.build() + " " + key.attempt() + " ";
        String digests = key.manifest() + " " + key.command() + " ";
        BatchWord.line(lines, "job", words + digests + key.job());
        BatchWord.line(lines, "cause", key.cause());
        for (Product product : job.place().products()) {
          String how = " " + product.clearing() + (product.folder() ? " folder " : " file ");
          BatchWord.line(lines, "product", job.claim() + how + product.path());
        }
        for (Map.Entry<Path, String> link : job.place().links().entrySet()) {
          BatchWord.line(lines, "link", job.claim() + " " + link.getKey());
          BatchWord.line(lines, "text", link.getValue());
        }
      }
    }
    return lines.toString();
  }

  /** Reads a folder's record; null if it is missing, incomplete or invalid. */
  static RemoteBatch read(BatchFolder folder) {
    RemoteBatch batch = BatchWord.read(folder.record(), word -> of(folder, word));
    List<String> ids = folder.ids();
    if (batch != null && ids.size() == batch.tasks.size()) {
      batch.noteIds(ids);
      List<String> waits = folder.waits();
      for (int i = 0; i < waits.size(); i++) {
        batch.tasks.get(i).state = new SchedulerState(Phase.WAITING, waits.get(i));
      }
      batch.waits = batch.waits();
    }
    return batch;
  }

  private static RemoteBatch of(BatchFolder folder, BatchWord word) {
    List<List<BatchAttempt>> batches = new ArrayList<>();
    Map<String, List<Product>> products = new HashMap<>(); // by claim
    for (String line : word.texts("product")) {
      String[] words = line.split(" ", 4);
      boolean folders = words[2].equals("folder");
      Clearing clearing = Clearing.of(words[1]);
      Product product = new Product(Path.of(words[3]), folders, clearing);
      products.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(product);
    }
    Map<String, Map<Path, String>> links = new HashMap<>(); // by claim
    Iterator<String> texts = word.texts("text").iterator();
    for (String line : word.texts("link")) {
      String[] words = line.split(" ", 2);
      links.computeIfAbsent(words[0], _ -> new HashMap<>()).put(Path.of(words[1]), texts.next());
    }
    Iterator<String> causes = word.texts("cause").iterator(); // older versions wrote none
    for (String line : word.texts("job")) {
      String[] words = line.split(" ", 7);
      List<Product> own = products.getOrDefault(words[1], List.of());
      String cause = causes.hasNext() ? causes.next() : "";
      int attempt = Integer.parseInt(words[3]);
      RemoteKey key = new RemoteKey(words[6], words[2], attempt, words[4], words[5], cause);
      int task = Integer.parseInt(words[0]);
      while (batches.size() <= task) {
        batches.add(new ArrayList<>());
      }
      Map<Path, String> seen = links.getOrDefault(words[1], Map.of());
      HandedOutAttempt place = new HandedOutAttempt(folder, key, words[1], own, seen);
      batches.get(task).add(new BatchAttempt(place));
    }
    long grace = word.all("grace").isEmpty() ? GRACE : word.number("grace"); // or an older version
    SchedulerSettings settings = SettingsLines.read(word);
    List<String> owns = word.texts("own"); // older versions wrote none
    String name = word.text("name");
    return new RemoteBatch(folder, settings, name, word.number("time"), grace, batches, owns);
  }

  /** Returns when it was handed out, in milliseconds since 1970. */
  long submitted() {
    return time / 1_000_000;
  }

  List<BatchAttempt> jobs() {
    return tasks.stream().flatMap(task -> task.jobs.stream()).toList();
  }

  /** Returns the request without what only a new submission needs. */
  SubmissionRequest request() {
    return request(null, "");
  }

  SubmissionRequest request(SchedulerResources resources, String comment) {
    Map<String, String> secrets = BatchPlan.secrets(jobs().getFirst());
    return new SubmissionRequest(
        folder.script(), name, tasks.size(), resources, folder.log(), secrets, comment);
  }

  /** Returns a comment on some of its jobs. */
  static String comment(SchedulerAccess to, List<BatchAttempt> jobs) {
    return BatchName.comment(to.root(), names(jobs.stream()));
  }

  /** Notes the ids that the scheduler gave to the tasks. */
  void noteIds(List<String> ids) {
    known = true;
    SubmissionRequest request = request();
    for (int i = 0; i < tasks.size(); i++) {
      tasks.get(i).job = new SchedulerJob(ids.get(i), name, tasks.get(i).own, request.log(i));
      tasks.get(i).submitted();
    }
  }

  boolean isKnown() {
    return known;
  }

  private List<String> waits() {
    return tasks.stream().map(ArrayTask::waits).toList();
  }

  /** Writes why its tasks wait if that has changed. */
  void writeWaits() throws IOException {
    if (!waits().equals(waits)) {
      waits = waits();
      folder.writeWaits(waits);
    }
  }

  /** Returns whether it continues if the torc that handed it out ends. */
  boolean outlives(Scheduler scheduler) {
    return scheduler.outlives(tasks.getFirst().job);
  }

  /** Returns how many tasks are not over. */
  int open() {
    return (int) tasks.stream().filter(task -> !task.isOver()).count();
  }

  boolean isOver() {
    return open() == 0;
  }

  /** Notes that the attempt at a place is recorded or useless. */
  void noteRecorded(HandedOutAttempt place) {
    jobs().stream()
        .filter(job -> job.claim().equals(place.claim()))
        .forEach(job -> job.note(State.RECORDED));
  }

  /** Returns whether no file of its script is needed anymore. */
  boolean isDone() {
    return jobs().stream().allMatch(BatchAttempt::isRecorded);
  }
}
