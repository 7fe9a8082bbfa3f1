package dev.torc.core.model;

import dev.torc.base.syntax.FileValues;
import dev.torc.core.model.Job.Item;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which files a job needs only in part, and the names of such parts. It knows no values. */
public final class KeyedPaths {

  private KeyedPaths() {}

  /** Returns the needed keys by file, except for files that the job also needs as a whole. */
  public static SortedMap<String, SortedSet<String>> of(Job job) {
    SortedMap<String, SortedSet<String>> keyed = Collections.emptySortedMap();
    for (Item item : job.links().needs()) {
      for (Ref ref : item.refs()) {
        if (ref instanceof Ref.OfFile file && !file.keys().isEmpty()) {
          keyed = keyed.isEmpty() ? new TreeMap<>() : keyed;
          keyed.computeIfAbsent(file.path(), _ -> new TreeSet<>()).addAll(file.keys());
        }
      }
    }
    if (!keyed.isEmpty()) {
      for (Ref ref : job.needRefs()) {
        if (ref instanceof Ref.OfFile file && file.keys().isEmpty()) {
          keyed.remove(file.path());
        }
      }
    }
    return keyed;
  }

  /** Returns the name of a value in manifests and messages. */
  public static String name(String path, String key) {
    return path + " " + key;
  }

  /** Returns the path in a {@link #name}; the whole text if it is not one. */
  public static String path(String name) {
    for (int end = name.indexOf(' '); end > 0; end = name.indexOf(' ', end + 1)) {
      if (FileValues.reads(name.substring(0, end))) {
        return name.substring(0, end);
      }
    }
    return name;
  }
}
