package dev.torc.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Tells a watch that something may have changed, and does not know what. {@link FolderNotices} has
 * it from the kernel, tests say it themselves. For one thread.
 */
interface Notices extends AutoCloseable {

  /**
   * Listens at just these folders from now on, those that are there; each is listened to anew where
   * another one came to its place.
   *
   * @param folders absolute, each with what is of interest in it
   * @return whether any is listened to that was not before: what happened there until now was not
   *     heard
   */
  boolean follow(Map<Path, WatchedFolders.Names> folders) throws IOException;

  /**
   * Takes what is to be told of all that happened until now, and tells nothing of it: a look comes.
   *
   * @param cookie a file of torc's own, which is written for that
   */
  void catchUp(Path cookie) throws IOException;

  /**
   * Waits until something of interest happened; notices that got lost are of interest.
   *
   * @param nanos at most so long; negative without end
   * @return whether it did
   */
  boolean await(long nanos) throws IOException;

  /** Why not all changes are heard, for people; empty where they are. */
  String lack();

  @Override
  void close() throws IOException;
}
