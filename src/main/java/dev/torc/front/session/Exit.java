package dev.torc.front.session;

import dev.torc.base.posix.Kill;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.List;

/**
 * How a call ends: the exit statuses, as commands/environment.md lists them, and the meaning of a
 * throwable that reaches {@code main}. Only this class turns exceptions into messages.
 *
 * @param lines messages for standard error; none if the output's reader is gone
 * @param defect whether this is a defect of torc, so that a stack trace is useful
 */
public record Exit(int status, List<String> lines, boolean defect) {

  public static final int DONE = 0;

  public static final int FAILED = 1;

  /** Usage or build-file error; nothing was started and nothing was written. */
  public static final int USAGE = 2;

  /** Environment or internal error. */
  public static final int TROUBLE = 3;

  /** A command could not be started, as a shell says it. */
  static final int NOT_STARTED = 127;

  /** Another build has the lock; {@link BuildSession} and {@code Call} return it (EX_TEMPFAIL). */
  public static final int LOCKED = 75;

  /** The reader of the output is gone: 128 + SIGPIPE. */
  public static final int PIPE = signal(Kill.PIPE);

  public static int signal(int number) {
    return 128 + number;
  }

  public static Exit of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof Console.EndedBySignal end) {
        return new Exit(signal(end.signal()), List.of(), false);
      }
    }
    return switch (thrown) {
      case BadInput bad -> usage(bad.diagnostics().stream().map(Exit::line).toList());
      case InvalidPathException bad ->
          usage(List.of("torc: " + SafeText.name(bad.getInput()) + ": not a path on this system"));
      case UncheckedIOException e -> environment(Refusal.line(e.getCause()));
      case IOException e -> environment(Refusal.line(e));
      case CacheException e -> environment(e.getMessage());
      case OutOfMemoryError e when String.valueOf(e.getMessage()).contains("native thread") ->
          environment(
              "the system gives no more threads: raise the limit of processes (ulimit -u), or run"
                  + " fewer jobs at once (-j)");
      case OutOfMemoryError _ ->
          environment("out of memory: give java more, as in JAVA_TOOL_OPTIONS=-Xmx4g");
      default -> {
        String what = "torc: internal error: " + SafeText.line(thrown.toString(), 300);
        String next = "; please report it with what TORC_DEBUG=1 shows";
        yield new Exit(TROUBLE, List.of(what + next), true);
      }
    };
  }

  /** Returns {@code place: error: text}, or {@code torc: text} for an error of the command line. */
  public static String line(BadInput.Diagnostic said) {
    return said.line(said.place().equals(Place.NONE) ? "torc:" : "error:");
  }

  private static Exit usage(List<String> lines) {
    return new Exit(USAGE, lines, false);
  }

  private static Exit environment(String line) {
    return new Exit(TROUBLE, List.of("torc: " + SafeText.message(line)), false);
  }
}
