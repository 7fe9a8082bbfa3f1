package dev.torc.session;

import java.util.HashSet;
import java.util.Set;

/**
 * What is of interest in a folder that is watched: some names or all, and whether for the sake of a
 * file in it, or only because it is on the way to one.
 */
public final class FolderNames {

  private final Set<String> names = new HashSet<>();
  private boolean all;
  private boolean near;

  /** A file in it counts. */
  void file(String name) {
    names.add(name);
    near = true;
  }

  /** Another folder in it, or a link, leads to what counts. */
  void way(String name) {
    names.add(name);
  }

  /** Whatever is in it counts. */
  void everything() {
    all = true;
    near = true;
  }

  /** Whether this name is of interest. */
  boolean has(String name) {
    return all || names.contains(name);
  }

  /** Whether files in it count. */
  boolean isNear() {
    return near;
  }
}
