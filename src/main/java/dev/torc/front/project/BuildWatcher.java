package dev.torc.front.project;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Signals;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.run.BuildLoop;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Takes the events of a build, in their order and on one thread at a time. */
public interface BuildWatcher extends Consumer<Event> {

  default void note(String line) {
    accept(new Event.Note(Event.Level.INFO, line));
  }

  default void warn(String line) {
    accept(new Event.Note(Event.Level.WARNING, line));
  }

  default void warn(BadInput.Diagnostic said) {
    accept(new Event.Note(Event.Level.WARNING, said));
  }

  default void warn(List<BadInput.Diagnostic> lines) {
    lines.forEach(this::warn);
  }

  /** Returns what features add to attempts: what torc's own add, and perhaps another one's. */
  default AttemptPart.PartMaker parts(AttemptPart.PartMaker own) {
    return own;
  }

  /** Returns whether to report each job that is up to date if nothing has to be decided. */
  default boolean wantsAll() {
    return true;
  }

  /** Returns whether to report each command when it starts. */
  default boolean wantsCommands() {
    return false;
  }

  /** Notes that files are now read through these digests. */
  default void reading(DigestMemo digests) {}

  /** Notes that the build starts to plan. */
  default void planning() {}

  /** Notes that probes run until the result is closed; {@code end} ends them at a signal. */
  default Signals.Handling probing(IntConsumer end) {
    return () -> {};
  }

  /** Notes that jobs may run until the result is closed. */
  default Signals.Handling running(BuildSetup setup, BuildLoop build) {
    return () -> {};
  }
}
