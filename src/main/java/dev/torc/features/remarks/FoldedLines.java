package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages about jobs. Messages with the same key about instances of one group become one line,
 * which names the first instance and counts the others. In a build, messages of the same text do
 * so, too. Jobs that come after a line was taken add no line.
 */
public final class FoldedLines {

  /** The kind of remarks about variables of the caller. */
  static final String CALLER = "caller";

  private final class Line {
    private Job job;
    private Place place;
    private final String before;
    private String behind;
    private int jobs = 1;
    private String last; // the job that was counted last: it may say a sentence for each step
    private boolean mixed; // its jobs are not all of one group
    private boolean taken;

    Line(Job job, Place place, String before, String behind) {
      this.job = job;
      this.place = place;
      this.before = before;
      this.behind = behind;
      this.last = job == null ? "" : job.name();
    }

    void count(Job other) {
      jobs += other.name().equals(last) ? 0 : 1;
      last = other.name();
    }

    /** Makes this the line of a job if that comes first by name and the line is not told yet. */
    void first(Job other, Place at, String text) {
      if (byName && other.name().compareTo(job.name()) < 0) {
        job = other;
        place = at;
        behind = text;
      }
    }

    Diagnostic take() {
      taken = true;
      if (job == null) {
        return new Diagnostic(place, behind);
      }
      String others = mixed ? " (and " + (jobs - 1) + " more)" : others(job, jobs);
      return new Diagnostic(place, before + job.name() + others + behind);
    }
  }

  private final boolean each;
  private final boolean byName;
  private final Map<String, Line> known = new HashMap<>(); // by job or group, and key; by text
  private final List<Line> newLines = new ArrayList<>(0);

  /**
   * Creates no lines yet.
   *
   * @param each whether equal messages about jobs that share no group are lines of their own
   * @param byName whether a line is that of the first job by name, since jobs end in any order
   */
  FoldedLines(boolean each, boolean byName) {
    this.each = each;
    this.byName = byName;
  }

  /** Returns the text after the first job's name in a line about {@code jobs} jobs. */
  public static String others(Job first, int jobs) {
    String group = first.group() == null ? "" : " of group " + first.group();
    return jobs == 1 ? "" : " (and " + (jobs - 1) + " more" + group + ")";
  }

  /**
   * Counts a job in the line with this key about the job or its group; returns whether there is
   * one.
   */
  boolean counts(Job job, String key) {
    Line line = known.get(jobOrGroup(job) + key);
    if (line != null) {
      line.count(job);
    }
    return line != null;
  }

  private static String jobOrGroup(Job job) {
    return (job.group() == null ? job.name() : job.group()) + "\0";
  }

  /** Adds a line, or counts the job in the one that has the key or the text. */
  void add(Job job, String key, Place place, String before, String behind) {
    if (counts(job, key)) {
      known.get(jobOrGroup(job) + key).first(job, place, behind);
      return;
    }
    boolean apart = each && !key.equals(CALLER); // one env mends all
    String text = before + "\0" + behind + (apart ? "\0" + job.name() : "");
    Line line = known.get(text);
    if (line == null || line.taken) {
      line = new Line(job, place, before, behind);
      newLines.add(line);
      known.put(text, line);
    } else {
      line.count(job);
      line.mixed |= !jobOrGroup(job).equals(jobOrGroup(line.job));
      line.first(job, place, behind);
    }
    known.put(jobOrGroup(job) + key, line);
  }

  /** Adds a sentence that names no job, once for each key. */
  void add(String key, Place place, String sentence) {
    known.computeIfAbsent(
        key,
        _ -> {
          Line line = new Line(null, place, "", sentence);
          newLines.add(line);
          return line;
        });
  }

  List<Diagnostic> takeNewLines() {
    if (byName) {
      newLines.sort((a, b) -> a.place.compareTo(b.place));
    }
    List<Diagnostic> lines = newLines.stream().map(Line::take).toList();
    newLines.clear();
    return lines;
  }
}
