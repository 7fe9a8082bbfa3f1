package dev.torc.core.run;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.manifest.LeftOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What became of the jobs of a build, as lines of a story. */
record Fates(List<Event> events) {

  private <T extends Event> Stream<T> all(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast);
  }

  /** A line for all jobs with the same fate; those that are up to date come last. */
  List<String> lines() {
    Map<String, String> fates = new TreeMap<>();
    all(Event.JobEnded.class).forEach(end -> fates.put(end.job(), fate(end)));
    all(Event.JobUndone.class).forEach(end -> fates.put(end.job(), fate(end.failure())));
    all(Event.JobStarted.class)
        .forEach(
            begun -> fates.putIfAbsent(begun.job(), "ran: " + why(begun.job()) + " → unfinished"));
    return grouped(fates);
  }

  /** Whether a note tells that results are stored, or that the machine is slow. */
  static boolean isChance(Event.Note note) {
    return note.text().startsWith("results are stored")
        || note.text().startsWith("sending results to shared stores took");
  }

  /** The notes of the build, without those that are chance. */
  List<String> notes() {
    return all(Event.Note.class)
        .filter(note -> !isChance(note))
        .map(note -> "! " + note.text())
        .sorted()
        .toList();
  }

  /** How many jobs ended in each state. */
  String counts() {
    return all(Event.Finished.class).findFirst().orElseThrow().counts().entrySet().stream()
        .filter(count -> count.getValue() > 0)
        .map(count -> count.getValue() + " " + word(count.getKey()))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The commands of a job, as its attempts and its end told them. */
  Stream<String> commands(String job) {
    Stream<String> attempts =
        all(Event.JobStarted.class)
            .filter(begun -> begun.job().equals(job))
            .map(begun -> Objects.requireNonNullElse(begun.command(), ""))
            .filter(command -> !command.isEmpty())
            .map(command -> job + ": " + command);
    Stream<String> end =
        all(Event.JobEnded.class)
            .filter(over -> over.job().equals(job))
            .map(Event.JobEnded::details)
            .map(over -> over.command() + (isShown(over.log()) ? ", with its output" : ""))
            .map(command -> job + " at its end: " + command);
    return Stream.concat(attempts, end).map(line -> line.replace("\n", "\\n"));
  }

  private static boolean isShown(Event.Log log) {
    return log != null && log.output() == Event.WhenShown.ALWAYS;
  }

  private static String word(JobState state) {
    return state.name().toLowerCase().replace('_', ' ');
  }

  private String why(String job) {
    return all(Event.JobStarted.class)
        .filter(begun -> begun.job().equals(job))
        .findFirst()
        .map(begun -> Harness.words(begun.reasons()))
        .orElseThrow();
  }

  private String fate(Event.JobEnded end) {
    long attempts =
        all(Event.JobStarted.class).filter(begun -> begun.job().equals(end.job())).count();
    String what = end.details().what();
    String state =
        switch (end.state()) {
          case RAN -> "";
          case RESTORED -> restored(end.job());
          case BLOCKED -> several() ? "blocked" : "blocked by " + what; // the first to fail
          default -> word(end.state()) + (what.isEmpty() ? "" : ": " + what);
        };
    String times = attempts > 1 ? "ran " + attempts + " times: " : "ran: ";
    String ran = attempts == 0 ? "" : times + why(end.job()) + (state.isEmpty() ? "" : " → ");
    return ran + state + without(end.details().leftOut());
  }

  /** Why a job would have run, and where its restored result came from. */
  private String restored(String job) {
    Event.JobRestored end =
        all(Event.JobRestored.class).filter(e -> e.job().equals(job)).findFirst().orElseThrow();
    String of = end.from().job().isEmpty() ? "" : " (job " + end.from().job() + ")";
    String by = end.from().store().isEmpty() ? "" : ", by " + end.from().store();
    return "restored from build %d%s%s: %s"
        .formatted(end.from().build(), of, by, Harness.words(end.reasons()));
  }

  private boolean several() {
    return all(Event.JobEnded.class).filter(end -> end.state() == JobState.FAILED).count() > 1;
  }

  private static String without(List<LeftOut> leftOut) {
    return leftOut.stream()
        .map(each -> ", without " + String.join(" ", each.jobs()) + " of " + each.of())
        .collect(Collectors.joining());
  }

  /** A line for all jobs with the same fate; those that are up to date come last. */
  static List<String> grouped(Map<String, String> byJob) {
    Map<String, List<String>> jobs = new TreeMap<>();
    byJob.forEach((job, said) -> jobs.computeIfAbsent(said, _ -> new ArrayList<>()).add(job));
    TreeSet<String> lines = new TreeSet<>();
    List<String> idle = jobs.remove("up to date");
    jobs.forEach((said, of) -> lines.add(String.join(" ", of) + ": " + said));
    List<String> all = new ArrayList<>(lines);
    if (idle != null) {
      all.add(String.join(" ", idle) + ": up to date");
    }
    return all;
  }
}
