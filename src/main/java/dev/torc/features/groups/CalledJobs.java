package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.features.when.LeftOutJobs;
import java.util.List;
import java.util.TreeSet;

/**
 * The jobs that an option of the call means: names of jobs, groups, parts of groups and tags, globs
 * over names, and perhaps products. What the option does with them is not decided here.
 *
 * @param option the option, with its dashes
 * @param paths the patterns as paths from the root, in the same order; empty if the option means no
 *     products
 */
public record CalledJobs(String option, List<String> patterns, List<String> paths) {

  /** The jobs that a call leaves out, and those that count as frozen for it. */
  public record Called(CalledJobs excluded, CalledJobs frozen) {

    public static final Called NONE = of(List.of(), List.of(), List.of());

    public static Called of(List<String> excluded, List<String> frozen, List<String> paths) {
      return new Called(
          new CalledJobs("--exclude", excluded, List.of()),
          new CalledJobs("--frozen", frozen, paths));
    }

    boolean isNone() {
      return excluded.patterns.isEmpty() && frozen.patterns.isEmpty();
    }

    /** Refuses a pattern that fits none of these jobs and groups. */
    void refuseUseless(List<LeftOutJobs.Candidate> all) {
      excluded.refuseUseless(all);
      frozen.refuseUseless(all);
    }
  }

  /** Returns the option with the pattern that fits a job; null if none does. */
  public String reason(Job job) {
    for (int i = 0; i < patterns.size(); i++) {
      if (fits(i, job)) {
        return option + " " + SafeText.name(patterns.get(i));
      }
    }
    return null;
  }

  private boolean fits(int i, Job job) {
    return JobNames.fit(patterns.get(i), job) || !paths.isEmpty() && makes(job, paths.get(i));
  }

  /** Returns whether a path, folder or glob means a product of a job. */
  private static boolean makes(Job job, String path) {
    Glob glob = Glob.isPattern(path) ? Glob.orNull(path) : null;
    for (Ref ref : job.productRefs()) {
      String made = ref instanceof Ref.OfFolder folder ? folder.path() : ref.text();
      if (made.equals(path)
          || made.startsWith(path + "/")
          || ref instanceof Ref.OfFolder && path.startsWith(made + "/")
          || ref instanceof Ref.OfGlob many && many.glob().matches(path)
          || glob != null && glob.matches(made)) {
        return true;
      }
    }
    return false;
  }

  private void refuseUseless(List<LeftOutJobs.Candidate> all) {
    for (int i = 0; i < patterns.size(); i++) {
      int now = i;
      if (all.stream().noneMatch(each -> mayFit(now, each))) {
        TreeSet<String> known = new TreeSet<>();
        all.forEach(each -> known.add(each.name()));
        throw new BadInput(
            "%s %s: no job, group%s has this name%s"
                .formatted(
                    option,
                    SafeText.name(patterns.get(i)),
                    paths.isEmpty() ? " or tag" : ", tag or product",
                    NearestName.hint(patterns.get(i), known)));
      }
    }
  }

  private boolean mayFit(int i, LeftOutJobs.Candidate each) {
    String pattern = patterns.get(i);
    NameGlob glob = NameGlob.of(pattern);
    boolean open = each.group() != null && each.group().isOpen();
    return fits(i, each.job())
        || pattern.equals(each.name())
        || open && InstanceName.parse(pattern).group().equals(each.name())
        || open && glob != null && glob.mayMatch(each.group());
  }
}
