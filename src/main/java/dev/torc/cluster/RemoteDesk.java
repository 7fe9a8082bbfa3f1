package dev.torc.cluster;

import dev.torc.cluster.BatchFolder.Word;
import dev.torc.cluster.RemoteBatch.Element;
import dev.torc.cluster.RemoteBatch.Entry;
import dev.torc.machine.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Attempts that a scheduler runs, from when they are ready until they are over: it puts them into
 * batches, hands these out, sees what becomes of them, and hands out anew what was lost without
 * having begun. It never lets an attempt begin twice: what it hands out anew it claims first. What
 * an earlier torc handed out is in {@link EarlierBatches}. It decides nothing about results, and
 * has no thread and no clock: {@link #turn} is told the time.
 *
 * <p>Not for use by several threads at once.
 */
final class RemoteDesk {

  private static final long SECOND = 1_000_000_000;
  private static final long GATHER = SECOND / 10; // so long more may come that share a script
  private static final long FIRST_LOOK = SECOND / 5;
  private static final long LAST_LOOK = 2 * SECOND;
  private static final long SHARE = SECOND / 10; // of a listing, of which there are ten a second
  private static final long PACE = 3 * SECOND; // where there is no room for all
  private static final int SPREAD = 32; // elements of one kind before jobs stand one behind another
  private static final long REST = 30 * SECOND;

  private final Scheduler scheduler;
  private final SchedulerSettings settings;
  private final Path folder;
  private final Claimant me;
  private final BatchSubmitter submitter;
  private final SchedulerWatch watch;
  private final ElementEnds ends;
  private final Consumer<String> notes;

  private final List<Entry> ready = new ArrayList<>();
  private final ArrayDeque<BatchPlan.Array<Entry>> planned = new ArrayDeque<>();
  private final List<RemoteBatch> out = new ArrayList<>();
  private final Map<Path, RemoteBatch> folders = new HashMap<>(); // that are there
  private EarlierBatches earlier;
  private long gathered; // when the last one came
  private long submitAt; // not before
  private boolean ending;
  private boolean ended; // all that was out is told to end

  /**
   * @param folder where scripts and what they say go, each in a folder of its own
   * @param me torc, for its claims
   * @param names gives random names that no one else gives, of letters, digits and {@code -}
   * @param marks is told before anything is handed out
   * @param notes takes lines for people
   */
  RemoteDesk(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path folder,
      Claimant me,
      Supplier<String> names,
      RemoteRunner.Marks marks,
      Consumer<String> notes) {
    this.scheduler = scheduler;
    this.settings = settings;
    this.folder = folder;
    this.me = me;
    this.watch = new SchedulerWatch(scheduler, settings.name(), notes);
    this.submitter = new BatchSubmitter(scheduler, settings, folder, names, marks);
    this.ends = new ElementEnds(settings.name(), folder, me, notes);
    this.notes = notes;
  }

  /** Takes an attempt that is ready, of which nothing is out; its end is told in a turn. */
  void add(RemoteAttempt attempt, RemoteListener listener, long now) {
    if (ending) {
      listener.ended(RemoteEnd.interrupted(List.of()));
    } else {
      ready.add(new Entry(attempt, listener));
      gathered = now;
    }
  }

  /**
   * Asks for what an earlier torc handed out of a job. The listener is told its end where the
   * manifest still holds; else it is ended, and the listener is told when nothing of it is out.
   *
   * @param key of the attempt that is to run now
   */
  void resume(RemoteKey key, RemoteListener listener, long now) throws IOException {
    if (ending) {
      listener.ended(RemoteEnd.interrupted(List.of()));
      return;
    }
    earlier(now).resume(key, listener, found -> drop(found, now));
    watch.soon(now);
  }

  private EarlierBatches earlier(long now) throws IOException {
    if (earlier == null) {
      EarlierBatches found = EarlierBatches.find(folder, notes);
      for (RemoteBatch batch : found.batches()) {
        folders.put(batch.folder.path(), batch);
        out.add(batch);
        if (!outlives(batch)) { // its torc could not end it: the machine went down, say
          batch.elements.forEach(element -> element.cancelled = true);
          tell(scheduler.cancel(batch.elements.stream().map(element -> element.job).toList()));
        }
      }
      earlier = found;
      watch.soon(now);
    }
    return earlier;
  }

  /** What is at a place is recorded, or of no use: it goes. */
  void forget(RemotePlace place) throws IOException {
    place.folder().forget(place.claim(), me);
    RemoteBatch batch = folders.get(place.folder().path());
    if (batch != null) {
      batch.recorded(place);
      clear(batch);
    }
  }

  private void clear(RemoteBatch batch) throws IOException {
    if (batch.isDone() && folders.containsKey(batch.folder.path())) {
      batch.folder.remove();
      folders.remove(batch.folder.path());
    }
  }

  /** Whether nothing is left of all that it took. */
  boolean isEmpty() {
    return ready.isEmpty() && planned.isEmpty() && out.isEmpty();
  }

  /** Ends all, once: what has not begun never will, the others are cancelled. */
  void end() {
    if (ended) {
      return;
    }
    ending = true;
    ended = true;
    drain(entry -> entry.end(RemoteEnd.interrupted(entry.earlierPlaces())));
    if (earlier != null) {
      earlier.waiting().forEach(listener -> listener.ended(RemoteEnd.interrupted(List.of())));
    }
    List<SchedulerJob> cancelled = new ArrayList<>();
    int jobs = 0;
    for (RemoteBatch batch : out) {
      for (Element element : batch.elements) {
        int begun = 0;
        for (Entry entry : element.entries) {
          if (!entry.isOver() && !entry.isLost()) {
            jobs++;
            if (claim(entry, batch)) {
              entry.end(RemoteEnd.interrupted(entry.earlierPlaces()));
            } else {
              begun++;
            }
          }
        }
        if (begun > 0 || element.isOver() && element.over < 0) {
          cancelled(batch, element);
          cancelled.add(element.job);
        }
      }
      batch.nextLook = 0;
    }
    if (jobs > 0) {
      notes.accept(
          "%s: %d submitted %s cancelled"
              .formatted(settings.name(), jobs, jobs == 1 ? "job is" : "jobs are"));
      tell(scheduler.cancel(cancelled));
    }
  }

  /**
   * Torc is about to tell the scheduler to end an element; a later torc is to know that nobody else
   * did. What cannot be written now is not known then.
   */
  private static void cancelled(RemoteBatch batch, Element element) {
    element.cancelled = true;
    for (Entry entry : element.entries) {
      if (!entry.isOver()) {
        try {
          batch.folder.unwanted(entry.claim());
        } catch (IOException e) {
          return;
        }
      }
    }
  }

  /** A claim that cannot be made now is none. */
  private boolean claim(Entry entry, RemoteBatch batch) {
    try {
      return batch.folder.claim(entry.claim(), me);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Looks after what goes on without torc no more: it stays out, and a later torc finds it. The
   * rest is ended.
   *
   * @param all whether nothing at all is looked after any more
   */
  void leave(boolean all) {
    ending = true;
    drain(Entry::leaveReady);
    if (earlier != null) {
      earlier.waiting().forEach(listener -> listener.left(false));
    }
    List<RemoteBatch> left = new ArrayList<>(out);
    left.removeIf(batch -> !all && !outlives(batch));
    left.forEach(batch -> batch.elements.forEach(e -> e.entries.forEach(Entry::leave)));
    out.removeAll(left);
    if (!out.isEmpty()) {
      end();
    }
  }

  /** Whether it goes on without the torc that handed it out. */
  private boolean outlives(RemoteBatch batch) {
    return scheduler.outlives(batch.elements.getFirst().job);
  }

  /** Takes all that was not handed out. */
  private void drain(Consumer<Entry> each) {
    List<Entry> all = new ArrayList<>(ready);
    planned.forEach(array -> array.batches().forEach(all::addAll));
    ready.clear();
    planned.clear();
    all.forEach(each);
  }

  /**
   * Does what is due.
   *
   * @param now nanoseconds by a clock that does not jump
   * @return when to call again at the latest
   */
  long turn(long now) throws IOException {
    if (!ready.isEmpty() && now - gathered >= GATHER) {
      planned.addAll(
          new BatchPlan(settings.batch(), settings.maxRuntime(), spread())
              .arrays(List.copyOf(ready), entry -> entry.attempt));
      ready.clear();
    }
    if (maySubmit(now)) {
      submit(planned.peek(), now);
    }
    for (RemoteBatch batch : List.copyOf(out)) {
      if (now >= batch.nextLook) {
        look(batch, now);
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
    if (earlier != null) {
      earlier.tell();
    }
    return next(now);
  }

  private int spread() {
    return scheduler.largestArray() == 1 ? 1 : Math.min(SPREAD, settings.maxJobs());
  }

  private long next(long now) {
    long next = now + REST;
    if (!ready.isEmpty()) {
      next = Math.min(next, gathered + GATHER);
    }
    if (maySubmit(Math.max(now, submitAt))) { // one in a turn: orders are taken between
      next = Math.min(next, submitAt);
    }
    for (RemoteBatch batch : out) {
      next = Math.min(next, Math.min(batch.nextLook, watch.next()));
    }
    return Math.max(next, now + 1);
  }

  private boolean maySubmit(long now) {
    return !planned.isEmpty() && now >= submitAt && room() > 0;
  }

  private int room() {
    int elements = 0;
    for (RemoteBatch batch : out) {
      elements += batch.open();
    }
    return settings.maxJobs() - elements;
  }

  /** Hands out as many batches of the first array as there is room for; the rest waits. */
  private void submit(BatchPlan.Array<Entry> array, long now) throws IOException {
    int room = room();
    int most = Math.min(Math.min(room, scheduler.largestArray()), array.batches().size());
    List<List<Entry>> batches = array.batches().subList(0, most);
    SchedulerResources resources = submitter.resources(array);
    List<String> lacks = scheduler.lacks(resources);
    RemoteBatch batch = lacks.isEmpty() ? submitter.write(array, batches) : null;
    planned.poll();
    if (most < array.batches().size()) {
      planned.addFirst(array.without(most));
    }
    if (most == room) {
      submitAt = now + PACE;
    }
    if (batch == null) {
      String lack = ": its submit asks for %s, which the job does not say";
      String why = settings.name() + lack.formatted(lacks.getFirst());
      batches.forEach(
          all -> all.forEach(each -> each.end(RemoteEnd.failed(why, each.earlierPlaces()))));
      return;
    }
    watch.begin(out.isEmpty(), now);
    out.add(batch);
    folders.put(batch.folder.path(), batch);
    batch.nextLook = now + FIRST_LOOK;
    makeWay(batch);
    Submission answer = submitter.submit(batch, resources);
    if (answer instanceof Submission.Accepted accepted) {
      watch.accepted(batch, accepted);
    } else if (answer instanceof Submission.Refused refused) {
      for (Element element : batch.elements) {
        refuse(batch, element, ": " + refused.said());
      }
    } else if (answer instanceof Submission.NoAnswer none) {
      submitAt = now + LAST_LOOK; // whether it was taken is asked for by its name
      watch.unanswered(none.said(), now);
    }
  }

  /** One of which something cannot be moved away is never begun; the others go on. */
  private void makeWay(RemoteBatch batch) throws IOException {
    for (Entry entry : batch.entries()) {
      try {
        entry.clear();
      } catch (IOException e) {
        batch.folder.claim(entry.claim(), me);
        entry.end(RemoteEnd.failed(Refusal.line(e), entry.earlierPlaces()));
      }
    }
  }

  /** None of its jobs will be begun: each is claimed, so that a late script begins none. */
  private void refuse(RemoteBatch batch, Element element, String why) throws IOException {
    for (Entry entry : element.entries) {
      if (!entry.isOver() && batch.folder.claim(entry.claim(), me)) {
        entry.end(
            entry.isLost()
                ? RemoteEnd.none(entry.earlierPlaces())
                : RemoteEnd.failed(settings.name() + why, entry.earlierPlaces()));
      }
    }
  }

  /**
   * Ends what nobody wants, which is over when that is known. What has not begun never will; where
   * nothing else is in its element, it leaves the queue too.
   */
  private void drop(EarlierBatches.Found found, long now) throws IOException {
    Entry entry = found.entry();
    entry.unwanted = true;
    if (entry.isOver()) {
      return;
    }
    boolean never = found.batch().folder.claim(entry.claim(), me);
    if (never) {
      entry.end(RemoteEnd.none(entry.earlierPlaces()));
    }
    if (!found.batch().isKnown()) {
      watch.find(found.batch(), now);
    }
    // By the name alone all elements would end; without an id this one is awaited.
    if (found.batch().isKnown() && (!never || found.element().isOver())) {
      cancelled(found.batch(), found.element());
      found.batch().nextLook = 0;
      tell(scheduler.cancel(List.of(found.element().job)));
    }
  }

  /** One listing tells what there is of all jobs of a script. */
  private void look(RemoteBatch batch, long now) throws IOException {
    Map<String, Set<Word>> words = batch.folder.words();
    boolean news = false;
    for (Entry entry : batch.entries()) {
      news |= !entry.isOver() && look(batch, entry, words, now);
    }
    batch.look = news ? FIRST_LOOK : Math.min(batch.look * 3 / 2, LAST_LOOK);
    batch.nextLook = now + Math.max(batch.look, out.size() * SHARE);
  }

  private boolean look(RemoteBatch batch, Entry entry, Map<String, Set<Word>> words, long now)
      throws IOException {
    Set<Word> there = words.getOrDefault(entry.claim(), EnumSet.noneOf(Word.class));
    if (there.contains(Word.STATUS)) {
      BatchStatus status = batch.folder.status(entry.claim());
      boolean told =
          status != null
              && status.cause() == BatchStatus.Cause.CANCELLED
              && !ending
              && !entry.unwanted;
      if (told && !entry.isCancelled()) {
        entry.cancelled(); // by whom, and why, the scheduler says
        watch.soon(now);
        return true;
      }
      if (status != null && !told) {
        entry.end(new RemoteEnd(status.end(batch.submitted()), status, entry.places()));
        return true;
      }
    }
    if (there.contains(Word.BEGUN) && entry.begun()) {
      return true;
    }
    if (there.contains(Word.LATER) && batch.folder.later(entry.claim()) != null) {
      if (batch.folder.claim(entry.claim(), me)) {
        again(entry, now);
      }
      return true;
    }
    return false;
  }

  /** An attempt that never began is ready anew, unless all is to end. */
  private void again(Entry entry, long now) {
    ready(entry, entry.attempt == null ? null : entry.anew(), entry.earlierPlaces(), now);
  }

  /** One that an earlier torc handed out is told to be started by whoever asks for it. */
  private void ready(Entry entry, Entry fresh, List<RemotePlace> places, long now) {
    if (fresh == null) {
      entry.end(RemoteEnd.none(places));
    } else if (ending) {
      fresh.end(RemoteEnd.interrupted(places));
    } else {
      ready.add(fresh);
      gathered = now;
    }
  }

  /** Nobody can tell: what has not begun never will, the others say themselves how they end. */
  private void claim(RemoteBatch unknown, long now) throws IOException {
    for (Entry entry : unknown.entries()) {
      if (!entry.isOver() && unknown.folder.claim(entry.claim(), me)) {
        again(entry, now);
      }
    }
    if (!unknown.isOver()) {
      watch.unfound(unknown, now);
    }
  }

  /** Sees to the elements that the scheduler has done with, when all they wrote must be here. */
  private void settle(RemoteBatch batch, long now) throws IOException {
    for (Element element : batch.elements) {
      if (element.isOver()) {
        continue;
      }
      if (element.never && element.state instanceof SchedulerState.Waiting waiting) {
        tell(scheduler.cancel(List.of(element.job)));
        refuse(batch, element, " will never start it: " + waiting.reason());
      } else if (element.over >= 0 && now - element.over >= settings.latency()) {
        look(batch, now);
        if (batch.isKnown() && element.state instanceof SchedulerState.Gone) {
          // It may be there though nobody knows of it; that it is not is no trouble.
          scheduler.cancel(List.of(element.job));
        }
        ends.settle(
            batch, element, ending, (entry, fresh, places) -> ready(entry, fresh, places, now));
      }
    }
  }

  private void tell(String trouble) {
    if (!trouble.isEmpty()) {
      notes.accept(settings.name() + ": " + trouble);
    }
  }
}
