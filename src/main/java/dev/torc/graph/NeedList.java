package dev.torc.graph;

import dev.torc.workflow.Glob;
import java.util.List;

/**
 * A need that stands for many files: a glob, a folder, or all products of a job. Equal ones are one
 * object for all their readers, so that their members are gathered and hashed once.
 *
 * @param text the pattern, the folder (without a slash) or the job's name
 * @param glob the compiled pattern, null unless the kind is GLOB
 * @param excludes patterns whose matches are left out
 * @param job the job whose products are meant, -1 unless the kind is JOB
 * @param reader the reader whose own products it would match and must not; -1 if it matches none
 * @param makers jobs with declared products that may be among the members, ascending
 */
public record NeedList(
    Kind kind,
    String text,
    Glob glob,
    List<Glob> excludes,
    int job,
    int reader,
    List<Integer> makers) {

  /** What the need is. */
  public enum Kind {
    GLOB,
    FOLDER,
    JOB
  }

  /** The need as written, for messages. */
  public String written() {
    return switch (kind) {
      case GLOB -> text;
      case FOLDER -> text + "/";
      case JOB -> "job " + text;
    };
  }

  /** Whether a path is left out by an exclusion. */
  public boolean excludes(String path) {
    for (Glob exclude : excludes) {
      if (exclude.matches(path)) {
        return true;
      }
    }
    return false;
  }
}
