package dev.torc.plan;

import java.util.List;
import java.util.SortedMap;

/** What placeholders for a job's needs stand for: files by name, and values. */
public interface NeedFiles {

  /** The files of a needed glob, folder or job, sorted by path. */
  List<String> files(int list);

  /** The needed values as {@link dev.torc.syntax.JsonText}, by their names as written. */
  SortedMap<String, String> data();
}
