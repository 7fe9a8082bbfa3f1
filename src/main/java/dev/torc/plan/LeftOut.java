package dev.torc.plan;

import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.RunDetails;
import java.util.ArrayList;
import java.util.List;

/**
 * The instances that a reader went without, since they failed or a failure blocked them. The
 * reader's manifest counts what it read; the instances left out are only told to people.
 *
 * @param of how many instances there are, with those left out
 * @param jobs names of the instances that are left out, in order; not empty
 */
public record LeftOut(int of, List<String> jobs) {

  private static final String NEXT = "\n"; // no name has one

  /** Returns null where none is left out. */
  static LeftOut of(int all, List<String> jobs) {
    return jobs.isEmpty() ? null : new LeftOut(all, List.copyOf(jobs));
  }

  /** Returns what a recorded run went without, a list for each need. */
  public static List<LeftOut> of(RunDetails run) {
    return of(run == null ? List.of() : run.manifest());
  }

  /** Returns what a run went without, by the lines of its manifest. */
  public static List<LeftOut> of(List<ManifestEntry> manifest) {
    List<LeftOut> all = new ArrayList<>(0);
    for (ManifestEntry line : manifest) {
      if (line.code() == LineKind.LEFT_OUT.ordinal()) {
        all.add(new LeftOut(Integer.parseInt(line.old()), List.of(line.now().split(NEXT))));
      }
    }
    return all;
  }

  /** Returns the line of a record that tells this of a need as written. */
  ManifestEntry line(String need) {
    String names = String.join(NEXT, jobs);
    return new ManifestEntry(LineKind.LEFT_OUT.ordinal(), need, Integer.toString(of), names);
  }
}
