package dev.torc.core.model;

import java.util.List;
import java.util.Optional;

/**
 * Supplies the results that groups ask for during expansion. The readers of build files have no
 * access to results, so the caller implements this interface.
 */
public interface ResultSource {

  /**
   * Returns the paths of the files that a plain job or an instance has made, folders with their
   * members, in any order. The list is empty until the job has succeeded, and if the job will run
   * again.
   */
  Optional<List<String>> products(String job);

  /**
   * Returns whether a file is an unmodified product of an earlier build. Such a file is no source,
   * even without a job that declares it: {@code glob} and {@code match} of groups skip it.
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
