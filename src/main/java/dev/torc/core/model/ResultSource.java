package dev.torc.core.model;

import java.util.List;
import java.util.Optional;

/**
 * Supplies the results that groups ask for during expansion. The readers of build files have no
 * access to results, so the caller implements this interface.
 */
public interface ResultSource {

  /**
   * Returns the paths of the files that a job (plain or an instance) has made, in any order; for a
   * folder, the paths of the files in it. Empty until the job has succeeded, and if the job will
   * run again. A job without products has an empty list.
   */
  Optional<List<String>> products(String job);

  /**
   * Returns whether the file at a normalized path is an unmodified product of an earlier build.
   * Even if no job declares it anymore, such a file is not a source: {@code glob} and {@code match}
   * of groups skip it.
   */
  default boolean isRecorded(String path) {
    return false;
  }

  /**
   * Returns an object that identifies the current era of answers. Within an era more jobs may end,
   * but no answer about products is withdrawn.
   */
  default Object era() {
    return this;
  }

  /** Returns a source without results: groups that depend on results are not expanded. */
  static ResultSource nothing() {
    return job -> Optional.empty();
  }
}
