package dev.torc.base.posix;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The former places of files and folders that an attempt moved but did not make. A read by the new
 * name is a read of the file of the old name. {@link JobTrace} reports the renames, on one thread.
 */
final class OwnMoves {

  private final Map<String, String> origins = new HashMap<>(); // by the present path
  private final Set<String> returned = ConcurrentHashMap.newKeySet();

  /** Notes a rename of something that existed before; returns whether it is back in its place. */
  boolean bringsBack(String from, String to) {
    String origin = origin(from);
    origins.remove(from);
    if (origin.equals(origin(to))) {
      returned.add(origin);
      return true;
    }
    origins.put(to, origin);
    return false;
  }

  /** Returns the path that a file had before it, or a folder above it, was moved. */
  String origin(String path) {
    for (String at = path; !at.isEmpty(); at = above(at)) {
      String before = origins.get(at);
      if (before != null) {
        return before.concat(path.substring(at.length()));
      }
    }
    return path;
  }

  boolean has(String path) {
    return origins.containsKey(path);
  }

  /** Returns the paths that were moved away and back. Any thread may call this. */
  Set<String> returned() {
    return Set.copyOf(returned);
  }

  static String above(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
