package dev.torc.session;

import dev.torc.machine.SafeText;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The jobs that someone asks the records about: by their names or that of their group, whether they
 * are in the build file still or only in the records.
 *
 * @param all whether nobody was named
 * @param names of the jobs, if some were
 */
record JobQuery(boolean all, Set<String> names) {

  /**
   * Finds the jobs.
   *
   * @param wanted as given on the command line; none means all
   * @param recorded names that the records have
   */
  static JobQuery of(ProjectFolder folder, List<String> wanted, Collection<String> recorded) {
    TreeSet<String> known = new TreeSet<>(recorded);
    Set<String> names = new HashSet<>();
    if (folder.project() != null) {
      Workflow workflow = folder.project().workflow();
      workflow.groups().forEach(group -> known.add(group.name()));
      for (Job job : workflow.jobs()) {
        known.add(job.name());
        if (job.group() != null && wanted.contains(job.group())) {
          names.add(job.name());
        }
      }
    }
    for (String want : wanted) {
      if (!known.contains(want)) {
        throw unknown(want, known);
      }
      names.add(want);
    }
    return new JobQuery(wanted.isEmpty(), names);
  }

  /** That nobody knows a job of this name, and which one may be meant. */
  static BadInput unknown(String name, TreeSet<String> known) {
    String hint = NearestName.hint(name, known);
    return new BadInput(
        Place.NONE,
        "no job " + SafeText.name(name) + (hint.isEmpty() ? "; `torc list` shows the jobs" : hint));
  }

  boolean has(String job) {
    return all || names.contains(job);
  }
}
