package dev.torc.exec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A script that was handed out, with its elements and their attempts, and what is known of each.
 * What follows from that is for {@link RemoteDesk}.
 */
final class RemoteBatch {

  private final BatchFolder folder;
  private final String name;
  private final BatchPlan.Array<Entry> array;
  private final List<Element> elements = new ArrayList<>();
  SubmissionRequest request;
  long nextLook;
  long look = 200_000_000;

  /** An attempt in a script, or ready for one. */
  static final class Entry {
    private final RemoteAttempt attempt;
    private final RemoteListener listener;
    private final int losses;
    private String claim;
    private boolean begun;
    private boolean cancelled;
    private boolean over;

    Entry(RemoteAttempt attempt, RemoteListener listener) {
      this(attempt, listener, 0);
    }

    private Entry(RemoteAttempt attempt, RemoteListener listener, int losses) {
      this.attempt = attempt;
      this.listener = listener;
      this.losses = losses;
    }

    RemoteAttempt attempt() {
      return attempt;
    }

    String claim() {
      return claim;
    }

    boolean isOver() {
      return over;
    }

    /** How often it was lost though it had begun. */
    int losses() {
      return losses;
    }

    /** Tells once that it began; returns whether that was news. */
    boolean begun() {
      boolean news = !begun;
      begun = true;
      if (news) {
        listener.begun();
      }
      return news;
    }

    /** Its script was told to end, and ended it. */
    void cancelled() {
      cancelled = true;
    }

    boolean isCancelled() {
      return cancelled;
    }

    /** The same attempt for another script. */
    Entry anew() {
      over = true;
      return new Entry(attempt, listener, losses);
    }

    /** Likewise, as it was lost. */
    Entry lost() {
      over = true;
      return new Entry(attempt, listener, losses + 1);
    }

    void end(RemoteEnd end) {
      over = true;
      listener.ended(end);
    }
  }

  /** One element of the array: jobs that run one after the other. */
  static final class Element {
    final List<Entry> entries;
    SchedulerJob job;
    SchedulerState state = new SchedulerState.Waiting("", false);
    long over = -1; // since when the scheduler has done with it
    boolean never; // it will not start for the reason that the scheduler gives
    boolean cancelled;

    Element(List<Entry> entries) {
      this.entries = entries;
    }

    boolean isOver() {
      return entries.stream().allMatch(Entry::isOver);
    }

    /**
     * The scheduler says what became of it. That it is gone, or will never start, counts when it
     * was said twice: a listing that was cut looks the same.
     */
    void told(SchedulerState now, long time) {
      boolean gone = now instanceof SchedulerState.Gone;
      boolean sure = !gone || state instanceof SchedulerState.Gone;
      never = isNever(now) && isNever(state);
      state = now;
      boolean done = now instanceof SchedulerState.Ended || gone && sure;
      over = !done ? -1 : over < 0 ? time : over;
    }

    private static boolean isNever(SchedulerState state) {
      return state instanceof SchedulerState.Waiting waiting && waiting.never();
    }

    /** Whether no script left anything of any of its jobs. */
    boolean isUntouched(BatchFolder folder) throws IOException {
      Map<String, Set<BatchFolder.Word>> words = folder.words();
      return entries.stream().noneMatch(entry -> words.containsKey(entry.claim));
    }
  }

  RemoteBatch(
      BatchFolder folder,
      String name,
      BatchPlan.Array<Entry> array,
      List<List<Entry>> batches,
      Supplier<String> names) {
    this.folder = folder;
    this.name = name;
    this.array = array;
    for (List<Entry> entries : batches) {
      entries.forEach(entry -> entry.claim = names.get());
      Element element = new Element(entries);
      element.job = new SchedulerJob(null, name, null);
      elements.add(element);
    }
  }

  BatchFolder folder() {
    return folder;
  }

  List<Element> elements() {
    return elements;
  }

  /** What each element takes, with the time that it asks for. */
  SchedulerResources resources() {
    SchedulerResources one = array.resources();
    return new SchedulerResources(
        one.cpus(), one.memory(), one.gpus(), one.nodes(), one.disk(), array.limit());
  }

  /** The jobs as the script has them. */
  List<List<BatchJob>> scripted() {
    return elements.stream()
        .map(
            element ->
                element.entries.stream().map(entry -> entry.attempt.named(entry.claim)).toList())
        .toList();
  }

  /** The scheduler took it. */
  void accepted(List<SchedulerJob> jobs) {
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      element.job = jobs.get(i);
      element.entries.forEach(entry -> entry.listener.submitted(element.job.id()));
    }
  }

  List<SchedulerJob> jobs() {
    return elements.stream().filter(e -> !e.isOver()).map(e -> e.job).toList();
  }

  /** How many elements are not over. */
  int open() {
    return (int) elements.stream().filter(element -> !element.isOver()).count();
  }

  boolean isOver() {
    return open() == 0;
  }
}
