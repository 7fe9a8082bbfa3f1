package dev.torc.hash;

import java.io.IOException;

/** Looks at many files of one folder, one after the other. For one thread. */
public interface FolderStamps {

  /**
   * Looks at a file.
   *
   * @param names in UTF-8: one of them, from an index to another, relative to the folder or
   *     absolute
   * @param numbers takes those of its stamp, unless nothing is there; see {@link Stamp#numbers}
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp.Kind look(byte[] names, int from, int to, long[] numbers) throws IOException;
}
