package dev.torc.core.decide;

import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.util.List;

/**
 * What decides about a job besides its manifest, its products and the end of its last run: a reason
 * to run that no record shows (too old, a probe that failed, forced by an earlier build), or a
 * reason not to run (frozen). A feature implements it.
 *
 * <p>A job that is <em>skipped</em> needs no condition: it counts as settled without products
 * ({@link JobRecords#skip}). The states are in {@code JobState}, and the counts of a build show
 * each state that any job has.
 */
public interface Condition {

  /** Knows the conditions of a command. */
  interface Conditions {

    /** Returns the conditions that concern a job: the same objects in each call; usually none. */
    List<Condition> of(Job job);
  }

  /**
   * A job to decide.
   *
   * @param same whether the manifest is that of the last run
   */
  record Subject(
      int id,
      Graph graph,
      JobRecords records,
      NeedContents contents,
      Decider decider,
      Decider.Wish wish,
      boolean same) {

    public Job job() {
      return graph.job(id);
    }

    /** Returns the job's last result; null if it has none. */
    public JobResult last() {
      return records.result(id);
    }
  }

  /** Adds the reasons to run to those that the records show. */
  default void addReasons(Subject job, List<Reason> reasons) {}

  /**
   * Returns what the job makes on demand, without declaring it as a product, if that is missing;
   * else null. A job with {@code temporary} for which this is not null runs if a job after it runs.
   */
  default String lacks(Subject job) {
    return null;
  }

  /** Returns why products in their places are no good result of a job; null if they may be one. */
  default String refusal(Job job, List<RecordedProduct> made) throws IOException {
    return null;
  }

  /**
   * Returns the verdict that replaces the given one, which follows from all reasons; or the given
   * one.
   */
  default Verdict verdict(Subject job, Verdict known) {
    return known;
  }

  /** Returns whether only files decide what this says of a job, so that a next build may tell. */
  default boolean restsOnFiles(Job job) {
    return true;
  }
}
