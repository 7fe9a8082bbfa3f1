package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.BuildSetup;
import dev.torc.engine.Event;
import dev.torc.hash.DigestMemo;
import dev.torc.posix.Signals;
import dev.torc.syntax.BadInput;
import java.util.List;
import java.util.function.Consumer;

/** Follows a build: takes its events, on one thread at a time and in their order. */
public interface BuildWatcher extends Consumer<Event> {

  default void warn(String line) {
    accept(new Event.Note(Event.Level.WARNING, line));
  }

  default void warn(BadInput.Diagnostic said) {
    accept(new Event.Note(Event.Level.WARNING, said));
  }

  default void warn(List<BadInput.Diagnostic> lines) {
    lines.forEach(this::warn);
  }

  /** Returns whether to report each job that is up to date, if nothing has to be decided. */
  default boolean wantsAll() {
    return true;
  }

  /** Returns whether to report commands as they run, before they have run. */
  default boolean wantsCommands() {
    return false;
  }

  /** Notes that files are read through these digests from now on. */
  default void reading(DigestMemo digests) {}

  /** Notes that the verdicts are about to be found. */
  default void planning() {}

  /** Notes that jobs may run from now on, until the result is closed. */
  default Signals.Handling running(BuildSetup setup, BuildLoop build) {
    return () -> {};
  }
}
