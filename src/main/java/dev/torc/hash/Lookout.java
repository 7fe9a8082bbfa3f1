package dev.torc.hash;

import java.io.IOException;

/**
 * Looks at many files of one folder, one after the other; the numbers are those of the stamp that
 * the last look gave. For one thread.
 */
public interface Lookout {

  /**
   * Looks at a file, links followed.
   *
   * @param names in UTF-8: one of them, from an index to another, relative to the folder or
   *     absolute
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  Stamp.Kind look(byte[] names, int from, int to) throws IOException;

  /** See {@link Stamp#size}. */
  long size();

  /** See {@link Stamp#mtime}. */
  long mtime();

  /** See {@link Stamp#ctime}. */
  long ctime();

  /** See {@link Stamp#inode}. */
  long inode();
}
