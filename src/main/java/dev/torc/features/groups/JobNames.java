package dev.torc.features.groups;

import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;

/** Tells whether a word of the command line means a job that is in no graph. */
public final class JobNames {

  private JobNames() {}

  /** Returns whether a word is a job's name, group, part of a group or tag, or matches its name. */
  public static boolean fit(String word, Job job) {
    NameGlob glob = NameGlob.of(word);
    InstanceName part = InstanceName.parse(word);
    return word.equals(job.name())
        || word.equals(job.group())
        || job.labels().tags().contains(word)
        || part.group().equals(job.group())
            && !part.values().isEmpty()
            && job.parameters().entrySet().containsAll(part.values().entrySet())
        || glob != null
            && (glob.matches(job.name()) || job.group() != null && glob.matches(job.group()));
  }
}
