package dev.torc.session;

import dev.torc.buildfile.ParsedBuildFile;
import dev.torc.graph.Graph;
import dev.torc.plan.JobSelection.UserPaths;
import dev.torc.rest.GraphFile;
import dev.torc.workflow.Group;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names in a project that a user may type: what a completion offers. It looks at the graph that
 * the last build kept, else at the build file, and at nothing else.
 */
public final class CompletionNames {

  private CompletionNames() {}

  /**
   * Jobs, groups, tags and produced files whose names begin like this; instances where the
   * beginning has all of their group's name, or nothing but the group begins so: then no shell ends
   * the word behind it. Files are as the user names them from where he stands.
   *
   * @param sources whether files that no job produces count too
   */
  public static Set<String> beginning(
      Caller caller, ProjectOptions options, String prefix, boolean sources) throws IOException {
    Project project = Project.load(caller, options);
    Graph graph = project.graph();
    UserPaths user = project.paths();
    Set<String> found = new TreeSet<>();
    Set<String> instances = new HashSet<>();
    boolean whole = false;
    for (Group group : graph.workflow().groups()) {
      whole |= prefix.startsWith(group.name());
      add(group.name(), prefix, found);
      group.instances().forEach(name -> add(name, prefix, instances));
    }
    boolean group = found.size() == 1;
    project.tags().forEach(tag -> add(tag, prefix, found));
    for (int file = 0; file < graph.files(); file++) {
      if (sources || graph.maker(file) >= 0) {
        add(user.named(graph.path(file)), prefix, found);
      }
    }
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isJob(node) && !instances.contains(graph.name(node))) {
        add(graph.name(node), prefix, found);
      }
    }
    if (whole || group && found.size() == 1) {
      found.addAll(instances);
    }
    return found;
  }

  private static void add(String name, String prefix, Set<String> found) {
    if (name.startsWith(prefix)) {
      found.add(name);
    }
  }

  /** The executors that jobs can be for: this machine's, and those that the project describes. */
  public static SortedSet<String> executors(Caller caller, ProjectOptions options)
      throws IOException {
    SortedSet<String> names = new TreeSet<>(List.of("local"));
    Project.load(caller, options).workflow().executors().forEach(each -> names.add(each.name()));
    return names;
  }

  /** The variables of the build file, which is read for them. */
  public static Set<String> variables(Caller caller, ProjectOptions options) throws IOException {
    GraphFile.Origin origin = Project.origin(options, options.layers(caller.cwd()));
    return ParsedBuildFile.read(origin.files(), null, origin.over()).variables();
  }

  /** What amounts can be limited of: the machine's, and the counters that the project names. */
  public static SortedSet<String> limits(Caller caller, ProjectOptions options) throws IOException {
    SortedSet<String> names =
        new TreeSet<>(Project.load(caller, options).workflow().limits().keySet());
    names.addAll(List.of("cpus", "memory", "gpus"));
    return names;
  }
}
