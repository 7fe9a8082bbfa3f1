package dev.torc.show;

import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.posix.WholeFile;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Remembers what became of each job, for a file of JUnit XML that programs of continuous
 * integration read. What became of torc itself, where that is the trouble, is a case too. {@link
 * JunitXml} has the form.
 */
public final class JunitReport implements Report {

  /** The case that stands for torc itself. */
  static final String TORC = "torc";

  /** So many lines of torc's own errors are kept. */
  private static final int LINES = 20;

  /**
   * What became of a job, or of torc.
   *
   * @param details with command and log of a job where they say what is wrong, or are wanted
   * @param isTorc whether it is torc's case, and no job's
   */
  record Case(String name, JobState state, Event.Details details, boolean isTorc) {}

  private final long begun;
  private final List<Case> cases = new ArrayList<>();
  private final Set<String> running = new LinkedHashSet<>();
  private final List<String> said = new ArrayList<>();
  private Event.Started started;
  private Event.Finished finished;
  private int exit = -1;

  /**
   * Begins.
   *
   * @param begun moment of the build's begin, in milliseconds since 1970
   */
  public JunitReport(long begun) {
    this.begun = begun;
  }

  @Override
  public void accept(Event event) {
    switch (event) {
      case Event.Started first -> started = first;
      case Event.JobStarted job -> running.add(job.job());
      case Event.JobEnded ended -> {
        running.remove(ended.job());
        cases.add(
            new Case(ended.job(), ended.state(), kept(ended.state(), ended.details()), false));
      }
      case Event.Note note -> {
        if (note.level() == Event.Level.ERROR) {
          say(SafeText.line(note.text()));
        }
      }
      case Event.Finished last -> finished = last;
      default -> {}
    }
  }

  /** Of a large project nearly all are up to date: these have nothing that is worth its place. */
  private static Event.Details kept(JobState state, Event.Details of) {
    boolean logged = of.log() != null && (state != JobState.RAN || of.log().wanted());
    String command = state == JobState.FAILED ? of.command() : "";
    return new Event.Details(of.what(), command, logged ? of.log() : null, of.wall(), -1, -1);
  }

  private void say(String line) {
    if (said.size() < LINES) {
      said.add(line);
    }
  }

  /** The build came to its end, with an exit status. */
  public void ended(int status) {
    exit = status;
  }

  /**
   * It did not.
   *
   * @param lines what torc says of that, harmless; none where the terminal was gone
   */
  public void broken(List<String> lines) {
    lines.forEach(this::say);
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @param file absolute
   */
  public void write(Path file) throws IOException {
    List<Case> all = new ArrayList<>(cases);
    for (String job : running) {
      all.add(new Case(job, JobState.INTERRUPTED, details("torc ended before it"), false));
    }
    if (exit != 0 && all.stream().noneMatch(JunitReport::isBad)) {
      String ended = exit < 0 ? "torc was ended" : "torc ended with status " + exit;
      String what = said.isEmpty() ? ended : said.getFirst();
      all.add(new Case(TORC, JobState.INTERRUPTED, details(what), true));
    }
    JunitXml xml = new JunitXml(started, finished, begun, exit, all, said);
    WholeFile.write(file, xml::write);
  }

  private static boolean isBad(Case of) {
    return of.state == JobState.FAILED || of.state == JobState.INTERRUPTED;
  }

  private static Event.Details details(String what) {
    return new Event.Details(what, "", null, 0, -1, -1);
  }
}
