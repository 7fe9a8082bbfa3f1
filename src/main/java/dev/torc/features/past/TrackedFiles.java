package dev.torc.features.past;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.syntax.Paths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Asks git which files it tracks: those are the user's, even if torc made them once (rule 13).
 * Starts git only for paths in a repository, once for many paths.
 */
public final class TrackedFiles {

  /** How many paths one call of git gets; together they are shorter than any system's limit. */
  private static final int MOST = 500;

  private final Path root;
  private final Map<String, String> env;
  private final Map<Path, Optional<Path>> repositories = new HashMap<>(); // by folder

  public TrackedFiles(Path root, Map<String, String> env) {
    this.root = root;
    this.env = env;
  }

  /** Returns the tracked files at these paths and below them, named like the paths. */
  public Collection<String> of(Collection<String> paths) {
    Map<Path, List<String>> asked = new HashMap<>();
    for (String path : paths) {
      repository(root.resolve(path).normalize().getParent())
          .ifPresent(in -> asked.computeIfAbsent(in, _ -> new ArrayList<>()).add(path));
    }
    TreeSet<String> tracked = new TreeSet<>();
    for (Path repository : asked.keySet()) {
      List<String> all = asked.get(repository);
      for (int from = 0; from < all.size(); from += MOST) {
        add(repository, all.subList(from, Math.min(all.size(), from + MOST)), tracked);
      }
    }
    return tracked;
  }

  private void add(Path repository, List<String> some, TreeSet<String> tracked) {
    List<String> names =
        some.stream()
            .map(path -> repository.relativize(root.resolve(path).normalize()).toString())
            .toList();
    for (String file : GitCommit.tracked(repository, env, names)) {
      tracked.add(Paths.named(root, repository.resolve(file)));
    }
  }

  /** Returns the innermost folder with a {@code .git} that contains a folder. */
  private Optional<Path> repository(Path folder) {
    if (folder == null) {
      return Optional.empty();
    }
    Optional<Path> known = repositories.get(folder);
    if (known == null) {
      known = hasGit(folder) ? Optional.of(folder) : repository(folder.getParent());
      repositories.put(folder, known);
    }
    return known;
  }

  private static boolean hasGit(Path folder) {
    try {
      return FileStatus.of(folder.resolve(".git").toString(), true).exists();
    } catch (IOException e) {
      return false; // what torc cannot look at, git cannot read
    }
  }
}
