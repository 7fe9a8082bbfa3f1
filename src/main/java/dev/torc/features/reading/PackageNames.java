package dev.torc.features.reading;

import dev.torc.base.syntax.NearestName;
import dev.torc.core.model.InstanceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outside names of all jobs and groups of a project with packages, known before the jobs are
 * read. Empty for a project without packages.
 */
public final class PackageNames {

  private final Set<String> jobs = new HashSet<>();
  private final SortedMap<String, List<String>> packages = new TreeMap<>(); // by NAME:

  /** Adds the name of a job or group or, with a colon at its end, of a package. */
  void add(String name) {
    if (name.endsWith(":")) {
      packages.put(name, new ArrayList<>());
    } else {
      jobs.add(name);
    }
  }

  /** Returns the jobs of a package except its manual ones; null for an unknown package. */
  List<String> jobs(String prefix) {
    return packages.get(prefix);
  }

  /** Returns whether a name is that of a job, of a group, or of a part of a group. */
  boolean has(String name) {
    return jobs.contains(name) || jobs.contains(InstanceName.parse(name).group());
  }

  /** Returns a question that suggests a package with a similar name; empty if there is none. */
  public String hint(String prefix) {
    return NearestName.hint(prefix, packages.keySet());
  }
}
