package dev.torc.core.model;

import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * A build file as read: layers and includes joined, variables replaced, defaults and resource
 * classes applied. It does not know which files exist or which jobs make them: the graph does. The
 * root is absolute. All lists are in the order written, jobs of included files last.
 *
 * @param starts for each group, the index in {@code jobs} at which its instances begin or would
 *     begin
 * @param apart the jobs that a build treats apart from the others
 */
public record Workflow(
    Path root,
    Settings settings,
    List<Job> jobs,
    List<Group> groups,
    List<Integer> starts,
    List<BadInput.Diagnostic> warnings,
    Apart apart) {

  /**
   * The jobs that a build omits.
   *
   * @param manual the jobs that a build without targets omits, and manual groups with unknown
   *     instances
   * @param leftOut the jobs and groups that are not among the workflow's because a condition does
   *     not hold, by name
   */
  public record Apart(List<String> manual, SortedMap<String, LeftOutJob> leftOut) {

    public static final Apart NONE = new Apart(List.of(), Collections.emptySortedMap());
  }

  /** A job, or a group with wildcards for its values, that no build runs, and the reason. */
  public record LeftOutJob(Job job, String why) {}

  /**
   * The parts of a build file other than jobs, which do not change when groups are expanded. Paths
   * are absolute, the first file is the main build file, and memory is in bytes.
   *
   * @param roots folders outside the root that may also contain products
   * @param usual the targets of a build that names none; empty for all jobs
   * @param data values as {@link dev.torc.base.syntax.JsonText}
   * @param stamps the files whose stamps are always trusted, or never, on any file system
   */
  public record Settings(
      ReadFiles sources,
      About about,
      SortedMap<String, Long> limits,
      List<Path> roots,
      List<String> usual,
      SortedMap<String, String> data,
      List<Hook> hooks,
      List<Executor> executors,
      Stores stores,
      StampPaths stamps,
      ReportFiles report) {

    public List<Path> files() {
      return sources.files;
    }

    public List<PackageFile> packages() {
      return sources.packages;
    }

    public List<MadeFile> made() {
      return sources.made;
    }

    /** Returns whether all build files that jobs make are read, so that all jobs are known. */
    public boolean isAllRead() {
      return sources.made.stream().allMatch(MadeFile::read);
    }

    private Settings with(ReadFiles read) {
      return new Settings(
          read, about, limits, roots, usual, data, hooks, executors, stores, stamps, report);
    }

    public String name() {
      return about.name;
    }

    public String description() {
      return about.description;
    }
  }

  /** What the build file says about itself to readers. */
  public record About(String name, String description) {}

  /**
   * The files that were read.
   *
   * @param ofVars those that have only vars
   * @param packages those that others include under a name, each after its outer one
   * @param made those that jobs make, which are not among {@code files}
   */
  public record ReadFiles(
      List<Path> files, List<Path> ofVars, List<PackageFile> packages, List<MadeFile> made) {}

  /**
   * A build file that a job makes, by its path from the root. {@code read} is false while its jobs
   * are unknown; those that it had last may stand for them.
   *
   * @param place that of the item of {@code include}
   */
  public record MadeFile(Place place, String path, boolean read) {}

  /**
   * A build file that another one includes under a name.
   *
   * @param prefix the text before the names of its jobs, such as {@code ui:}
   * @param folder the folder in which its paths begin, from the root
   * @param usual the targets of a call in it that names none; empty for all its jobs
   * @param apart whether the file decides only its own jobs, which are plain, and is the only file
   *     of the package
   */
  public record PackageFile(
      String prefix, Path file, String folder, List<String> usual, boolean apart) {

    /** Returns the name of the package. */
    public String name() {
      return prefix.substring(0, prefix.length() - 1);
    }
  }

  /** What {@code report} says; the page includes at most {@code embed} bytes of the files. */
  public record ReportFiles(List<ReportFile> files, long embed) {
    public static final long EMBED = 20_000_000;
  }

  /** An entry of {@code report}; a null {@code title} stands for the path. */
  public record ReportFile(String title, String caption, Ref ref) {}

  public Workflow with(
      List<Job> newJobs,
      List<Group> newGroups,
      List<Integer> newStarts,
      List<BadInput.Diagnostic> newWarnings,
      Apart newApart) {
    return new Workflow(root, settings, newJobs, newGroups, newStarts, newWarnings, newApart);
  }

  /** Returns whether both have the same root, and equal settings that matter to verdicts. */
  public boolean isLike(Workflow other) {
    return root.equals(other.root)
        && settings.roots.equals(other.settings.roots)
        && settings.stamps.equals(other.settings.stamps)
        && settings.data.equals(other.settings.data);
  }

  /** Returns this workflow as made from other files. */
  public Workflow with(ReadFiles read) {
    return new Workflow(root, settings.with(read), jobs, groups, starts, warnings, apart);
  }

  /** Returns the package whose jobs have names with this prefix; null for none. */
  public PackageFile part(String prefix) {
    for (PackageFile each : prefix.isEmpty() ? List.<PackageFile>of() : settings.packages()) {
      if (each.prefix.equals(prefix)) {
        return each;
      }
    }
    return null;
  }

  public List<String> manual() {
    return apart.manual;
  }

  public SortedMap<String, LeftOutJob> leftOut() {
    return apart.leftOut;
  }

  /** Returns the name of a job by its index, without reading the rest of the job. */
  public String jobName(int job) {
    return jobs instanceof PackedJobs packed ? packed.name(job) : jobs.get(job).name();
  }

  /** Returns whether an executor, null for this machine, runs jobs without a trace. */
  public boolean goesUntraced(String name) {
    Executor executor = executor(name);
    return executor != null && !executor.trace();
  }

  /** Returns the executor with this name; null if there is none. */
  public Executor executor(String name) {
    for (Executor executor : settings.executors) {
      if (executor.name().equals(name)) {
        return executor;
      }
    }
    return null;
  }

  /**
   * A scheduler that runs jobs on other machines. Of its settings, only {@code before} decides
   * about results. With {@code trace} off, jobs that want a trace run without one.
   */
  public record Executor(Place place, SchedulerSettings settings, boolean trace) {

    /** The name by which jobs choose this machine. */
    public static final String LOCAL = "local";

    public String name() {
      return settings.name();
    }

    public String before() {
      return settings.before();
    }
  }

  /**
   * A command that runs when something happens in a build; {@code job} may be a group, and is null
   * for the build. If the hook is {@code required}, its failure makes the build fail.
   */
  public record Hook(
      Place place, On on, String job, String command, List<String> shell, boolean required) {

    public enum On {
      /** The first job of the build is about to start. */
      START,
      /** The job, or the first one of the group, is about to start. */
      READY,
      /** The job, or the last one of the group, ended. */
      DONE,
      SUCCESS,
      FAILURE,
      /** The build ends; this hook runs after all others. */
      FINISH
    }
  }

  /**
   * Where results are stored. Shared stores are in the order in which they are asked.
   *
   * @param keep the most bytes in the local store; 0 for no store, {@link #UNSAID} if not specified
   * @param system a text that distinguishes systems that look the same to torc; empty for none
   */
  public record Stores(long keep, String system, List<SharedEntry> shared) {

    public static final long UNSAID = -1;

    /**
     * A shared store, which is not opened here. Either {@code path} or {@code url} is null.
     *
     * @param group the group whose members are trusted in the folder; null for none
     * @param keep the most bytes in the folder; {@link Stores#UNSAID} if not specified
     * @param headers for each header, the caller's environment variable with the value to send
     * @param key the file of the key that signs what is sent; null for none
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

      public String name() {
        return url == null ? path : url;
      }
    }
  }
}
