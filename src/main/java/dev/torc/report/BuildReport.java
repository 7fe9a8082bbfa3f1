package dev.torc.report;

import dev.torc.cache.AttemptRecord;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Origin;
import dev.torc.machine.Series;
import dev.torc.workflow.Resources;
import java.util.List;

/**
 * All that a report of a build tells, before it becomes a page. How it was found out is for {@code
 * session}, how it looks for {@link HtmlReport}.
 *
 * @param project the name of the project
 * @param root its folder
 * @param build the build that is told of
 * @param last whether no later one is on record
 * @param where the machine on which torc ran it; null where it is not on record
 * @param cpus how many the machine has
 * @param memory bytes that the machine has
 * @param history the last builds, newest first
 * @param jobs in the order of the build file, those that it has no longer behind them
 * @param attempts of the build, in the order of their begins
 * @param critical the jobs of the path that made the build as long as it was, first to last, as
 *     indices of {@code jobs}
 * @param pictures the graph, with groups as one vertex first, then with each instance by itself
 *     where there is room for that; where even the first is too large, one of its stages
 * @param machine what the machine used; null unknown
 * @param series what attempts used, those first that used most
 * @param tails the ends of the logs of failed jobs
 * @param data what jobs stored, as lines
 * @param events what jobs posted, as lines
 * @param leftOut what the report has no room for, as sentences
 */
public record BuildReport(
    String project,
    String root,
    BuildRecord build,
    boolean last,
    String where,
    int cpus,
    long memory,
    List<BuildRecord> history,
    List<Row> jobs,
    List<Span> attempts,
    List<Integer> critical,
    List<Picture> pictures,
    Series machine,
    List<Used> series,
    List<Tail> tails,
    List<Fact> data,
    List<Fact> events,
    List<String> leftOut) {

  /** What became of a job in the build. The order is that of the page. */
  public enum State {
    RAN("ran"),
    FAILED("failed"),
    INTERRUPTED("interrupted"),
    BLOCKED("blocked"),
    /**
     * An earlier result was put in the place of a run; of a temporary job perhaps its record alone.
     */
    RESTORED("restored"),
    UP_TO_DATE("up to date"),
    NOT_RUN("not run");

    private final String words;

    State(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /**
   * A job.
   *
   * @param group the group that it is an instance of; null for none
   * @param why why it ran, or did not; may be empty
   * @param what how it failed; empty for no failure
   * @param attempts how many it had in the build
   * @param run its last attempt in the build; null for none
   * @param from where its result comes from; null where it was not restored
   * @param asked what it asks for now; {@link Resources#DEFAULT} where the build file has it no
   *     more
   */
  public record Row(
      String name,
      String group,
      State state,
      String why,
      String what,
      int attempts,
      AttemptRecord run,
      Origin from,
      Resources asked) {}

  /**
   * An attempt in time.
   *
   * @param job its index
   * @param lane the slot that it had, from 0: no two at a time have the same
   */
  public record Span(int job, int lane, AttemptRecord run) {}

  /**
   * The graph, laid out: lengths as {@link dev.torc.graph.GraphLayout} has them.
   *
   * @param stages whether each vertex is a stage, or several: there is no room for all jobs and
   *     groups
   * @param edges those that others do not imply
   */
  public record Picture(
      boolean stages, float width, float height, List<Vertex> vertices, List<Edge> edges) {}

  /**
   * A job, a group or a stage in the picture.
   *
   * @param job its index; of others -1
   * @param label its name, of a group how many it stands for, of a stage also by state
   * @param state that of the job; of others the one that wants most attention
   * @param stage counts from 0
   */
  public record Vertex(
      int job, String label, State state, int stage, float x, float y, float width) {}

  /** That one vertex waits for another; {@code bends} are x and y by turns. */
  public record Edge(int before, int after, float[] bends) {}

  /** What an attempt of a job used over time. */
  public record Used(int job, int attempt, Series series) {}

  /** The end of a job's log. */
  public record Tail(int job, String text) {}

  /** A line about a job. */
  public record Fact(String job, String text) {}
}
