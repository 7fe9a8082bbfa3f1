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
 * @param head fields that stand in the page as JSON: {@link ReportPage} lists them
 * @param jobs in the order of the build file; behind them those that it no longer has
 * @param runs at the index of each job its last run, null for none; behind these, earlier runs that
 *     tell more about what a job uses
 * @param picture the graph with each group as one vertex; if that is too large, its stages
 * @param files results, in the order in which the build file names them
 */
record PageData(
    String project,
    Map<String, Object> head,
    List<Row> jobs,
    List<AttemptRecord> runs,
    Timeline timeline,
    Picture picture,
    List<Shown> files) {

  /**
   * A build of the history; {@code counts} are jobs by final state.
   *
   * @param seconds null if it did not end in order
   * @param gone the jobs that are no longer in the build file, which {@code counts} omits
   */
  record Build(
      long number,
      long started,
      Double seconds,
      int exit,
      SortedMap<String, Integer> counts,
      int gone) {}

  /** The state of a job, now or at the end of a build. The order is that of the page. */
  enum State {
    RAN,
    FAILED,
    INTERRUPTED,
    BLOCKED,
    /** An earlier result was taken instead of a run. */
    RESTORED,
    OUT_OF_DATE,
    UP_TO_DATE,
    NOT_RUN,
    /** It never ran, and only a target makes it run: the project is up to date without it. */
    MANUAL
  }

  /**
   * A job; {@code asked} is what it asks for now, {@code tries} are the attempts of its last run.
   *
   * @param group null for none
   * @param told the index in {@code runs} of the run that tells what it uses; -1 for none
   */
  record Row(
      String name, String group, State state, Texts texts, int tries, int told, Resources asked) {}

  /**
   * What the page says about a job.
   *
   * @param now what a build would do with it, or which failed job blocks it; empty if up to date
   * @param why why it ran
   * @param what how it failed; empty for no failure
   * @param from where its result comes from; empty if it was not restored
   */
  record Texts(String now, String why, String what, String from) {}

  /**
   * The build on the timeline.
   *
   * @param began in milliseconds since 1970
   * @param attempts in the order of their begins
   * @param machine what was used of the machine; null if unknown
   * @param series what attempts used, the largest users first
   */
  record Timeline(long began, List<Span> attempts, Series machine, List<Used> series) {}

  /** An attempt in time; attempts that overlap have different lanes, from 0. */
  record Span(int job, int lane, AttemptRecord run) {}

  /**
   * The graph, laid out: lengths as {@link GraphLayout} has them.
   *
   * @param stages whether a vertex is a stage or several, as there is no room for all jobs and
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

  record Event(String job, long time, String text) {}

  /**
   * The values of a group's instances, or with an empty name those of the jobs without a group.
   *
   * @param rows for each job its index, its values of the parameters, and its values of the keys;
   *     null for a missing value
   */
  record Values(
      String group, List<String> parameters, List<String> keys, List<List<Object>> rows) {}

  /**
   * A file among the results; {@code path} is as shown.
   *
   * @param caption null for none
   * @param link its root-relative path as an address, if the page does not include it; null for
   *     none
   * @param note what is wrong with it, empty for nothing
   * @param content null if the page does not include it
   */
  record Shown(
      String title, String path, String caption, String link, String note, ShownPart content) {}

  sealed interface ShownPart {

    /** A picture: its MIME type, and its bytes in Base64. */
    record Figure(String type, String bytes) implements ShownPart {}

    /** A Markdown file as HTML. */
    record Html(String text) implements ShownPart {}

    /** A table; the first row is the head. */
    record Table(List<List<String>> rows) implements ShownPart {}
  }
}
