package dev.torc.features.groups;

import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;

/** Tells whether a word of the command line means a job that is in no graph. */
public final class JobNames {

  private JobNames() {}

  /**
   * Returns whether a word means a job, for a call in a package: there it means jobs of the package
   * or, by its outside name, one other.
   *
   * @param home the text before the names of the package's jobs; empty outside of packages
   */
  public static boolean fit(String word, Job job, String home) {
    if (home.isEmpty()) {
      return fit(word, job);
    }
    boolean inside = job.name().startsWith(home);
    return inside && (fit(home + word, job) || job.labels().tags().contains(word))
        || word.endsWith(":") && fit(word, job)
        || word.equals(job.name())
        || word.equals(job.group());
  }

  /** Returns whether a word is a job's name, group, part of a group or tag, or matches its name. */
  public static boolean fit(String word, Job job) {
    NameGlob glob = NameGlob.of(word);
    InstanceName part = InstanceName.parse(word);
    return word.equals(job.name())
        || word.equals(job.group())
        || job.labels().tags().contains(word)
        || word.endsWith(":") && job.name().startsWith(word) && !job.has(Trait.MANUAL)
        || part.group().equals(job.group())
            && !part.values().isEmpty()
            && job.parameters().entrySet().containsAll(part.values().entrySet())
        || glob != null
            && (glob.matches(job.name()) || job.group() != null && glob.matches(job.group()));
  }
}
