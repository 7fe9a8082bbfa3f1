package dev.torc.front.page;

import dev.torc.base.machine.Series;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.past.GitCommit;
import java.util.List;
import java.util.SortedMap;

/**
 * The content of a page, before it becomes text. {@link ReportPage} collects it; {@link PageWriter}
 * decides how it looks.
 *
 * @param head the JSON of the page, but for what {@link PageWriter} adds
 * @param jobs in the order of the build file, followed by jobs that the build file no longer has
 * @param runs the last run of each job, at the job's index, or null; then earlier runs that show
 *     more about a job's use of resources
 * @param picture the graph with each group as one vertex; if that is too large, its stages
 * @param files results, in the order in which the build file names them
 */
record PageData(
    String project,
    Object head,
    List<Row> jobs,
    List<AttemptRecord> runs,
    Timeline timeline,
    Picture picture,
    List<Shown> files) {

  /**
   * A build of the history; {@code counts} has the number of jobs in each final state.
   *
   * @param seconds null if the build did not end properly
   * @param commit null if it is unknown
   * @param gone the number of jobs that the build file no longer has, which {@code counts} omits
   */
  record Build(
      long number,
      long started,
      Double seconds,
      int exit,
      SortedMap<String, Integer> counts,
      GitCommit commit,
      int gone) {}

  /** The state of a job, now or at the end of a build, in the order of the page. */
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
    /** The job never ran, and only a target makes it run: the project is up to date without it. */
    MANUAL,
    /** A condition does not hold. */
    SKIPPED
  }

  /**
   * A job; {@code asked} is what it requests now, {@code tries} counts its last run's attempts.
   *
   * @param group null for none
   * @param told the index in {@code runs} of the run that shows the job's use; -1 for none
   */
  record Row(
      String name, String group, State state, Texts texts, int tries, int told, Resources asked) {}

  /**
   * The page's texts about a job.
   *
   * @param now what a build would do with the job, or which failed job blocks it; empty if up to
   *     date
   * @param why why the job ran
   * @param what how the job failed; empty for no failure
   * @param from where the result comes from; empty if it was not restored
   * @param commit the git commit that made the result; empty if it is unknown
   */
  record Texts(String now, String why, String what, String from, String commit) {}

  /**
   * The build on the timeline.
   *
   * @param began in milliseconds since 1970
   * @param attempts in the order of their starts
   * @param machine the use of the machine; null if unknown
   * @param series the use of attempts, the largest first
   */
  record Timeline(long began, List<Span> attempts, Series machine, List<Used> series) {}

  /** An attempt on the timeline; attempts that overlap have different lanes, counted from 0. */
  record Span(int job, int lane, AttemptRecord run) {}

  /**
   * The graph with its layout; lengths are those of {@link GraphLayout}.
   *
   * @param stages whether the vertices are stages, since there is no room for all jobs and groups
   * @param edges without the edges that others imply
   */
  record Picture(
      boolean stages, float width, float height, List<Vertex> vertices, List<Edge> edges) {}

  /**
   * A job, a group or a stage in the picture.
   *
   * @param label the name; for a group also the number of jobs, for a stage also the jobs by state
   * @param state of the job; for a group or stage, the state that needs most attention
   * @param stage counted from 0
   */
  record Vertex(String label, State state, int stage, float x, float y, float width) {}

  /** The vertex {@code after} waits for {@code before}; {@code bends} alternates x and y. */
  record Edge(int before, int after, float[] bends) {}

  /** What an attempt of a job used over time. */
  record Used(int job, int attempt, Series series) {}

  /** The log of a job, or its first and last lines. */
  record Tail(int job, String command, List<String> lines) {}

  record Event(String job, long time, String text) {}

  /**
   * The values of a group's instances or, if the name is empty, of the jobs without a group.
   *
   * @param rows for each job its index, its values of the parameters, and its values of the keys;
   *     null for a missing value
   */
  record Values(
      String group, List<String> parameters, List<String> keys, List<List<Object>> rows) {}

  /**
   * A file among the results; {@code path} is the path that is shown.
   *
   * @param caption null for none
   * @param link the file's address relative to the root, if the page does not include the file;
   *     null for none
   * @param note what is wrong with the file; empty for nothing
   * @param content null if the page does not include the file
   */
  record Shown(
      String title, String path, String caption, String link, String note, ShownPart content) {}

  sealed interface ShownPart {

    /** A picture: its MIME type, and its bytes in Base64. */
    record Figure(String type, String bytes) implements ShownPart {}

    /** A Markdown file as HTML. */
    record Html(String text) implements ShownPart {}

    /** The first lines of a text. */
    record Lines(List<String> lines) implements ShownPart {}

    /** An HTML file, which a frame shows. */
    record Frame(HtmlFile file) implements ShownPart {}

    /** A table; the first row is the header. */
    record Table(List<List<String>> rows) implements ShownPart {}
  }
}
