package dev.torc.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A script that was handed out, with its elements and their attempts, and what is known of each.
 * What follows from that is for {@link RemoteDesk}.
 */
final class RemoteBatch {

  final BatchFolder folder;
  final String name;
  final long time; // when it was handed out; never the same in two
  final List<Element> elements = new ArrayList<>();
  private boolean known; // the scheduler's ids
  long nextLook;
  long look = 200_000_000;

  /** How far an attempt has come, as is known here; it never goes back. */
  private enum State {
    /** Ready, or in a script that was handed out. */
    OUT,
    BEGUN,
    /** Its script was told to end, and ended it; why is still to be asked for. */
    CANCELLED,
    OVER,
    /** Nothing of it is of use any more. */
    RECORDED
  }

  /** An attempt in a script, or ready for one. */
  static final class Entry {
    final RemoteKey key;
    private final List<BatchJob.Product> products;
    final RemoteAttempt
        attempt; // what a script is to run; null where an earlier torc handed it out
    private final List<RemotePlace> places; // where earlier scripts left something of it
    final int losses; // how often it was lost though it had begun
    private RemoteListener listener;
    private RemotePlace place;
    private RemoteEnd end; // that nobody was told yet
    private State state = State.OUT;
    private boolean told; // that the scheduler has it
    boolean unwanted; // by any job of this build

    /** One that is ready. */
    Entry(RemoteAttempt attempt, RemoteListener listener) {
      this(attempt.key(), attempt.products(), attempt, listener, List.of(), 0);
    }

    /** One that an earlier torc handed out. */
    private Entry(RemotePlace place) {
      this(place.key(), place.products(), null, null, List.of(), 0);
      this.place = place;
    }

    private Entry(
        RemoteKey key,
        List<BatchJob.Product> products,
        RemoteAttempt attempt,
        RemoteListener listener,
        List<RemotePlace> places,
        int losses) {
      this.key = key;
      this.products = products;
      this.attempt = attempt;
      this.listener = listener;
      this.places = new ArrayList<>(places);
      this.losses = losses;
    }

    /** Whether an earlier torc handed it out and nobody has asked for it yet. */
    boolean isLost() {
      return listener == null && !unwanted;
    }

    String claim() {
      return place.claim();
    }

    /** Returns whether that is news. */
    private boolean set(State next) {
      boolean news = next.compareTo(state) > 0;
      state = news ? next : state;
      return news;
    }

    boolean isOver() {
      return state.compareTo(State.OVER) >= 0;
    }

    /** Where its scripts left something, if it began in this one too. */
    List<RemotePlace> places() {
      List<RemotePlace> all = new ArrayList<>(places);
      all.add(place);
      return all;
    }

    /** Likewise, if it did not: then only what torc cleared for it may lie there. */
    List<RemotePlace> earlierPlaces() {
      return place != null && place.isCleared() ? places() : List.copyOf(places);
    }

    /**
     * Somebody asks for it: is told what is known.
     *
     * @param more places where others of its job left something
     */
    void hand(RemoteListener to, List<RemotePlace> more) {
      listener = to;
      places.addAll(0, more);
      if (end != null) {
        List<RemotePlace> all = new ArrayList<>(more);
        all.addAll(end.places());
        to.ended(new RemoteEnd(end.end(), end.status(), all));
      }
    }

    /** Tells once that the scheduler has it. */
    void submitted(String id) {
      if (listener != null && !told) {
        told = true;
        listener.submitted(id);
      }
    }

    /** It began; returns whether that is news. */
    boolean begun() {
      return set(State.BEGUN);
    }

    /** Its script was told to end, and ended it. */
    void cancelled() {
      set(State.CANCELLED);
    }

    boolean isCancelled() {
      return state == State.CANCELLED;
    }

    /** The same attempt for another script; it did not begin in this one. */
    Entry anew() {
      return again(earlierPlaces(), losses);
    }

    /** Likewise, where nothing in that script began. */
    Entry unbegun() {
      return again(earlierPlaces(), losses + 1);
    }

    /** Likewise, as it was lost. */
    Entry lost() {
      listener.lost();
      return again(places(), losses + 1);
    }

    private Entry again(List<RemotePlace> left, int lost) {
      set(left.contains(place) ? State.OVER : State.RECORDED);
      return new Entry(key, products, attempt, listener, left, lost);
    }

    /** Moves aside what is to make way before a script can run. */
    void clear() throws IOException {
      place.clear();
    }

    /** It is over. */
    void end(RemoteEnd how) {
      set(place != null && how.places().contains(place) ? State.OVER : State.RECORDED);
      end = how;
      if (listener != null) {
        listener.ended(how);
      }
    }

    /** What it came to, if that is known. */
    RemoteEnd ended() {
      return end;
    }

    /** It was handed out, and nobody looks after it any more. */
    void leave() {
      if (!isOver() && listener != null) {
        listener.left(true);
      }
    }

    /** It was not handed out. */
    void leaveReady() {
      listener.left(false);
    }
  }

  /** One element of the array: jobs that run one after the other. */
  static final class Element {
    final List<Entry> entries;
    SchedulerJob job;
    SchedulerState state = new SchedulerState.Waiting("", false);
    long over = -1; // since when the scheduler has done with it
    boolean never; // it will not start for the reason that the scheduler gives
    boolean cancelled; // by torc

    Element(List<Entry> entries, SchedulerJob job) {
      this.entries = entries;
      this.job = job;
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
    boolean isUntouched(BatchFolder folder) throws IOException {
      Map<String, Set<BatchFolder.Word>> words = folder.words();
      Set<BatchFolder.Word> torcs = EnumSet.of(BatchFolder.Word.ASIDE); // a script claims first
      return entries.stream()
          .allMatch(entry -> torcs.containsAll(words.getOrDefault(entry.claim(), torcs)));
    }
  }

  private RemoteBatch(BatchFolder folder, String name, long time) {
    this.folder = folder;
    this.name = name;
    this.time = time;
  }

  /** One that is about to be handed out. */
  static RemoteBatch of(
      BatchFolder folder,
      String name,
      long time,
      List<List<Entry>> batches,
      Supplier<String> names) {
    RemoteBatch batch = new RemoteBatch(folder, name, time);
    for (List<Entry> entries : batches) {
      entries.forEach(
          entry -> entry.place = new RemotePlace(folder, entry.key, names.get(), entry.products));
      batch.elements.add(new Element(entries, new SchedulerJob(null, name, null)));
    }
    return batch;
  }

  /** One that an earlier torc wrote down. */
  static RemoteBatch of(BatchFolder folder, BatchRecord record) {
    RemoteBatch batch = new RemoteBatch(folder, record.name(), record.time());
    for (List<RemotePlace> places : record.elements()) {
      List<Entry> entries = places.stream().map(Entry::new).toList();
      batch.elements.add(new Element(entries, new SchedulerJob(null, record.name(), null)));
    }
    List<String> ids = folder.ids();
    if (ids.size() == batch.elements.size()) {
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

  /** What is written down of it. */
  BatchRecord record(SchedulerSettings settings) {
    List<List<RemotePlace>> places = new ArrayList<>();
    for (Element element : elements) {
      places.add(element.entries.stream().map(entry -> entry.place).toList());
    }
    return new BatchRecord(settings, name, time, places);
  }

  /** Those of all its elements. */
  List<Entry> entries() {
    return elements.stream().flatMap(element -> element.entries.stream()).toList();
  }

  /** The attempts in it. */
  List<RemoteKey> keys() {
    return entries().stream().map(entry -> entry.key).toList();
  }

  /** What the scheduler is told, or asked about. */
  SubmissionRequest request(SchedulerResources resources) {
    return new SubmissionRequest(folder.script(), name, elements.size(), resources, folder.log());
  }

  /** The jobs as the script has them. */
  List<List<BatchJob>> scripted() {
    return elements.stream()
        .map(
            element ->
                element.entries.stream()
                    .map(entry -> new BatchJob(entry.claim(), entry.attempt))
                    .toList())
        .toList();
  }

  /** The scheduler has it, by these ids. */
  void accepted(List<SchedulerJob> jobs) {
    known = true;
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      element.job = jobs.get(i);
      for (Entry entry : element.entries) {
        entry.submitted(element.job.id());
      }
    }
  }

  /** Whether the scheduler's ids are known. */
  boolean isKnown() {
    return known;
  }

  /** How many elements are not over. */
  int open() {
    return (int) elements.stream().filter(element -> !element.isOver()).count();
  }

  boolean isOver() {
    return open() == 0;
  }

  /** What is at a place needs no more to be known. */
  void recorded(RemotePlace place) {
    entries().stream()
        .filter(entry -> entry.claim().equals(place.claim()))
        .forEach(entry -> entry.set(State.RECORDED));
  }

  /** Whether nothing of it is of use any more. */
  boolean isDone() {
    return entries().stream().allMatch(entry -> entry.state == State.RECORDED);
  }
}
