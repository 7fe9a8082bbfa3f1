package dev.torc.base.digests;

import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Decides whether the {@code .git} of a folder product may hold commits that it did not hold at the
 * end of the run, and that exist nowhere else. It is not part of the product's digest. Objects, the
 * index and the like do not count: git also writes them when it only looks, and it drops commits
 * that no other file names.
 */
public final class GitState {

  /** The name of a repository. In a submodule or a worktree it is a file that leads to one. */
  static final String GIT = ".git";

  private static final Set<String> COUNTS =
      Set.of("HEAD", "refs", "packed-refs", "logs", "config", "hooks", "info", "worktrees");

  /** The folder with the repositories of submodules, some of them in further folders. */
  private static final String MODULES = "modules";

  private final MessageDigest sha = DigestUtils.getSha256Digest();

  private GitState() {}

  /** Returns the digest of the repositories at these paths in a folder; null without paths. */
  public static Digest of(Path folder, List<String> gits) throws IOException {
    GitState state = new GitState();
    for (String git : gits.stream().sorted().toList()) {
      state.sha.update(git.getBytes(StandardCharsets.UTF_8));
      if (isFolder(folder.resolve(git))) {
        state.repository(folder.resolve(git));
      } else {
        state.tree(folder.resolve(git));
      }
    }
    return gits.isEmpty() ? null : Digest.of(state.sha.digest());
  }

  private void repository(Path repository) throws IOException {
    for (Path each : sorted(repository)) {
      String name = each.getFileName().toString();
      if (COUNTS.contains(name)) {
        tree(each);
      } else if (name.equals(MODULES)) {
        modules(each);
      }
    }
  }

  private void modules(Path folder) throws IOException {
    if (Files.exists(folder.resolve("HEAD"))) {
      name(folder);
      repository(folder);
    } else if (isFolder(folder)) {
      for (Path each : sorted(folder)) {
        modules(each);
      }
    }
  }

  /** Adds everything at a path; a FIFO or socket only by its name. */
  private void tree(Path path) throws IOException {
    name(path);
    try {
      if (isFolder(path)) {
        for (Path each : sorted(path)) {
          tree(each);
        }
      } else if (Files.isSymbolicLink(path)) {
        name(Files.readSymbolicLink(path));
      } else if (Files.isRegularFile(path)) {
        try (InputStream in = Files.newInputStream(path)) {
          sha.update(DigestUtils.sha256(in));
        }
      }
    } catch (NoSuchFileException e) {
      return; // removed since it was listed, as by a `git gc` in the background
    }
    sha.update((byte) '/');
  }

  private void name(Path path) {
    sha.update((path.getFileName() + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private static List<Path> sorted(Path folder) throws IOException {
    return FileTree.entries(folder).stream().sorted().toList();
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }
}
