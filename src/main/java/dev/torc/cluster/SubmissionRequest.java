package dev.torc.cluster;

import java.nio.file.Path;

/**
 * A script to be run by a scheduler, once or as the elements of an array.
 *
 * @param script absolute, executable, and there until it ran
 * @param name unique among all that are ever submitted; letters, digits, {@code -}, {@code .} and
 *     {@code _}, begins with a letter
 * @param elements how many, from 1 to {@link Scheduler#largestArray}
 * @param resources of each element
 * @param log absolute; takes what the script and the scheduler itself write, see {@link #log(int)}
 */
public record SubmissionRequest(
    Path script, String name, int elements, SchedulerResources resources, Path log) {

  /** The file for one element: of a single one the file itself, else with its number behind. */
  public Path log(int element) {
    return elements == 1 ? log : log.resolveSibling(log.getFileName() + "." + element);
  }
}
