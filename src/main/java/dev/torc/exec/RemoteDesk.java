package dev.torc.exec;

import dev.torc.exec.BatchFolder.Word;
import dev.torc.exec.RemoteBatch.Element;
import dev.torc.exec.RemoteBatch.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Attempts that a scheduler runs, from when they are ready until they are over: it puts them into
 * batches, hands these out, sees what becomes of them, and hands out anew what was lost without
 * having begun. It never lets an attempt begin twice: what it hands out anew it claims first. It
 * decides nothing about results, and has no thread and no clock: {@link #turn} is told the time.
 *
 * <p>Not for use by several threads at once.
 */
final class RemoteDesk {

  private static final long SECOND = 1_000_000_000;
  private static final long GATHER = SECOND / 10; // so long more may come that share a script
  private static final long FIRST_LOOK = SECOND / 5;
  private static final long LAST_LOOK = 2 * SECOND;
  private static final long FIRST_ASK = 2 * SECOND;
  private static final long LAST_ASK = 30 * SECOND;
  private static final long TELL = 60 * SECOND;

  /** How often an attempt is handed out again for what was no fault of its own. */
  private static final int AGAIN = 3;

  private final Scheduler scheduler;
  private final SchedulerSettings settings;
  private final Path folder;
  private final Claimant me;
  private final Supplier<String> names;
  private final Consumer<String> notes;

  private final List<Entry> ready = new ArrayList<>();
  private final ArrayDeque<BatchPlan.Array<Entry>> planned = new ArrayDeque<>();
  private final List<RemoteBatch> out = new ArrayList<>();
  private long gathered; // when the last one came
  private long nextAsk;
  private long ask = FIRST_ASK;
  private long silent = -1; // since when the scheduler does not answer
  private long told;
  private boolean ending;

  /**
   * @param folder where scripts and what they say go, each in a folder of its own
   * @param me torc, for its claims
   * @param names gives random names that no one else gives, of letters, digits and {@code -}
   * @param notes takes lines for people
   */
  RemoteDesk(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path folder,
      Claimant me,
      Supplier<String> names,
      Consumer<String> notes) {
    this.scheduler = scheduler;
    this.settings = settings;
    this.folder = folder;
    this.me = me;
    this.names = names;
    this.notes = notes;
  }

  /** Takes an attempt that is ready; its end is told in a {@link #turn}. */
  void add(RemoteAttempt attempt, RemoteListener listener, long now) {
    ready.add(new Entry(attempt, listener));
    gathered = now;
  }

  /** Whether nothing is left of all that it took. */
  boolean isEmpty() {
    return ready.isEmpty() && planned.isEmpty() && out.isEmpty();
  }

  /** Ends all: what has not begun never will, the others are cancelled. */
  void end() {
    ending = true;
    for (Entry entry : ready) {
      entry.end(interrupted());
    }
    ready.clear();
    for (BatchPlan.Array<Entry> array : planned) {
      array.batches().forEach(batch -> batch.forEach(entry -> entry.end(interrupted())));
    }
    planned.clear();
    for (RemoteBatch batch : out) {
      for (Element element : batch.elements()) {
        element.cancelled = true;
      }
      tell(scheduler.cancel(batch.jobs()));
    }
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
          new BatchPlan(settings.batch(), settings.maxRuntime())
              .arrays(List.copyOf(ready), Entry::attempt));
      ready.clear();
    }
    while (!planned.isEmpty() && room() > 0) {
      submit(planned.poll(), now);
    }
    for (RemoteBatch batch : List.copyOf(out)) {
      if (now >= batch.nextLook) {
        look(batch, now);
      }
    }
    if (!out.isEmpty() && now >= nextAsk) {
      ask(now);
    }
    for (RemoteBatch batch : List.copyOf(out)) {
      settle(batch, now);
      if (batch.isOver()) {
        out.remove(batch);
      }
    }
    return next(now);
  }

  private long next(long now) {
    long next = now + LAST_ASK;
    if (!ready.isEmpty()) {
      next = Math.min(next, gathered + GATHER);
    }
    for (RemoteBatch batch : out) {
      next = Math.min(next, Math.min(batch.nextLook, nextAsk));
    }
    return Math.max(next, now + 1);
  }

  private int room() {
    int elements = 0;
    for (RemoteBatch batch : out) {
      elements += batch.open();
    }
    return settings.maxJobs() - elements;
  }

  /** Hands out as many batches of an array as there is room for; the rest waits. */
  private void submit(BatchPlan.Array<Entry> array, long now) throws IOException {
    int most = Math.min(Math.min(room(), scheduler.largestArray()), array.batches().size());
    if (most < array.batches().size()) {
      planned.addFirst(
          new BatchPlan.Array<>(
              array.batches().subList(most, array.batches().size()),
              array.resources(),
              array.limit()));
    }
    String name = "torc-" + names.get();
    BatchFolder place = new BatchFolder(folder.resolve(name));
    Files.createDirectories(place.path());
    RemoteBatch batch =
        new RemoteBatch(place, name, array, array.batches().subList(0, most), names);
    BatchScript script =
        new BatchScript(
            place.path(),
            settings.before() == null ? "" : settings.before(),
            true,
            Math.ceilDiv(array.limit(), SECOND),
            5,
            scheduler.elementVariable());
    place.writeScript(script.of(batch.scripted()));
    batch.request =
        new SubmissionRequest(
            place.script(), name, most, batch.resources(), place.path().resolve("out"));
    out.add(batch);
    ask = FIRST_ASK;
    nextAsk = now + ask;
    batch.nextLook = now + FIRST_LOOK;
    submit(batch);
  }

  /** Asks the scheduler to take it; three times where it will not. */
  private void submit(RemoteBatch batch) throws IOException {
    Submission answer = scheduler.submit(batch.request);
    for (int i = 1; i < AGAIN && answer instanceof Submission.Refused; i++) {
      answer = scheduler.submit(batch.request);
    }
    if (answer instanceof Submission.Accepted accepted) {
      batch.accepted(accepted.jobs());
    } else if (answer instanceof Submission.Refused refused) {
      for (Element element : batch.elements()) {
        lose(batch, element, ProcessEnd.How.NOT_STARTED, settings.name() + ": " + refused.said());
      }
    } // without an answer its name tells later whether it was taken
  }

  /** One listing tells what there is of all jobs of a script. */
  private void look(RemoteBatch batch, long now) throws IOException {
    Map<String, Set<Word>> words = batch.folder().words();
    boolean news = false;
    for (Element element : batch.elements()) {
      for (Entry entry : element.entries) {
        news |= !entry.isOver() && look(batch, entry, words, now);
      }
    }
    batch.look = news ? FIRST_LOOK : Math.min(batch.look * 3 / 2, LAST_LOOK);
    batch.nextLook = now + batch.look;
  }

  private boolean look(RemoteBatch batch, Entry entry, Map<String, Set<Word>> words, long now)
      throws IOException {
    Set<Word> there = words.getOrDefault(entry.claim(), EnumSet.noneOf(Word.class));
    if (there.contains(Word.STATUS)) {
      BatchStatus status = batch.folder().status(entry.claim());
      boolean told = status != null && status.cause() == BatchStatus.Cause.CANCELLED && !ending;
      if (told && !entry.isCancelled()) {
        entry.cancelled(); // by whom, and why, the scheduler says
        nextAsk = now;
        return true;
      }
      if (status != null && !told) {
        entry.end(new RemoteEnd(status.end(), status, batch.folder(), entry.claim()));
        return true;
      }
    }
    if (there.contains(Word.BEGUN) && entry.begun()) {
      return true;
    }
    if (there.contains(Word.LATER) && batch.folder().later(entry.claim()) != null) {
      if (batch.folder().claim(entry.claim(), me)) {
        again(entry, now);
      }
      return true;
    }
    return false;
  }

  /** An attempt that never began is ready anew, unless all is to end. */
  private void again(Entry entry, long now) {
    Entry fresh = entry.anew();
    if (ending) {
      fresh.end(interrupted());
    } else {
      ready.add(fresh);
      gathered = now;
    }
  }

  /** Asks for those of which there is no word. */
  private void ask(long now) {
    Map<SchedulerJob, Element> open = new LinkedHashMap<>();
    for (RemoteBatch batch : out) {
      for (Element element : batch.elements()) {
        if (!element.isOver()) {
          open.put(element.job, element);
        }
      }
    }
    boolean answered = open.isEmpty();
    String why = "";
    for (Map.Entry<SchedulerJob, SchedulerState> state :
        scheduler.states(List.copyOf(open.keySet())).entrySet()) {
      if (state.getValue() instanceof SchedulerState.NoAnswer none) {
        why = none.said();
      } else {
        answered = true;
        open.get(state.getKey()).told(state.getValue(), now);
      }
    }
    ask = Math.min(ask * 3 / 2, LAST_ASK);
    nextAsk = now + ask;
    silent = answered ? -1 : silent < 0 ? now : silent;
    if (!answered && now - told >= TELL) {
      told = now;
      notes.accept("%s does not answer: %s; torc asks on".formatted(settings.name(), why));
    }
  }

  /** Sees to the elements that the scheduler has done with, when all they wrote must be here. */
  private void settle(RemoteBatch batch, long now) throws IOException {
    for (Element element : batch.elements()) {
      if (element.isOver()) {
        continue;
      }
      if (element.never && element.state instanceof SchedulerState.Waiting waiting) {
        tell(scheduler.cancel(List.of(element.job)));
        lose(
            batch,
            element,
            ProcessEnd.How.NOT_STARTED,
            "%s will never start it: %s".formatted(settings.name(), waiting.reason()));
      } else if (element.over >= 0 && now - element.over >= settings.latency()) {
        look(batch, now);
        settle(batch, element, now);
      }
    }
  }

  private void settle(RemoteBatch batch, Element element, long now) throws IOException {
    boolean cancelled = element.cancelled || ending;
    SchedulerState.Cause cause =
        element.state instanceof SchedulerState.Ended ended ? ended.cause() : null;
    String said = element.state instanceof SchedulerState.Ended ended ? ended.said() : "gone";
    if (cause == null) {
      tell(scheduler.cancel(List.of(element.job))); // it may be there though nobody knows of it
    }
    boolean unseen = cause == SchedulerState.Cause.EXITED && element.isUntouched(batch.folder());
    for (Entry entry : element.entries) {
      if (entry.isOver()) {
        continue;
      }
      boolean never = batch.folder().claim(entry.claim(), me);
      if (cancelled) {
        entry.end(interrupted());
      } else if (unseen) {
        entry.end(
            new RemoteEnd(
                end(
                    ProcessEnd.How.NOT_STARTED,
                    "the machine that %s took does not see %s".formatted(settings.name(), folder)),
                null,
                null,
                entry.claim()));
      } else if (never && cause != SchedulerState.Cause.CANCELLED) {
        again(entry, now);
      } else {
        died(batch, entry, cause, said, now);
      }
    }
  }

  /** An attempt began and nobody will say how it ended, or somebody took it from the queue. */
  private void died(
      RemoteBatch batch, Entry entry, SchedulerState.Cause cause, String said, long now) {
    ProcessEnd.How how =
        switch (cause) {
          case OUT_OF_MEMORY -> ProcessEnd.How.MEMORY;
          case TIME_LIMIT -> ProcessEnd.How.TIMEOUT;
          case CANCELLED -> ProcessEnd.How.CANCELLED;
          case EXITED -> entry.isCancelled() ? ProcessEnd.How.CANCELLED : null;
          case null, default -> null;
        };
    if (how == null && entry.losses() < AGAIN) {
      notes.accept(
          "%s: %s (%s); it is submitted anew".formatted(entry.attempt().job(), lost(cause), said));
      ready.add(entry.lost());
      gathered = now;
      return;
    }
    ProcessEnd end =
        how == null ? end(ProcessEnd.How.NOT_STARTED, lost(cause) + ": " + said) : end(how, said);
    entry.end(new RemoteEnd(end, null, batch.folder(), entry.claim()));
  }

  private static String lost(SchedulerState.Cause cause) {
    return cause == SchedulerState.Cause.PREEMPTED ? "preempted" : "lost with its machine";
  }

  /** None of its jobs will be begun: each is claimed, so that a late script begins none. */
  private void lose(RemoteBatch batch, Element element, ProcessEnd.How how, String why)
      throws IOException {
    for (Entry entry : element.entries) {
      if (!entry.isOver() && batch.folder().claim(entry.claim(), me)) {
        entry.end(new RemoteEnd(end(how, why), null, null, entry.claim()));
      }
    }
  }

  private static RemoteEnd interrupted() {
    return new RemoteEnd(end(ProcessEnd.How.INTERRUPTED, ""), null, null, null);
  }

  private static ProcessEnd end(ProcessEnd.How how, String message) {
    return new ProcessEnd(how, 0, 0, -1, -1, message);
  }

  private void tell(String trouble) {
    if (!trouble.isEmpty()) {
      notes.accept(settings.name() + ": " + trouble);
    }
  }
}
