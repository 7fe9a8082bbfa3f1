package dev.torc.features.fastpath;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.NeedList.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The files that are there now: stamps, and the names in globs and folders. Reads no contents. */
final class PresentFiles {

  /** Stands for a file that cannot be read. */
  private static final Stamp CLOSED = new Stamp(Stamp.FileKind.OTHER, false, 0, 0, 0, 0);

  private PresentFiles() {}

  /** Returns a list that includes everything in a folder product. */
  static NeedList folder(String path) {
    return new NeedList(
        ListKind.FOLDER, new Naming(path, null, null), List.of(), null, List.of(), -1);
  }

  /** Returns the present stamp of a path, without reading the file. */
  static KnownDigest now(DigestMemo digests, String path) {
    // The build reports an error.
    return Io.or(
        () -> new KnownDigest(digests.stamp(path), null, true),
        new KnownDigest(CLOSED, null, true));
  }

  /**
   * Returns the names in a glob or folder, including folders and links in a folder. Returns none if
   * it cannot be listed; the build reports that.
   */
  static GlobWalk.Found walk(Path root, NeedList list) {
    GlobWalk.Found found = new GlobWalk.Found(new ArrayList<>(), Set.of(), new ArrayList<>(), true);
    try {
      if (list.glob() == null) {
        addNames(root, list.text(), list.excludes(), found, new HashSet<>());
      } else {
        found = GlobWalk.find(root, list.glob(), list.excludes());
      }
    } catch (IOException e) {
      found.files().clear();
    }
    found.files().removeIf(list::excludes);
    return found;
  }

  /** Adds the names below a folder, and below links to folders. */
  private static void addNames(
      Path root, String path, List<Glob> excludes, GlobWalk.Found into, Set<Path> open)
      throws IOException {
    Path folder = root.resolve(path);
    if (Excludes.folder(excludes, path)
        || !Files.isDirectory(folder)
        || !open.add(folder.toRealPath())) {
      return;
    }
    into.folders().add(path);
    for (Path entry : FileTree.entries(folder)) {
      String name = entry.getFileName().toString();
      if (!FolderDigest.IGNORED.contains(name)) {
        String child = FolderDigest.join(path, name);
        into.files().add(child);
        addNames(root, child, excludes, into, open);
      }
    }
    open.remove(folder.toRealPath());
  }
}
