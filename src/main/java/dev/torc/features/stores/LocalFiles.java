package dev.torc.features.stores;

import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.PlainFile;
import dev.torc.core.attempt.ClearedProducts.Added;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.MovingFolder;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The files in {@code .torc/store}. Each is a product (a file, folder or link), and its name tells
 * its kind and digest. The names are not trusted: a restore hashes each product after placing it.
 * {@link LocalStore} knows which results use a product. If the store is not a folder, or a product
 * is not of the kind in its name, it counts as missing.
 */
final class LocalFiles {

  private final CachePlace place;
  private final Path folder;
  private final String prefix;
  private final AtomicLong copies = new AtomicLong();
  private FileStatus before;
  private boolean made;
  private boolean cleaned;

  LocalFiles(CachePlace place) {
    this.place = place;
    this.folder = place.store();
    this.prefix = folder + "/";
  }

  /** Returns the name of a product: equal products have the same name. */
  static String name(OwnedPath part) {
    Stamp.FileKind of = part.kind();
    char kind = of == Stamp.FileKind.FOLDER ? 'd' : of == Stamp.FileKind.LINK ? 'l' : 'f';
    return kind + part.digest().hex().replace(' ', '.'); // may end in " executable"
  }

  /** Returns the names of all parts of a result; equal parts repeat a name. */
  static List<String> names(Result of) {
    return of.allParts().stream().map(LocalFiles::name).toList();
  }

  /** Returns the file status of a stored product. Makes no Path: there are many products. */
  private FileStatus status(String name) throws IOException {
    return FileStatus.of(prefix + name, false);
  }

  /**
   * Returns whether something other than a folder is at the store's path, or its status is unknown.
   */
  boolean isBlocked() {
    FileStatus there = before();
    return there == null || there.exists() && !there.isFolder();
  }

  synchronized boolean isNew() {
    return made && !before().exists();
  }

  /** Returns the status of the store before anything was added; null if unknown. */
  private synchronized FileStatus before() {
    if (before == null) {
      before = Io.or(() -> FileStatus.of(folder.toString(), false), null);
    }
    return before;
  }

  /** Returns whether the store has a product. Files of other kinds do not count. */
  boolean has(OwnedPath part) {
    // Without a status, it cannot be restored.
    return Io.or(() -> isOf(part.kind(), status(name(part))), false);
  }

  String path(OwnedPath part) {
    return prefix + name(part);
  }

  private static boolean isOf(Stamp.FileKind kind, FileStatus there) {
    return switch (kind) {
      case FOLDER -> there.isFolder();
      case LINK -> there.isLink();
      default -> there.isFile();
    };
  }

  /**
   * Moves a product into the store: a file without other hard links, a link or a folder, called
   * {@code name} in {@code from}.
   */
  Added add(OwnedPath part, FolderHandle from, Path name) throws IOException {
    make();
    String stored = name(part);
    if (isOf(part.kind(), status(stored))) {
      return Added.THERE;
    }
    try {
      return from.move(name, folder.resolve(stored)) ? Added.MOVED : Added.STAYED;
    } catch (FileSystemException e) {
      return Added.STAYED; // for example, on another file system
    }
  }

  /** Adds a file with these bytes. Returns by how many bytes the store grew. */
  long add(OwnedPath part, byte[] bytes) throws IOException {
    make();
    Path fresh = fresh();
    PlainFile.write(fresh, bytes);
    try (FolderHandle tmp = FolderHandle.of(place.tmp())) {
      if (add(part, tmp, fresh.getFileName()) == Added.MOVED) {
        return bytes.length;
      }
      tmp.remove(fresh.getFileName());
      return 0;
    }
  }

  /** Returns the bytes of a stored file; null if it is missing. */
  byte[] text(OwnedPath part) throws IOException {
    return has(part) ? OwnFile.read(folder.resolve(name(part))) : null;
  }

  private synchronized void make() throws IOException {
    if (!made) {
      place.makePrivate(folder);
      made = true;
    }
    makeTmp();
  }

  private synchronized void makeTmp() throws IOException {
    if (!cleaned) {
      FileTree.remove(place.tmp()); // leftovers of a killed torc
      place.makePrivate(place.tmp());
      cleaned = true;
    }
  }

  synchronized void end() {
    MovingFolder.tidy(place);
    try {
      if (cleaned) {
        FileTree.remove(place.tmp());
      }
    } catch (IOException e) {
      return; // the next build tries again
    }
  }

  Path freshFolder() throws IOException {
    makeTmp();
    return Files.createDirectory(fresh());
  }

  private Path fresh() {
    return place.tmp().resolve(Long.toString(copies.incrementAndGet()));
  }

  /**
   * Places a product, with the current time as its modification time. The store loses the product
   * unless it {@code stays} or has other hard links: then a copy is placed. Returns how many bytes
   * left the store. Throws also if the store does not have the product.
   */
  long place(OwnedPath part, ProductTarget to, boolean stays) throws IOException {
    String name = name(part);
    FileStatus there = status(name);
    Path from = folder.resolve(name);
    if (stays || there.isFile() && there.links() > 1) { // writes to another name would change it
      copy(from, to);
      return 0;
    }
    long bytes = touch(from);
    return to.put(from) ? bytes : 0;
  }

  /** Copies a product to a temporary path first, so that its place never holds a part of it. */
  private void copy(Path from, ProductTarget to) throws IOException {
    make();
    Path fresh = fresh();
    try {
      FileTree.copy(from, fresh);
      touch(fresh);
      to.put(fresh);
    } finally {
      FileTree.remove(fresh);
    }
  }

  /**
   * Sets the times of a restored file, or of a folder and everything in it, to now. Returns the
   * bytes of its files. Other tools compare times, so a restored file must be newer than the file
   * before it.
   */
  static long touch(Path file) throws IOException {
    List<String> all = new ArrayList<>();
    long bytes = walk(file, at -> all.add(at.toString()));
    ParallelShares.each(all.size(), i -> PlainFile.touch(all.get(i)));
    return bytes;
  }

  /** Visits everything at a path, and returns the bytes of its files. */
  private static long walk(Path path, Consumer<Path> visitor) {
    try {
      FileStatus there = FileStatus.of(path.toString(), false);
      if (!there.exists()) {
        return 0;
      }
      List<Path> inside = there.isFolder() ? FileTree.entries(path) : List.of();
      visitor.accept(path);
      long sum = there.isFile() ? there.size() : 0;
      for (Path each : inside) {
        sum += walk(each, visitor);
      }
      return sum;
    } catch (IOException e) {
      return 0; // already removed, or readable by another user only
    }
  }

  static long size(Path path) {
    return walk(path, _ -> {});
  }

  long size() {
    return size(folder);
  }

  long size(String name) {
    return size(folder.resolve(name));
  }

  Map<String, Long> sizes() throws IOException {
    return names().stream().collect(Collectors.toMap(name -> name, name -> size(name)));
  }

  List<String> names() throws IOException {
    boolean there = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    List<Path> all = there ? FileTree.entries(folder) : List.of();
    return all.stream().map(each -> each.getFileName().toString()).sorted().toList();
  }

  void drop(String name) throws IOException {
    FileTree.remove(folder.resolve(name));
  }
}
