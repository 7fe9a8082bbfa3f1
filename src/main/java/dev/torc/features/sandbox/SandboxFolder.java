package dev.torc.features.sandbox;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  private final CachePlace place;
  private final Path root;
  private final Path near; // the root, or the folder above it that holds its needs with ".."
  final Path top;
  final Path home; // stands for the root
  private final Sandbox kind;
  private final Set<String> products;
  private final boolean copies;
  private final Set<Path> there = new HashSet<>(); // the files and folders put there
  final Map<Path, Long> linked = new TreeMap<>(); // large files, with their sizes
  final Map<Path, String> links = new HashMap<>(); // those put there, with their texts

  /**
   * @param name the name of the folder
   * @param products absolute paths of products, which have a place there wherever they lie
   * @param copies whether to put files there; else they are there, from an earlier torc
   */
  SandboxFolder(CachePlace place, String name, Sandbox kind, Set<String> products, boolean copies)
      throws IOException {
    Path all = place.jobs().resolveSibling(Sandbox.KEY);
    place.makeFolder(all);
    this.place = place;
    this.root = place.root();
    this.top = all.toRealPath().resolve(name);
    this.kind = kind;
    this.products = products;
    this.copies = copies;
    this.near = root.resolve("../".repeat(kind.needed())).normalize();
    Path above = root.resolve("../".repeat(kind.up())).normalize();
    this.home = top.resolve(above.relativize(root));
    there.add(home);
  }

  /** Returns where the job finds an absolute path. */
  Path of(Path file) {
    Path plain = file.normalize();
    return plain.startsWith(near) || products.contains(plain.toString())
        ? home.resolve(root.relativize(plain)).normalize()
        : file;
  }

  /** Makes it anew. A background process of an earlier attempt may still write into the old one. */
  void make() throws IOException {
    if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = top.resolveSibling(top.getFileName() + "@old"); // no job's: it has no @ here
      FileTree.remove(aside);
      Files.move(top, aside);
      FileTree.remove(aside);
    }
    Path git = home.resolve(".git"); // programs that honor ignore files begin anew here
    place.makeFolders(git.resolve("objects"));
    place.makeFolders(git.resolve("refs"));
    Files.write(git.resolve("HEAD"), "ref: refs/heads/main\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a folder in it, if it is missing. */
  void folder(Path folder) throws IOException {
    if (folder.startsWith(top) && there.add(folder) && copies) {
      place.makeFolders(folder);
    }
  }

  /**
   * Puts a need there: a file, or a folder with all that counts in it. {@code within} is the needed
   * folder of which it is a member, or null.
   */
  void put(Path from, Path within) throws IOException {
    Path to = of(from);
    if (!to.equals(from)) {
      put(from, to, within);
    }
  }

  private void put(Path from, Path to, Path within) throws IOException {
    boolean stays = within != null && Files.isSymbolicLink(from) && stays(from, within);
    if (!stays && Files.isDirectory(from)) {
      folder(to);
      for (Path each : FileTree.entries(from)) {
        if (!FolderDigest.IGNORED.contains(each.getFileName().toString())) {
          put(each, to.resolve(each.getFileName()), within == null ? from : within);
        }
      }
      return;
    }
    folder(to.getParent());
    if (!there.add(to)) {
      return;
    }
    boolean large = !stays && kind.link() > 0 && Files.size(from) >= kind.link();
    if (large) {
      linked.put(from, Files.size(from));
    }
    if (stays || large) {
      Path text = large ? from : Files.readSymbolicLink(from);
      links.put(to, text.toString());
      if (copies) {
        Files.createSymbolicLink(to, text);
      }
    } else if (copies) {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES); // shares its bytes if it can
    }
  }

  /** Returns whether a symlink in a needed folder leads to another place in it, or nowhere. */
  private static boolean stays(Path link, Path within) throws IOException {
    Path text = Files.readSymbolicLink(link);
    Path target = link.getParent().toRealPath().resolve(text).normalize();
    return !Files.exists(link) || !text.isAbsolute() && target.startsWith(within.toRealPath());
  }

  /**
   * Returns the first symlink in a file or folder that would lead elsewhere in its place; null for
   * none. {@code moving} has the files and folders that move to their places.
   */
  Path link(Path product, Collection<Path> moving) throws IOException {
    try (Stream<Path> links =
        Files.find(product, Integer.MAX_VALUE, (_, what) -> what.isSymbolicLink())) {
      for (Path link : links.toList()) {
        if (leadsElsewhere(link, moving)) {
          return link;
        }
      }
      return null;
    }
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
        && there.stream().noneMatch(each -> each.startsWith(target));
  }

  /** Returns the other files that are there now, relative to what stands for the root, sorted. */
  List<String> others() throws IOException {
    return GlobWalk.files(top, Glob.of("**/*").dotted()).stream()
        .map(top::resolve)
        .filter(file -> !there.contains(file))
        .map(file -> home.relativize(file).toString())
        .toList();
  }
}
