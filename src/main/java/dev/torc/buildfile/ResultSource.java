package dev.torc.buildfile;

import java.util.List;
import java.util.Optional;

/**
 * Answers what groups ask about results when they are expanded. The readers of build files know no
 * results; callers that have them implement this.
 */
public interface ResultSource {

  /**
   * The files that a job has made: paths as products have them, those inside folder products
   * instead of the folder, in any order. Empty while it has not ended well or while it will run
   * again; an ended job without products has an empty list.
   *
   * @param job the name of a plain job or of an instance
   */
  Optional<List<String>> products(String job);

  /**
   * Whether what stands at a path is the unaltered product of an earlier build. Where no job
   * declares it any more it is no source, and no group's {@code glob} or {@code match} sees it.
   *
   * @param path a normalized path
   */
  default boolean isRecorded(String path) {
    return false;
  }

  /** While it is the same, no answer about products is taken back; further jobs may have ended. */
  default Object era() {
    return this;
  }

  /** Knows of no results: what depends on one is not expanded. */
  static ResultSource nothing() {
    return job -> Optional.empty();
  }
}
