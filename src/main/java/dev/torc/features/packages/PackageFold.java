package dev.torc.features.packages;

import dev.torc.core.model.Workflow.PackageFile;
import java.util.List;

/**
 * Shortens names of jobs to those of their packages.
 *
 * @param home the text before the names of the jobs that are not shortened to it; empty for none
 */
public record PackageFold(List<PackageFile> packages, String home) {

  /** Returns a name as it is written in the package in which the call is made. */
  public String inside(String name) {
    return name.startsWith(home) ? name.substring(home.length()) : name;
  }

  /**
   * Returns the outermost package of a name of which the user has not typed the whole name yet; the
   * name itself if there is none.
   */
  public String next(String name, String typed) {
    String best = name;
    for (PackageFile each : name.indexOf(':') < 0 ? List.<PackageFile>of() : packages) {
      String prefix = inside(each.prefix());
      boolean outer = !prefix.isEmpty() && name.startsWith(prefix) && !typed.startsWith(prefix);
      best = outer && prefix.length() < best.length() ? prefix : best;
    }
    return best;
  }
}
