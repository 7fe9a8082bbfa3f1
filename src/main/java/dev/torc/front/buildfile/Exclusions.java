package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
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
  void refuseUseless(List<Job> jobs, List<Group> groups) {
    for (String pattern : patterns) {
      NameGlob glob = NameGlob.of(pattern);
      if (jobs.stream().noneMatch(job -> JobNames.fit(pattern, job))
          && groups.stream()
              .noneMatch(
                  each ->
                      pattern.equals(each.name())
                          || each.tags().contains(pattern)
                          || InstanceName.parse(pattern).group().equals(each.name())
                              && each.isOpen()
                          || glob != null && each.isOpen() && glob.mayMatch(each))) {
        TreeSet<String> known = new TreeSet<>();
        jobs.forEach(job -> known.add(job.group() == null ? job.name() : job.group()));
        throw new BadInput(
            "--exclude %s: no job, group or tag has this name%s"
                .formatted(SafeText.name(pattern), NearestName.hint(pattern, known)));
      }
    }
  }
}
