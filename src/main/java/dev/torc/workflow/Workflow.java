package dev.torc.workflow;

import dev.torc.cluster.SchedulerSettings;
import dev.torc.hash.StampSource.StampPaths;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * A build file as read: layers and includes joined, variables put in, defaults and resource classes
 * applied. It knows nothing of files on disk or of the makers of files: that is the graph's.
 *
 * @param root the folder that all relative paths are relative to; absolute
 * @param settings what the build file says beside the jobs
 * @param jobs plain jobs and the instances of groups, in the order written, included ones last
 * @param groups in the order written; empty where no job has parameters
 * @param starts by group: where in the jobs its instances begin, or would
 * @param warnings what is accepted but looks wrong
 * @param manual names of the jobs that a build without targets leaves out, and of such groups whose
 *     instances are not known
 */
public record Workflow(
    Path root,
    Settings settings,
    List<Job> jobs,
    List<Group> groups,
    List<Integer> starts,
    List<BadInput.Diagnostic> warnings,
    List<String> manual) {

  /**
   * What the build file says beside the jobs: it stays the same when groups are expanded.
   *
   * @param files every build file read, the first one first; absolute
   * @param name the workflow's name, or the root's own name where none is given
   * @param description free text, empty where none is given
   * @param limits upper bounds by resource name; memory in bytes
   * @param roots folders outside the root below which products may lie too; absolute
   * @param data the values of the {@code data} section by name, as {@link JsonText}
   * @param hooks in the order written
   * @param executors schedulers of other machines, in the order written
   * @param stores where results are stored
   * @param stamps for which files a stamp counts whatever their file system is, or never
   * @param report the files that the page of a report shows, in the order written
   */
  public record Settings(
      List<Path> files,
      String name,
      String description,
      SortedMap<String, Long> limits,
      List<Path> roots,
      SortedMap<String, String> data,
      List<Hook> hooks,
      List<Executor> executors,
      Stores stores,
      StampPaths stamps,
      List<ReportFile> report) {}

  /**
   * An entry of {@code report}.
   *
   * @param title null for the path
   * @param caption null for none
   */
  public record ReportFile(String title, String caption, Ref ref) {}

  /**
   * Returns this workflow with other jobs and groups, and their starts, warnings and manual names.
   */
  public Workflow with(
      List<Job> some,
      List<Group> known,
      List<Integer> from,
      List<BadInput.Diagnostic> told,
      List<String> left) {
    return new Workflow(root, settings, some, known, from, told, left);
  }

  /** Returns the name of a job by its index; nothing else of the job is read. */
  public String jobName(int job) {
    return jobs instanceof PackedJobs packed ? packed.name(job) : jobs.get(job).name();
  }

  /** Returns whether the executor of a job says that jobs run there without a trace. */
  public boolean goesUntraced(Job job) {
    Executor executor = executor(job.runs().executor());
    return executor != null && !executor.trace();
  }

  /** Returns the executor of a name; null if there is none. */
  public Executor executor(String name) {
    for (Executor executor : settings.executors) {
      if (executor.name().equals(name)) {
        return executor;
      }
    }
    return null;
  }

  /**
   * A scheduler of other machines, as the build file describes it. Nothing that it says decides
   * about a job's result but its {@code before}.
   *
   * @param trace false if jobs that want a trace run there without one
   */
  public record Executor(Place place, SchedulerSettings settings, boolean trace) {

    /** The name of this machine, which is always there. */
    public static final String LOCAL = "local";

    /** Returns the name that jobs use for it. */
    public String name() {
      return settings.name();
    }

    /** Returns text of the shell that runs before each job; empty for none. */
    public String before() {
      return settings.before();
    }
  }

  /**
   * A command that is run when something happens in a build. The build decides when that is, and
   * what follows from a failure.
   *
   * @param job name of the job or group in question, null if it is the build
   * @param command for the shell
   * @param shell the words before the command
   * @param required whether its failure is a failure of the build
   */
  public record Hook(
      Place place, On on, String job, String command, List<String> shell, boolean required) {

    /** What happens. */
    public enum On {
      /** The first job of the build is about to start. */
      START,
      /** The job, or the first one of the group, is about to start. */
      READY,
      /** The job, or the last one of the group, ended. */
      DONE,
      /** The build, or job, or group, ended well. */
      SUCCESS,
      /** The build, or job, or group, did not end well. */
      FAILURE,
      /** The build ends; after all other hooks. */
      FINISH
    }
  }

  /**
   * where results are stored, as the build file says it.
   *
   * @param keep bytes that the local store may take; 0 for none, {@link #UNSAID} if nothing is said
   * @param system a text that tells systems apart beside what torc sees of them; empty for none
   * @param shared the stores that others use too, in the order in which they are asked
   */
  public record Stores(long keep, String system, List<SharedEntry> shared) {

    /** No bound is given. */
    public static final long UNSAID = -1;

    /**
     * A shared store, as the build file names it: a folder or a URL. Whether that is of use is seen
     * when it is opened.
     *
     * @param path the folder's path, relative to the root or absolute; null with a URL
     * @param group the group whose members are trusted in the folder; null for no group
     * @param keep bytes that the folder may take; {@link Stores#UNSAID} if nothing is said
     * @param url the server's URL; null with a folder
     * @param headers the variables of the caller's environment with the values that go to the
     *     server, by the names of the headers
     * @param key the file of the key that signs what is sent, as {@code path}; null for none
     * @param trust public keys, as words
     */
    public record SharedEntry(
        Place place,
        String path,
        String group,
        long keep,
        String url,
        SortedMap<String, String> headers,
        String key,
        List<String> trust) {

      /** Returns the store's URL or path, for people. */
      public String name() {
        return url == null ? path : url;
      }
    }
  }
}
