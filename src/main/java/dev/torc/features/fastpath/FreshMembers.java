package dev.torc.features.fastpath;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Paths;
import dev.torc.core.decide.NeedMembers;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.NeedList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds, after a build, the files in a needed glob or folder or in a folder product, and the
 * folders that contain their names. Each folder's stamp is read before the folder is listed, so if
 * the stamp is the same later, the names are too. The result is null if anything besides these
 * files and folders decides the job.
 */
final class FreshMembers {

  /** The paths of the files, and the folders with their stamps from before they were listed. */
  record Members(Map<String, Stamp> folders, List<String> files) {}

  private final PlanContext context;
  private final DigestMemo digests;
  private final Path root;
  private final Map<Integer, Members> lists = new HashMap<>();
  private final Map<String, Members> products = new HashMap<>();
  private final Map<Integer, List<String>> names = new HashMap<>(); // present names by list
  private final Set<String> late = new HashSet<>(); // names that appeared after the build looked

  FreshMembers(PlanContext context, DigestMemo digests) {
    this.context = context;
    this.digests = digests;
    this.root = context.graph().workflow().root();
  }

  /** Returns the members of a needed glob or folder; null if anything else decides. */
  Members of(int list) throws IOException {
    if (!lists.containsKey(list)) {
      lists.put(list, find(list));
    }
    return lists.get(list);
  }

  /** Returns the members of a folder product; null if it changed or anything else decides. */
  Members of(RecordedProduct folder) throws IOException {
    if (!products.containsKey(folder.path())) {
      products.put(folder.path(), find(folder));
    }
    return products.get(folder.path());
  }

  /**
   * Returns the names in a needed glob or folder as the build saw it, even if {@link #of} returns
   * null. If the build {@code looked} there, later names are omitted, so that a watch finds them as
   * new.
   */
  List<String> seen(int list, boolean looked) {
    NeedList needed = context.graph().list(list);
    return seen(names.computeIfAbsent(list, _ -> PresentFiles.walk(root, needed).files()), looked);
  }

  /** Returns the names in a folder product as the build saw them. */
  List<String> seen(String folder, boolean looked) {
    return seen(PresentFiles.walk(root, PresentFiles.folder(folder)).files(), looked);
  }

  private List<String> seen(List<String> now, boolean looked) {
    return now.stream()
        .filter(
            name ->
                !looked
                    || last(name) != null && !late.contains(name)
                    || !Files.isRegularFile(root.resolve(name), LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** Returns the stamp and digest that the build saw at a path, or at its real path. */
  KnownDigest last(String path) {
    KnownDigest last = digests.last(path);
    // The path may be missing, or cannot be read.
    return Io.or(
        () ->
            last == null ? digests.last(Paths.named(root, root.resolve(path).toRealPath())) : last,
        null);
  }

  private Members find(RecordedProduct made) throws IOException {
    Map<String, Stamp> folders = new HashMap<>();
    if (!add(made.path(), digests.stamp(made.path()), folders)) {
      return null;
    }
    FolderDigest found = Io.or(() -> digests.folderAsSeen(made.path()), null);
    if (found == null || !found.digest().equals(made.digest())) {
      return null; // deciding the job reports an error
    }
    List<String> files = new ArrayList<>();
    for (FolderDigest.Member member : found.members()) {
      String path = FolderDigest.join(made.path(), member.path());
      // A link's text cannot change without changing the stamp of its folder.
      if (member.kind() == Stamp.FileKind.FOLDER && !add(path, member.stamp(), folders)) {
        return null;
      } else if (member.kind() == Stamp.FileKind.FILE) {
        files.add(path);
      }
    }
    return new Members(folders, files);
  }

  private Members find(int id) throws IOException {
    NeedMembers members = context.contents().members(id);
    if (members.unreadable() != null || members.entries().isEmpty() || !members.stale().isEmpty()) {
      return null;
    }
    NeedList list = context.graph().list(id);
    Map<String, Stamp> folders = new HashMap<>();
    if (list.glob() != null ? !glob(list, folders) : !folder(list.text(), folders)) {
      return null;
    }
    NeedMembers again = context.contents().again(id);
    if (!again.stale().isEmpty() || !again.entries().equals(members.entries())) {
      late.addAll(again.files());
      late.removeAll(members.files());
      return null;
    }
    for (Map.Entry<String, Stamp> inner : again.stamps().entrySet()) {
      Stamp.FileKind kind = inner.getValue().kind();
      // A folder with a link in it makes no job fresh, since this code does not look behind links.
      if (kind == Stamp.FileKind.LINK
          || kind == Stamp.FileKind.FOLDER && !add(inner.getKey(), inner.getValue(), folders)) {
        return null;
      }
    }
    return new Members(folders, standing(list, again.files()));
  }

  /** Returns the files that are not in a missing folder product, since its maker decides those. */
  private List<String> standing(NeedList list, List<String> files) {
    List<String> standing = new ArrayList<>(files);
    for (int maker : list.makers()) {
      for (RecordedProduct gone : context.contents().gone().of(maker)) {
        standing.removeIf(path -> path.startsWith(gone.path() + "/"));
      }
    }
    return standing;
  }

  /** Adds a needed folder, unless it is missing: then its maker decides. */
  private boolean folder(String path, Map<String, Stamp> folders) throws IOException {
    Stamp stamp = digests.stamp(path);
    return !stamp.exists() || add(path, stamp, folders);
  }

  /** Adds the folders that are listed for a glob; returns false if anything else decides. */
  private boolean glob(NeedList list, Map<String, Stamp> folders) throws IOException {
    List<String> paths = GlobWalk.find(root, list.glob(), list.excludes()).folders();
    for (String path : paths) {
      if (!add(path, digests.stamp(path), folders)) {
        return false;
      }
    }
    GlobWalk.Found now = GlobWalk.find(root, list.glob(), list.excludes());
    return now.certain() && now.folders().equals(paths);
  }

  /** Adds a path; returns whether it is a folder whose stamp can be trusted. */
  private boolean add(String path, Stamp stamp, Map<String, Stamp> folders) {
    folders.put(path, stamp);
    return stamp.kind() == Stamp.FileKind.FOLDER && digests.isSafe(path, stamp);
  }
}
