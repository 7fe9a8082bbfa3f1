package dev.torc.plan;

import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.ArrayList;
import java.util.List;

/**
 * The instances that a reader went without because they failed or were blocked, as people are told;
 * the reader's manifest counts what it did read.
 *
 * @param of the number of all instances
 * @param jobs the names of those left out, in order; not empty
 */
public record LeftOut(int of, List<String> jobs) {

  private static final String NEXT = "\n"; // no name has one

  /** Returns null if none is left out. */
  static LeftOut of(int all, List<String> jobs) {
    return jobs.isEmpty() ? null : new LeftOut(all, List.copyOf(jobs));
  }

  /** Returns what a recorded run went without, one entry for each need. */
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

  /** Returns the line of a manifest that tells this of a need as written. */
  ManifestEntry line(String need) {
    String names = String.join(NEXT, jobs);
    return new ManifestEntry(LineKind.LEFT_OUT.ordinal(), need, Integer.toString(of), names);
  }
}
