package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.BuildSetup;
import dev.torc.engine.Event;
import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.rest.CleanJobs;
import java.util.BitSet;
import java.util.function.Consumer;

/** Follows a build: takes its events, on one thread at a time and in their order. */
public interface BuildWatcher extends Consumer<Event> {

  /** A warning for people. */
  default void warn(String line) {
    accept(new Event.Note(Event.Level.WARNING, line));
  }

  /** Whether each job that is up to date is of interest, where nothing has to be decided. */
  default boolean wantsAll() {
    return true;
  }

  /** Whether commands are of interest as they run, before they have run. */
  default boolean wantsCommands() {
    return false;
  }

  /** Files are read through these digests from now on. */
  default void reading(DigestMemo digests) {}

  /** The verdicts are about to be found. */
  default void planning() {}

  /**
   * Jobs may run from now on.
   *
   * @param setup what the build works with, the verdicts to begin with among it
   * @return is closed when no job runs any more
   */
  default Watch running(BuildSetup setup, BuildLoop build) {
    return () -> {};
  }

  /** Whether what the build leaves at rest is of interest, also where it cannot be kept. */
  default boolean wantsRest() {
    return false;
  }

  /**
   * The build is over, and no signal ended it.
   *
   * @param jobs of the graph, those that were asked for
   */
  default void left(Graph graph, BitSet jobs, CleanJobs rest) {}

  /** What lasts as long as jobs may run. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
