package dev.torc.clusters;

import dev.torc.Sandbox;
import dev.torc.Sandbox.Going;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Slurm with projects whose jobs run there, for the end-to-end tests of builds through Slurm.
 * Each project has an account of its own, which tells its jobs from the jobs of other projects.
 */
public final class Cluster {

  /** The Slurm that runs the jobs. */
  public final RealSlurm slurm;

  private Cluster(RealSlurm slurm) {
    this.slurm = slurm;
  }

  /** A cluster that other test classes use too. */
  public static Cluster shared() throws Exception {
    return new Cluster(SharedSlurm.PATIENT.get());
  }

  /** A cluster whose commands soon say that there is no controller. */
  static Cluster impatient() throws Exception {
    return new Cluster(SharedSlurm.IMPATIENT.get());
  }

  /** A project without a build file. */
  Sandbox project(Path temp) throws IOException {
    return on(new Sandbox(temp));
  }

  /** Lets the programs that a project starts find Slurm. */
  Sandbox on(Sandbox project) {
    project.env.put("SLURM_CONF", slurm.env().get("SLURM_CONF"));
    return project;
  }

  /**
   * The executors of a build file: {@code slurm}, which is the default, and {@code held}, whose
   * jobs stay queued until {@link #release}.
   */
  public static String executors(Sandbox project) {
    return """
    executors:
      slurm: { kind: slurm, account: %s, partition: wide, latency: 3s }
      held: { like: slurm, args: [--hold] }
    defaults: { executor: slurm }
    """
        .formatted(account(project));
  }

  private static String account(Sandbox project) {
    return project.root.getFileName().toString();
  }

  /** The ids of a project's jobs that are not over in Slurm. */
  List<String> out(Sandbox project) throws Exception {
    return queue(project, "--format=%i");
  }

  /** The ids of all submissions of a project, also when they are over. */
  TreeSet<String> submissions(Sandbox project) throws Exception {
    return new TreeSet<>(queue(project, "--states=all", "--format=%F"));
  }

  private List<String> queue(Sandbox project, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("squeue", "--noheader", "--array", "--account=" + account(project)));
    words.addAll(List.of(more));
    return slurm.ask(words.toArray(String[]::new)).lines().map(String::strip).toList();
  }

  /** Waits until all jobs of a project are over in Slurm. */
  public void awaitNone(Sandbox project) throws Exception {
    Sandbox.until("Slurm has nothing of the project", () -> out(project).isEmpty());
  }

  /**
   * Waits until a build says that it has submitted a job to a scheduler or found it there, and
   * returns the scheduler's id. The line that an earlier build submitted the job does not count: it
   * comes before this build has looked whether that still holds.
   */
  public static String awaitOut(Going torc, String job) throws Exception {
    Pattern line = Pattern.compile("(?m)^" + Pattern.quote(job) + ": submitted to \\S+ (\\S+)\n");
    Sandbox.until(job + " is out", () -> line.matcher(torc.err()).find());
    Matcher found = line.matcher(torc.err());
    return found.find() ? found.group(1) : "";
  }

  /**
   * Waits until Slurm holds jobs of a project, and releases them. Other pending jobs are left
   * alone: they may have ended before they could be released.
   */
  public void release(Sandbox project) throws Exception {
    TreeSet<String> held = new TreeSet<>();
    Sandbox.until(
        "Slurm holds some of the project",
        () -> {
          for (String line : queue(project, "--states=PENDING", "--format=%F %r")) {
            if (line.contains(" JobHeld")) {
              held.add(line.substring(0, line.indexOf(' ')));
            }
          }
          return !held.isEmpty();
        });
    for (String id : held) {
      slurm.administer("scontrol", "release", id);
    }
  }
}
