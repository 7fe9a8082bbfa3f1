package dev.torc.core.model;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages about jobs. Messages with the same key about instances of one group become one line,
 * which names the first instance and counts the others. Later instances add no line.
 */
public final class FoldedLines {

  private static final class Line {
    private final Job job;
    private final Place place;
    private final String before;
    private final String behind;
    private int jobs = 1;

    Line(Job job, Place place, String before, String behind) {
      this.job = job;
      this.place = place;
      this.before = before;
      this.behind = behind;
    }

    Diagnostic diagnostic() {
      return new Diagnostic(place, before + job.name() + others(job, jobs) + behind);
    }
  }

  private final Map<String, Line> known = new HashMap<>(); // by job or group, and key
  private final List<Line> newLines = new ArrayList<>(0);

  /** Returns the text after the first job's name in a line about {@code jobs} jobs. */
  public static String others(Job first, int jobs) {
    String group = first.group() == null ? "" : " of group " + first.group();
    return jobs == 1 ? "" : " (and " + (jobs - 1) + " more" + group + ")";
  }

  /**
   * Counts a job in the line with this key about the job or its group; returns whether there is
   * one.
   */
  public boolean counts(Job job, String key) {
    Line line = known.get(jobOrGroup(job) + key);
    if (line != null) {
      line.jobs++;
    }
    return line != null;
  }

  private static String jobOrGroup(Job job) {
    return (job.group() == null ? job.name() : job.group()) + "\0";
  }

  public void add(Job job, String key, Place place, String before, String behind) {
    Line line = new Line(job, place, before, behind);
    newLines.add(line);
    known.put(jobOrGroup(job) + key, line);
  }

  public List<Diagnostic> takeNewLines() {
    List<Diagnostic> lines = newLines.stream().map(Line::diagnostic).toList();
    newLines.clear();
    return lines;
  }
}
