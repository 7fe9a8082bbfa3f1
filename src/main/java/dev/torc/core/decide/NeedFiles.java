package dev.torc.core.decide;

import java.util.List;
import java.util.SortedMap;

/** The values of the placeholders for a job's needs. */
public interface NeedFiles {

  /** Returns the files of a needed glob, folder or job, in natural order or that of the rows. */
  List<String> files(int list);

  /** Returns whether an optional need exists; true for needs that are not optional. */
  boolean has(String path);

  /**
   * Returns the needed values as {@link dev.torc.base.syntax.JsonText}, by name in the build file.
   */
  SortedMap<String, String> data();
}
