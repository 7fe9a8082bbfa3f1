package dev.torc.core.manifest;

import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances of a group that failed or were blocked, so that a reader ran without them. Reports show
 * them; the reader's manifest does not depend on them.
 *
 * @param of the number of all instances
 * @param jobs the names of the missing instances, in order; not empty
 */
public record LeftOut(int of, List<String> jobs) {

  private static final String NEXT = "\n"; // no name has a line end

  /** Returns the instances in {@code jobs}, or null if there are none. */
  public static LeftOut of(int all, List<String> jobs) {
    return jobs.isEmpty() ? null : new LeftOut(all, List.copyOf(jobs));
  }

  /** Returns the missing instances of a recorded run, one entry for each need. */
  public static List<LeftOut> of(RunDetails run) {
    return of(run == null ? List.of() : run.manifest());
  }

  public static List<LeftOut> of(List<ManifestEntry> manifest) {
    List<LeftOut> all = new ArrayList<>(0);
    for (ManifestEntry line : manifest) {
      if (line.code() == LineKind.LEFT_OUT.ordinal()) {
        all.add(new LeftOut(Integer.parseInt(line.old()), List.of(line.now().split(NEXT))));
      }
    }
    return all;
  }

  /** Returns the manifest line for a need, as the build file has it. */
  ManifestEntry line(String need) {
    String names = String.join(NEXT, jobs);
    return new ManifestEntry(LineKind.LEFT_OUT.ordinal(), need, Integer.toString(of), names);
  }
}
