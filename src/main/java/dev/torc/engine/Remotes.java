package dev.torc.engine;

import dev.torc.cluster.BatchTracker;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The schedulers of a build, by the names of their executors: each is there once it is asked. */
public interface Remotes {

  /**
   * The tracker of an executor that the build file has, or of a node of an allocation: with a slash
   * and its name behind.
   */
  BatchTracker of(String executor);

  /** Whether nothing is out that an earlier torc handed out. */
  boolean isEmpty();

  /**
   * The tracker of an executor to which an earlier torc handed a job that is not recorded; null
   * where there is none. Callable from any thread.
   */
  BatchTracker holder(String job);

  /**
   * The build ends, from any thread: nothing is handed out any more, and each attempt that waits is
   * told what becomes of it.
   *
   * @param now whether without waiting until that is known
   * @param cancel whether schedulers are to end what they have; else it stays there, if it can
   *     without torc
   */
  void end(boolean now, boolean cancel);

  /** The jobs that an earlier torc handed out and that write where one is to write; a new set. */
  Set<String> writers(List<Path> places);
}
