package dev.torc.features.sandbox;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder of one job, in which a folder stands for the root. This class puts files there and
 * says what else is found; it knows no needs and no products.
 */
final class SandboxFolder {

  private final Path root;
  private final Path top;
  private final Path home; // stands for the root
  private final Sandbox kind;
  private final Set<String> products;
  private final boolean copies;
  private final Set<Path> folders = new HashSet<>();
  private final Map<Path, Path> placed = new HashMap<>(); // the files put there, and where from
  private final Map<Path, Long> linked = new TreeMap<>(); // the large ones, with their sizes

  /**
   * @param top the folder of the job; its parent exists
   * @param products absolute paths of products, which have a place there wherever they lie
   * @param copies whether to put files there; else they are there, from an earlier torc
   */
  SandboxFolder(Path root, Path top, Sandbox kind, Set<String> products, boolean copies) {
    this.root = root;
    this.top = top;
    this.kind = kind;
    this.products = products;
    this.copies = copies;
    int names = root.getNameCount();
    int up = Math.min(kind.up(), names);
    this.home = up == 0 ? top : top.resolve(root.subpath(names - up, names));
  }

  Path top() {
    return top;
  }

  Path home() {
    return home;
  }

  /** Returns the files that are linked, with their sizes. */
  Map<Path, Long> linked() {
    return linked;
  }

  /** Returns where the job finds an absolute path. */
  Path of(Path file) {
    if (!file.startsWith(root) && !isNear(file) && !products.contains(file.toString())) {
      return file;
    }
    return home.resolve(root.relativize(file)).normalize();
  }

  /** Returns whether a file outside lies where needs with {@code ..} are. */
  private boolean isNear(Path file) {
    int up = root.getNameCount() - kind.needed();
    return kind.needed() > 0
        && (up <= 0 || file.startsWith(root.getRoot().resolve(root.subpath(0, up))));
  }

  /** Makes it anew. A background process of an earlier attempt may still write into the old one. */
  void make() throws IOException {
    try {
      Files.createDirectory(top);
    } catch (FileAlreadyExistsException e) {
      Path aside = top.resolveSibling(top.getFileName() + "@old"); // no job's: it has no @ here
      FileTree.remove(aside);
      Files.move(top, aside);
      FileTree.remove(aside);
      Files.createDirectory(top);
    }
    if (!home.equals(top)) {
      Files.createDirectories(home);
    }
    Path git = home.resolve(".git"); // programs that honor ignore files begin anew here
    for (Path each : List.of(git, git.resolve("objects"), git.resolve("refs"))) {
      Files.createDirectory(each);
    }
    Files.write(git.resolve("HEAD"), "ref: refs/heads/main\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a folder in it, if it is missing. */
  void folder(Path folder) throws IOException {
    if (folder.startsWith(top) && !folder.equals(home) && folders.add(folder) && copies) {
      Files.createDirectories(folder);
    }
  }

  /**
   * Puts a need there: a file, or a folder with all that counts in it. {@code within} is the needed
   * folder of which it is a member, or null.
   */
  void put(Path from, Path within) throws IOException {
    Path to = of(from);
    if (!to.equals(from) && !placed.containsKey(to)) {
      put(from, to, within);
    }
  }

  /** Puts a file or folder; a symlink stays one if it leads to another place in {@code within}. */
  private void put(Path from, Path to, Path within) throws IOException {
    if (within != null && Files.isSymbolicLink(from)) {
      Path target = Files.readSymbolicLink(from);
      boolean stays =
          !target.isAbsolute() && from.resolveSibling(target).normalize().startsWith(within);
      if (stays || !Files.exists(from)) {
        place(from, to);
        link(to, target);
        return;
      }
    }
    BasicFileAttributes what = Files.readAttributes(from, BasicFileAttributes.class);
    if (what.isDirectory()) {
      folder(to);
      for (Path each : FileTree.entries(from)) {
        if (!FolderDigest.IGNORED.contains(each.getFileName().toString())) {
          put(each, to.resolve(each.getFileName()), within == null ? from : within);
        }
      }
      return;
    }
    place(from, to);
    if (kind.link() > 0 && what.size() >= kind.link()) {
      link(to, from);
      linked.put(from, what.size());
    } else if (copies) {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES); // shares its bytes if it can
    }
  }

  private void link(Path to, Path target) throws IOException {
    if (copies) {
      Files.createSymbolicLink(to, target);
    }
  }

  private void place(Path from, Path to) throws IOException {
    folder(to.getParent());
    placed.put(to, from);
  }

  /**
   * Returns the first symlink in a file or folder that would lead elsewhere in its place; null for
   * none. {@code moving} has the files and folders that move to their places.
   */
  Path link(Path product, Collection<Path> moving) throws IOException {
    Path[] found = new Path[1];
    Files.walkFileTree(
        product,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes what) throws IOException {
            if (what.isSymbolicLink() && leadsElsewhere(file, moving)) {
              found[0] = file;
              return FileVisitResult.TERMINATE;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found[0];
  }

  /** Returns whether a symlink leads to a linked file, by an absolute name here, or to scratch. */
  private boolean leadsElsewhere(Path link, Collection<Path> moving) throws IOException {
    Path text = Files.readSymbolicLink(link);
    if (text.isAbsolute()) {
      return text.startsWith(top) || linked.containsKey(text);
    }
    Path target = link.resolveSibling(text).normalize();
    return Files.exists(link)
        && moving.stream().noneMatch(target::startsWith)
        && Stream.concat(placed.keySet().stream(), folders.stream())
            .noneMatch(each -> each.startsWith(target));
  }

  /** Returns the other files that are there now, relative to what stands for the root, sorted. */
  List<String> others() throws IOException {
    List<String> others = new ArrayList<>();
    Path git = home.resolve(".git");
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes what) {
            return folder.equals(git) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes what) {
            if (!placed.containsKey(file)) {
              others.add(home.relativize(file).toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // the list is only told
          }
        });
    others.sort(null);
    return others;
  }
}
