package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The steps that Slurm has of some allocations, as squeue lists them: what a torc runs in an {@link
 * Allocation} is known by the allocation's id, a slash and a number, and its step has that number
 * behind its name. One that is not listed is over. It starts and ends nothing.
 *
 * @param ids Slurm's, by names
 * @param trouble why there is no list, empty where there is one
 */
record SlurmSteps(Map<String, String> ids, String trouble) {

  private static final Pattern JOB = Pattern.compile("(\\d+)/(\\d+)");
  private static final Pattern LINE = Pattern.compile("(\\d+\\.\\d+)\\|(.+)");

  /** The id of what runs in an allocation. */
  static String id(String allocation, int number) {
    return allocation + "/" + number;
  }

  /** Whether it runs in an allocation. */
  static boolean isStep(SchedulerJob job) {
    return job.id() != null && JOB.matcher(job.id()).matches();
  }

  private static String part(SchedulerJob job, int group) {
    Matcher parts = JOB.matcher(job.id());
    return parts.matches() ? parts.group(group) : "";
  }

  /** What Slurm calls its step, which no other is called. */
  static String name(SchedulerJob job) {
    return job.name() + "." + part(job, 2);
  }

  /** Asks for the steps of the allocations in which jobs run; not for none. */
  static SlurmSteps of(SchedulerProgram asking, List<SchedulerJob> jobs) {
    String allocations =
        jobs.stream().map(job -> part(job, 1)).distinct().collect(Collectors.joining(","));
    ProgramOutput said =
        Slurm.ask(
            asking,
            List.of("squeue", "--steps", "--jobs=" + allocations, "--noheader", "--format=%i|%j"));
    if (!said.ok()) {
      return new SlurmSteps(Map.of(), SchedulerWords.failure(said));
    }
    Map<String, String> ids = new HashMap<>();
    said.text()
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(step -> ids.put(step.group(2), step.group(1)));
    return new SlurmSteps(ids, "");
  }

  /** What became of jobs; the end of one is not told by Slurm. */
  Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    for (SchedulerJob job : jobs) {
      states.put(
          job,
          !trouble.isEmpty()
              ? new SchedulerState.NoAnswer(trouble)
              : ids.containsKey(name(job))
                  ? new SchedulerState.Running("")
                  : new SchedulerState.Gone());
    }
    return states;
  }

  /** The allocations in which any of these jobs runs still. */
  TreeSet<String> allocations(List<SchedulerJob> jobs) {
    TreeSet<String> allocations = new TreeSet<>();
    jobs.stream()
        .filter(job -> ids.containsKey(name(job)))
        .forEach(job -> allocations.add(part(job, 1)));
    return allocations;
  }
}
