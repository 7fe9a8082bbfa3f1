package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.features.when.LeftOutJobs;
import java.util.List;
import java.util.TreeSet;

/**
 * The patterns of {@code --exclude}: names of jobs, groups, parts of groups and tags, and globs
 * over names. {@link LeftOutJobs} decides what follows for other jobs.
 */
record Exclusions(List<String> patterns) {

  /** Returns why a job is excluded; null if it is not. */
  String reason(Job job) {
    return patterns.stream()
        .filter(pattern -> JobNames.fit(pattern, job))
        .findFirst()
        .map(pattern -> "--exclude " + SafeText.name(pattern))
        .orElse(null);
  }

  /** Refuses a pattern that fits none of these jobs and groups. */
  void refuseUseless(List<LeftOutJobs.Candidate> all) {
    for (String pattern : patterns) {
      if (all.stream().noneMatch(each -> mayFit(pattern, each))) {
        TreeSet<String> known = new TreeSet<>();
        all.forEach(each -> known.add(each.name()));
        throw new BadInput(
            "--exclude %s: no job, group or tag has this name%s"
                .formatted(SafeText.name(pattern), NearestName.hint(pattern, known)));
      }
    }
  }

  private static boolean mayFit(String pattern, LeftOutJobs.Candidate each) {
    NameGlob glob = NameGlob.of(pattern);
    boolean open = each.group() != null && each.group().isOpen();
    return JobNames.fit(pattern, each.job())
        || pattern.equals(each.name())
        || open && InstanceName.parse(pattern).group().equals(each.name())
        || open && glob != null && glob.mayMatch(each.group());
  }
}
