package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerJob;
import dev.torc.local.ProgramOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The jobs of some names that Slurm has in memory, queued, running or over, as squeue lists them.
 * Its words are for {@link SlurmWords}.
 *
 * @param jobs by their ids
 * @param trouble why there is no list, empty where there is one
 */
record SlurmQueue(Map<String, Listed> jobs, String trouble) {

  private static final String FORMAT = "--format=%i|%T|%r|%N|%j|%S|%e";

  private static final Pattern LINE =
      Pattern.compile(
          "(\\d+(?:_\\d+)?)\\|([A-Z_]+)\\|([^|]*)\\|([^|]*)\\|([\\w.-]+)"
              + "\\|([\\dT:-]{19}|[A-Za-z/]+)\\|([\\dT:-]{19}|[A-Za-z/]+)");

  /** What squeue writes before the jobs of each cluster where SLURM_CLUSTERS is set. */
  private static final String CLUSTER = "CLUSTER: ";

  /**
   * A job.
   *
   * @param id of an element of an array: that of the array, {@code _}, its number
   * @param nodes where it runs or ran; may be empty
   * @param began when it began, or is likely to, in milliseconds since 1970; 0 for none
   * @param ended when it ended, or is to end at the latest, likewise
   */
  record Listed(
      String id, String word, String reason, String nodes, String name, long began, long ended) {}

  /**
   * The question for jobs of one user.
   *
   * @param names of jobs, by commas
   */
  static List<String> question(String user, String names) {
    return List.of(
        "squeue",
        "--noheader",
        "--array",
        "--all",
        "--states=all",
        "--user=" + user,
        "--name=" + names,
        FORMAT);
  }

  /** Nothing yet. */
  static SlurmQueue empty() {
    return new SlurmQueue(new HashMap<>(), "");
  }

  /** This and what is in an answer; one that is not as squeue writes it counts as none at all. */
  SlurmQueue with(ProgramOutput said) {
    if (!said.ok()) {
      return new SlurmQueue(Map.of(), SchedulerWords.failure(said));
    }
    Map<String, Listed> all = new HashMap<>(jobs);
    for (String line : said.text().lines().filter(each -> !each.startsWith(CLUSTER)).toList()) {
      Matcher of = LINE.matcher(line);
      Listed job = of.matches() ? listed(of) : null;
      Listed other = job == null ? null : all.putIfAbsent(job.id, job);
      if (job == null || other != null && !other.equals(job)) {
        return new SlurmQueue(Map.of(), "squeue says what cannot be: " + SchedulerWords.line(line));
      }
    }
    return new SlurmQueue(all, "");
  }

  private static Listed listed(Matcher of) {
    return new Listed(
        of.group(1),
        of.group(2),
        of.group(3),
        of.group(4),
        of.group(5),
        SlurmWords.time(of.group(6)),
        SlurmWords.time(of.group(7)));
  }

  /** What is listed of a job, null where nothing is; another name is another job. */
  Listed of(SchedulerJob job) {
    Listed listed = jobs.get(job.id());
    return listed != null && listed.name.equals(job.name()) ? listed : null;
  }
}
