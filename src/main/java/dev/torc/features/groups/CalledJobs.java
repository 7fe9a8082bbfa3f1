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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The jobs that an option of the call means: names of jobs, groups, parts of groups and tags, globs
 * over names, and perhaps products. What the option does with them is not decided here.
 *
 * @param option the option, with its dashes
 * @param paths the patterns as paths from the root, in the same order; empty if the option means no
 *     products
 * @param home the text before the names of the jobs of the package in which the call is made; empty
 *     outside of packages
 */
public record CalledJobs(String option, List<String> patterns, List<String> paths, String home) {

  /**
   * The jobs that a call leaves out, and those that count as frozen for it.
   *
   * @param broken the text before the names of the jobs of packages that cannot be read
   */
  public record Called(CalledJobs excluded, CalledJobs frozen, Set<String> broken) {

    public static final Called NONE = of(List.of(), List.of(), List.of());

    /** The end of the reason why a job of a package in error is left out. */
    public static final String UNREADABLE = " cannot be read";

    public static Called of(List<String> excluded, List<String> frozen, List<String> paths) {
      return new Called(
          new CalledJobs("--exclude", excluded, List.of(), ""),
          new CalledJobs("--frozen", frozen, paths, ""),
          Set.of());
    }

    /** Returns the same options of a call in the package with this prefix. */
    public Called in(String home) {
      return new Called(
          new CalledJobs(excluded.option, excluded.patterns, excluded.paths, home),
          new CalledJobs(frozen.option, frozen.patterns, frozen.paths, home),
          broken);
    }

    /** Returns the same options, beside packages that cannot be read. */
    public Called beside(Set<String> packages) {
      return packages.isEmpty() ? this : new Called(excluded, frozen, packages);
    }

    /** Returns the package that cannot be read and has a job; null for none. */
    String brokenOf(String job) {
      for (String prefix : broken) {
        if (job.startsWith(prefix)) {
          return "package " + prefix.substring(0, prefix.length() - 1) + UNREADABLE;
        }
      }
      return null;
    }

    /** Returns the job of such a package that a job names, and why it is left out; else null. */
    String needsBroken(Job job) {
      return Stream.concat(job.needRefs().stream(), job.links().after().stream())
          .flatMap(Called::named)
          .filter(name -> brokenOf(name) != null)
          .findFirst()
          .map(name -> "needs " + name + " (" + brokenOf(name) + ")")
          .orElse(null);
    }

    private static Stream<String> named(Ref ref) {
      return ref instanceof Ref.OfJob of
          ? Stream.of(of.job())
          : ref instanceof Ref.OfData data && data.job() != null
              ? data.readings().stream().map(Ref.OfData::job)
              : Stream.empty();
    }

    boolean isNone() {
      return excluded.patterns.isEmpty() && frozen.patterns.isEmpty() && broken.isEmpty();
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
    return JobNames.fit(patterns.get(i), job, home) || !paths.isEmpty() && makes(job, paths.get(i));
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
        String name = SafeText.name(patterns.get(i));
        String what = paths.isEmpty() ? " or tag" : ", tag or product";
        String why = "%s %s: no job, group%s has this name%s";
        String hint = NearestName.hint(patterns.get(i), known);
        throw new BadInput(why.formatted(option, name, what, hint));
      }
    }
  }

  private boolean mayFit(int i, LeftOutJobs.Candidate each) {
    String pattern = home + patterns.get(i);
    NameGlob glob = NameGlob.of(pattern);
    boolean open = each.group() != null && each.group().isOpen();
    return fits(i, each.job())
        || pattern.equals(each.name())
        || patterns.get(i).equals(each.name())
        || open && InstanceName.parse(pattern).group().equals(each.name())
        || open && glob != null && glob.mayMatch(each.group());
  }
}
