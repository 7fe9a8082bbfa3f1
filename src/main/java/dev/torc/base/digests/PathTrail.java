package dev.torc.base.digests;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Walk;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The symlinks and folders on the paths to some files, as they were at the first look. Someone may
 * replace one of them and put it back while a job runs, so that the job reads another file. The
 * file's stamp does not show this; the stamps on its path do (rule 6). For one thread.
 */
public final class PathTrail {

  /** The maximum number of symlinks that a system follows in one path. */
  private static final int LINKS = 40;

  /**
   * A folder, or a symlink to {@code target}. {@code above} is the folder that contains it; null at
   * the root and at {@code /}.
   */
  private record Part(Stamp stamp, String above, String target) {}

  private final DigestMemo digests;
  private final Map<String, Part> parts = new HashMap<>();
  private final Set<String> begins = new HashSet<>(); // the last folder or link of each path

  public PathTrail(DigestMemo digests) {
    this.digests = digests;
  }

  /** Looks at a file, like {@link DigestMemo#of(String)}, and at the path to it. */
  public KnownDigest lookAt(String path) throws IOException {
    Stamp self = digests.linkStamp(path);
    boolean link = self.kind() == FileKind.LINK;
    KnownDigest known = link ? digests.of(path) : digests.of(path, self);
    addWay(path, link);
    return known;
  }

  /** Looks at the path to a file, which may be a {@code link}, unless already done. */
  public void addWay(String path, boolean link) throws IOException {
    String from = link ? path : above(path);
    if (from != null && begins.add(from)) {
      part(from, 0);
    }
  }

  /** Returns whether a symlink is on the path to a file that this trail has. */
  public boolean leads(String path) {
    Part part = parts.get(parts.containsKey(path) ? path : above(path));
    while (part != null && part.target == null) {
      part = parts.get(part.above);
    }
    return part != null;
  }

  /** Looks again at the paths of all files of this trail and returns the new trail. */
  public PathTrail anew() throws IOException {
    PathTrail now = new PathTrail(digests);
    for (String from : begins) {
      now.addWay(from, true);
    }
    return now;
  }

  /**
   * Returns the last folder or link of each path of an earlier trail that has changed since. Here
   * and below, {@code returned} has the folders and links that the job itself moved away and back.
   */
  public Set<String> moved(PathTrail before, Set<String> returned) throws IOException {
    Set<String> moved = new TreeSet<>();
    for (String from : before.begins) {
      if (differs(from, before, returned)) {
        moved.add(from);
      }
    }
    return moved;
  }

  /** Returns whether the path to a file has changed since an earlier trail. */
  public boolean moved(String path, PathTrail before, Set<String> returned) throws IOException {
    String from = before.parts.containsKey(path) ? path : above(path);
    return from != null && differs(from, before, returned);
  }

  private boolean differs(String path, PathTrail before, Set<String> returned) throws IOException {
    Part then = before.parts.get(path);
    return then != null
        && (DigestMemo.moved(then.stamp, part(path, 0).stamp) && !returned.contains(path)
            || then.above != null && differs(then.above, before, returned)
            || then.target != null && differs(then.target, before, returned));
  }

  /**
   * Returns whether the path to a file changed at or after a time, in nanoseconds since 1970. A new
   * mode or owner of a folder counts as a change too, since times cannot tell it from a rename.
   */
  public boolean changedSince(String path, PathTrail seen, long moment, Set<String> returned)
      throws IOException {
    boolean folders = !Walk.isWay(path); // whatever the folder is, the one above is the same
    String from = seen.parts.containsKey(path) ? path : above(path);
    return changedSince(from, moment, returned, folders);
  }

  private boolean changedSince(String path, long moment, Set<String> returned, boolean folders)
      throws IOException {
    if (path == null) {
      return false;
    }
    Part part = part(path, 0);
    Stamp stamp = part.stamp;
    boolean moved = stamp.kind() == FileKind.LINK || folders && stamp.isRenamedFolder();
    return moved && stamp.ctime() >= moment && !returned.contains(path)
        || changedSince(part.above, moment, returned, folders)
        || changedSince(part.target, moment, returned, folders);
  }

  private Part part(String path, int links) throws IOException {
    Part part = parts.get(path);
    if (part == null) {
      String above = above(path);
      if (above != null) {
        part(above, links);
      }
      Stamp stamp = digests.linkStamp(path);
      String target = null;
      if (stamp.kind() == FileKind.LINK && links < LINKS) {
        String text = Files.readSymbolicLink(digests.root().resolve(path)).toString();
        target = text.startsWith("/") || above == null ? text : above + "/" + text;
        part(target, links + 1);
      }
      part = new Part(stamp, above, target);
      parts.put(path, part);
    }
    return part;
  }

  private static String above(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? null : path.substring(0, slash);
  }
}
