package dev.torc.front.buildfile;

import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.Set;

/**
 * Finds jobs that read a value from a file although {@code -D} sets the var of that name: such a
 * job would use the old value. It gets a need that cannot exist. So it is an error only if it is
 * selected, as with {@code Vars.lacking}.
 */
public final class GivenKeys {

  private static final String GIVEN = "torc:given:";

  private GivenKeys() {}

  /** Returns the path of the need that such a job gets; null for other jobs. */
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
