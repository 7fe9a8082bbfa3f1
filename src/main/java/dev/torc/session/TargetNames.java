package dev.torc.session;

import dev.torc.buildfile.BuildFile;
import dev.torc.buildfile.ParsedBuildFile;
import dev.torc.cache.CachePlace;
import dev.torc.rest.GraphFile;
import dev.torc.rest.NamesFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names in a project that a user may type: what a completion offers. It looks at the names or
 * the graph that the last build kept, else at the build file, and at nothing else.
 */
public final class TargetNames {

  private final Caller caller;
  private final Path root;
  private final NamesFile names;

  private TargetNames(Caller caller, Path root, NamesFile names) {
    this.caller = caller;
    this.root = root;
    this.names = names;
  }

  /** Those of the project that the options mean; see {@link Project#load}. */
  public static TargetNames of(Caller caller, ProjectOptions options) throws IOException {
    List<Path> files = options.layers(caller.cwd());
    CachePlace place = caller.place(BuildFile.root(files.getFirst()));
    NamesFile kept =
        NamesFile.read(
            place.names(),
            Project.origin(options, files),
            Project.looking(place, caller, _ -> null));
    NamesFile names = kept == null ? NamesFile.of(Project.load(caller, options).graph()) : kept;
    return new TargetNames(caller, place.root(), names);
  }

  /**
   * Jobs, groups, tags and produced files whose names begin like this; instances where the
   * beginning has all of their group's name. Files are as the user names them from where he stands.
   *
   * @return some may be there twice
   * @param sources whether files that no job produces count too
   */
  public List<String> beginning(String prefix, boolean sources) {
    List<String> found = new ArrayList<>(names.jobs().beginning(prefix));
    if (names.groups().beginning("").stream().anyMatch(prefix::startsWith)) {
      found.addAll(names.instances().beginning(prefix));
    }
    files(found, prefix, names.products());
    if (sources) {
      files(found, prefix, names.sources());
    }
    return found;
  }

  private void files(List<String> found, String prefix, NamesFile.Names paths) {
    if (caller.cwd().equals(root)) {
      found.addAll(paths.beginning(prefix));
      return;
    }
    for (String path : paths.beginning("")) {
      Path file = root.resolve(path);
      boolean below = file.startsWith(root);
      String named = below ? "" + caller.cwd().relativize(file) : path;
      if (named.startsWith(prefix)) {
        found.add(named + (path.endsWith("/") && below ? "/" : ""));
      }
    }
  }

  /** The executors that jobs can be for: this machine's, and those that the project describes. */
  public static SortedSet<String> executors(Caller caller, ProjectOptions options)
      throws IOException {
    SortedSet<String> names = new TreeSet<>();
    names.add("local");
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
