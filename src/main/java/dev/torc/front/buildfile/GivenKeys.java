package dev.torc.front.buildfile;

import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.Set;

/**
 * Finds jobs that read a value in a file themselves while {@code -D} gives the var of that name:
 * the job would not see it. Such a job also needs a file that cannot exist, so that the error is
 * that of the jobs that are selected, as in {@link Vars#lacking}.
 */
public final class GivenKeys {

  private static final String GIVEN = "torc:given:";

  private GivenKeys() {}

  /** Returns the path of the file that such a job also needs; null for other jobs. */
  static String standIn(Job job, Set<String> given) {
    for (Ref ref : given.isEmpty() ? Set.<Ref>of() : job.needRefs()) {
      for (String key : ref instanceof Ref.OfFile file ? file.keys() : Set.<String>of()) {
        for (String name : given) {
          if ((name + ".").startsWith(key + ".") || (key + ".").startsWith(name + ".")) {
            return GIVEN + name + ":" + ref.text();
          }
        }
      }
    }
    return null;
  }

  /** Returns why the jobs that need such a path cannot run; null for other paths. */
  public static String refusal(String path) {
    if (!path.startsWith(GIVEN)) {
      return null;
    }
    int colon = path.indexOf(':', GIVEN.length());
    return "it reads %s in %s itself, and -D changes no file; edit the file instead"
        .formatted(path.substring(GIVEN.length(), colon), path.substring(colon + 1));
  }
}
