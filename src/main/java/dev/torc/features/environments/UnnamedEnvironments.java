package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the folders of environments that no job of this root names, as it is now. */
public final class UnnamedEnvironments {

  /** The name of a folder, or of a file beside it; anything else there is not torc's. */
  private static final Pattern NAME = Pattern.compile("(.+-[0-9a-f]{12})(?:\\.[a-z.]+)?");

  private UnnamedEnvironments() {}

  /** Returns the environments, sorted by path. */
  public static List<MadeEnvironment> of(PlanContext context) throws IOException {
    Graph graph = context.graph();
    Path root = graph.workflow().root();
    Set<Path> named = new HashSet<>();
    Set<Path> unknown = new HashSet<>(); // whose lock is not made yet: all of that name stay
    Map<Path, Boolean> places = new HashMap<>(); // with whether roots share it
    places.put(root.resolve(MadeEnvironment.FOLDER), false);
    for (int id : graph.having(EnvironmentMaking.CREATE).stream().toArray()) {
      Job job = graph.job(id);
      Digest digest = Manifest.environment(job, context.contents());
      MadeEnvironment made =
          MadeEnvironment.of(root, job, digest == null ? Digest.ofText("") : digest);
      places.put(made.folder().getParent(), made.shared());
      if (digest == null) {
        unknown.add(made.folder().resolveSibling(job.surroundings().name()));
      } else {
        named.add(made.folder());
      }
    }
    SortedSet<Path> found = new TreeSet<>();
    for (Path place : places.keySet()) {
      for (Path entry : Files.isDirectory(place) ? FileTree.entries(place) : List.<Path>of()) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (name.matches()) {
          found.add(place.resolve(name.group(1)));
        }
      }
    }
    found.removeAll(named);
    found.removeIf(
        each -> {
          String name = each.getFileName().toString();
          return unknown.contains(each.resolveSibling(name.replaceFirst("-[0-9a-f]*$", "")));
        });
    return found.stream()
        .map(each -> new MadeEnvironment(each, places.get(each.getParent()), null, ""))
        .toList();
  }
}
