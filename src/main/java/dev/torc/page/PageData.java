package dev.torc.page;

import dev.torc.machine.Series;
import dev.torc.records.AttemptRecord;
import dev.torc.workflow.Job.Resources;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * All that a page tells, before it becomes text. {@link ReportPage} gathers it; {@link PageWriter}
 * decides how it looks.
 *
 * @param project its name
 * @param began when the build on the timeline began, in milliseconds since 1970
 * @param head fields that stand in the page as JSON: {@link ReportPage} lists them
 * @param jobs in the order of the build file; behind them those that it no longer has
 * @param runs at the index of each job its last run, null for none; behind these, earlier runs that
 *     tell more about what a job uses
 * @param attempts of the build on the timeline, in the order of their begins
 * @param picture the graph with each group as one vertex; if that is too large, its stages
 * @param machine what was used of the machine in that build; null if unknown
 * @param series what attempts used, the largest users first
 * @param files results, in the order in which the build file names them
 */
record PageData(
    String project,
    long began,
    Map<String, Object> head,
    List<Row> jobs,
    List<AttemptRecord> runs,
    List<Span> attempts,
    Picture picture,
    Series machine,
    List<Used> series,
    List<Shown> files) {

  /**
   * A build of the history.
   *
   * @param seconds null where it did not end in order
   * @param counts jobs by final state, without those that the build file no longer has
   * @param gone how many of its jobs the build file no longer has
   */
  record Build(
      long number,
      long started,
      Double seconds,
      int exit,
      SortedMap<String, Integer> counts,
      int gone) {}

  /** How a job stands, or what became of it in a build. The order is that of the page. */
  enum State {
    RAN,
    FAILED,
    INTERRUPTED,
    BLOCKED,
    /** An earlier result was put in the place of a run. */
    RESTORED,
    OUT_OF_DATE,
    UP_TO_DATE,
    NOT_RUN,
    /** It never ran, and only a target makes it run: the project is up to date without it. */
    MANUAL
  }

  /**
   * A job.
   *
   * @param group the group that it is an instance of; null for none
   * @param now what a build would do with it, or which failed job blocks it; empty if up to date
   * @param why why it ran
   * @param what how it failed; empty for no failure
   * @param from where its result comes from; empty where it was not restored
   * @param tries how many attempts its last run took
   * @param told the index in {@code runs} of the run that tells what it uses; -1 for none
   * @param asked what it asks for now
   */
  record Row(
      String name,
      String group,
      State state,
      String now,
      String why,
      String what,
      String from,
      int tries,
      int told,
      Resources asked) {}

  /**
   * An attempt in time.
   *
   * @param job the index of the job
   * @param lane the slot that it had, from 0: no two at a time have the same
   */
  record Span(int job, int lane, AttemptRecord run) {}

  /**
   * The graph, laid out: lengths as {@link GraphLayout} has them.
   *
   * @param stages whether each vertex is one stage or several, as there is no room for all jobs and
   *     groups
   * @param edges without those that others imply
   */
  record Picture(
      boolean stages, float width, float height, List<Vertex> vertices, List<Edge> edges) {}

  /**
   * A job, a group or a stage in the picture.
   *
   * @param label its name; of a group also its number of jobs, of a stage also the jobs by state
   * @param state of the job; of a group or stage, the state that wants most attention
   * @param stage counts from 0
   */
  record Vertex(String label, State state, int stage, float x, float y, float width) {}

  /** The vertex {@code after} waits for {@code before}; {@code bends} are x and y by turns. */
  record Edge(int before, int after, float[] bends) {}

  /** What an attempt of a job used over time. */
  record Used(int job, int attempt, Series series) {}

  /** The log of a job, or its first and last lines. */
  record Tail(int job, List<String> lines) {}

  /** An event that a job posted. */
  record Event(String job, long time, String text) {}

  /**
   * The values of a group's instances, or of the jobs without a group.
   *
   * @param group the group's name; empty for the jobs without a group
   * @param rows for each job its index, its values of the parameters, and its values of the keys;
   *     null where there is none
   */
  record Values(
      String group, List<String> parameters, List<String> keys, List<List<Object>> rows) {}

  /**
   * A file among the results.
   *
   * @param path as it is shown
   * @param caption null for none
   * @param link where a browser finds a file that the page does not include, by its root-relative
   *     path; null for none
   * @param note what is wrong with it, empty for nothing
   * @param content null if the page does not include it
   */
  record Shown(
      String title, String path, String caption, String link, String note, ShownPart content) {}

  /** What the page shows of a file. */
  sealed interface ShownPart {

    /** A picture, by its type as MIME has it, with its bytes in Base64. */
    record Figure(String type, String bytes) implements ShownPart {}

    /** A Markdown file as HTML. */
    record Html(String text) implements ShownPart {}

    /** Rows of texts; the first one is the head. */
    record Table(List<List<String>> rows) implements ShownPart {}
  }
}
