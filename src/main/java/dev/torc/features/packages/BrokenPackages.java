package dev.torc.features.packages;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.features.reading.Home;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The packages of a project whose build files are in error. The jobs that such a package had in the
 * last graph stand for it: they are left out with all jobs that need them, so that a call beside
 * the package neither moves its products nor builds without them. It does not decide which calls
 * are beside a package.
 */
public final class BrokenPackages {

  private final Graph last;
  private final MadeFiles made;
  private final UnchangedPackages unchanged;
  private final SortedMap<String, List<Diagnostic>> found = new TreeMap<>(); // by prefix
  private boolean grew;

  /**
   * @param last the graph of the last accepted build file; null if it is unknown
   * @param made the build files that jobs make
   * @param unchanged the packages that are not read since they have not changed
   */
  public BrokenPackages(Graph last, MadeFiles made, UnchangedPackages unchanged) {
    this.last = last;
    this.made = made;
    this.unchanged = unchanged;
  }

  public UnchangedPackages unchanged() {
    return unchanged;
  }

  public MadeFiles made() {
    return made;
  }

  /** Adds the package with this prefix, unless it is known. */
  public void note(String prefix, List<Diagnostic> problems) {
    grew |= !problems.isEmpty() && found.putIfAbsent(prefix, problems) == null;
  }

  /** Returns whether a package was added since the last call. */
  public boolean grew() {
    boolean was = grew;
    grew = false;
    return was;
  }

  public boolean has(String prefix) {
    return found.containsKey(prefix);
  }

  /** Returns the prefixes of the packages. */
  public Set<String> prefixes() {
    return found.keySet();
  }

  /** Returns the jobs that stand for the packages. */
  public List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    found.keySet().forEach(prefix -> jobs.addAll(jobs(prefix)));
    return jobs;
  }

  private List<Job> jobs(String prefix) {
    List<Job> jobs = new ArrayList<>();
    for (int j = 0; last != null && j < last.jobs(); j++) {
      if (last.name(j).startsWith(prefix)) {
        jobs.add(last.job(j));
      }
    }
    return jobs;
  }

  /** Tells the names of a package's last jobs to the other build files of the project. */
  public void tell(Home home) {
    Set<String> names = new LinkedHashSet<>();
    for (Job job : jobs(home.prefix())) {
      names.add(job.group() == null ? job.name() : job.group());
    }
    for (String name : names) {
      home.tell(name, last.workflow().manual().contains(name));
    }
  }

  /** Returns a line for each package. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    found.forEach(
        (prefix, problems) -> {
          String name = prefix.substring(0, prefix.length() - 1);
          lines.add("package " + name + " is left out: " + problems.getFirst());
        });
    return lines;
  }
}
