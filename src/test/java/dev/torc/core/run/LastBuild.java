package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the last build of a project told: which jobs ran, why, and how they ended. */
abstract class LastBuild extends ProjectFiles {

  /** The events of the last build, in order. */
  List<Event> events = new CopyOnWriteArrayList<>();

  /** The exit status of the last build. */
  protected int exit;

  /** The jobs that started in the last build, in the order of their first attempts. */
  List<String> started() {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.attempt() == 1)
        .map(e -> ((Event.JobStarted) e).job())
        .toList();
  }

  /** Asserts that exactly these jobs were started in the last build. */
  void ran(String... jobs) {
    assertEquals(new TreeSet<>(List.of(jobs)), new TreeSet<>(started()), () -> "ran; " + notes());
  }

  /** Asserts that exactly these jobs were restored in the last build. */
  void restored(String... jobs) {
    TreeSet<String> found = new TreeSet<>();
    for (Event event : events) {
      if (event instanceof Event.JobRestored each) {
        found.add(each.job());
        assertEquals(JobState.RESTORED, state(each.job()));
      }
    }
    assertEquals(new TreeSet<>(List.of(jobs)), found, () -> "restored; ran " + started() + notes());
  }

  /** The reasons of a job that was started in the last build, such as "need changed x". */
  String why(String job) {
    return started().contains(job) ? words(reasons(job)) : "did not run";
  }

  /** The whole reasons of a job that was started in the last build; empty if it was not. */
  List<Reason> reasons(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.job().equals(job) && s.attempt() == 1)
        .map(e -> ((Event.JobStarted) e).reasons())
        .findFirst()
        .orElse(List.of());
  }

  static String words(List<Reason> reasons) {
    return reasons.stream()
        .map(r -> (r.kind().name().toLowerCase().replace('_', ' ') + " " + r.name()).strip())
        .collect(Collectors.joining("; "));
  }

  /** The state that a job came to in the last build, null if it was not selected. */
  protected JobState state(String job) {
    return ended(job) == null ? null : ended(job).state();
  }

  /** How a job failed, or what blocked it; empty for success. */
  protected String what(String job) {
    return ended(job).details().what();
  }

  private Event.JobEnded ended(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded end && end.job().equals(job))
        .map(e -> (Event.JobEnded) e)
        .findFirst()
        .orElse(null);
  }

  /** The notes and failures of the last build, without those that {@link Fates#isChance} names. */
  protected List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Note note) {
        if (!Fates.isChance(note)) {
          notes.add(note.text());
        }
      } else if (event instanceof Event.JobEnded end && end.state() == JobState.FAILED) {
        notes.add(end.job() + " failed: " + end.details().what());
      }
    }
    return notes;
  }

  /** Asserts that exactly one line of the last build has all these words. */
  void said(String... words) {
    long lines = notes().stream().filter(n -> Stream.of(words).allMatch(n::contains)).count();
    assertEquals(1, lines, () -> List.of(words) + " in " + notes());
  }

  /** The jobs that have started and have not ended yet. */
  Set<String> underWay() {
    Set<String> jobs = new TreeSet<>();
    for (Event event : events) {
      switch (event) {
        case Event.JobStarted begun -> jobs.add(begun.job());
        case Event.JobRetried over -> jobs.remove(over.job());
        case Event.JobEnded over -> jobs.remove(over.job());
        default -> {}
      }
    }
    return jobs;
  }
}
