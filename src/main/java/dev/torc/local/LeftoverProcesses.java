package dev.torc.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ends what jobs of a torc that was killed left running, before anything new starts. Which jobs
 * those may be is known from the cache, not here.
 */
public final class LeftoverProcesses {

  /** A job that was running: the build's random id and the job's name. */
  public record Mark(String build, String job) {

    /** The environment entries that its processes carry and no other process does. */
    public Map<String, String> entries(Path root) {
      Map<String, String> entries = new LinkedHashMap<>();
      entries.put("TORC_BUILD", build);
      entries.put("TORC_JOB", job);
      entries.put("TORC_ROOT", root.toString());
      return entries;
    }
  }

  private LeftoverProcesses() {}

  /**
   * Ends the processes of the given jobs, with all their descendants, and waits until they are
   * gone.
   *
   * @param root the folder as {@code TORC_ROOT} names it
   * @param grace time between TERM and KILL
   * @return one line for each job of which something was still running
   */
  public static List<String> end(Path root, Collection<Mark> marks, Duration grace) {
    List<String> lines = new ArrayList<>();
    List<Map<String, String>> found = new ArrayList<>();
    for (Map<String, String> mark :
        MarkedProcesses.carried(marks.stream().map(mark -> mark.entries(root)).toList())) {
      int count = MarkedProcesses.living(mark).size();
      if (count > 0) {
        found.add(mark);
        lines.add(
            "%s: ended %s that an earlier build left running"
                .formatted(mark.get("TORC_JOB"), count == 1 ? "1 process" : count + " processes"));
      }
    }
    List<Integer> stubborn =
        found.isEmpty() ? List.of() : MarkedProcesses.end(found, grace.toNanos());
    for (int pid : stubborn) {
      lines.add("process " + pid + ", left by an earlier build, cannot be ended");
    }
    return lines;
  }
}
