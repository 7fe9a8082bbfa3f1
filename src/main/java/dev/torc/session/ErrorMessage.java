package dev.torc.session;

import dev.torc.records.Cache.CacheException;
import dev.torc.show.Console;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.List;

/**
 * What a throwable that reaches {@code main} means: an exit status and the lines to say. The one
 * place where exceptions become messages.
 *
 * @param lines none where the reader of the output is gone
 * @param defect whether it is a defect of torc, so that a stack trace is of use
 */
public record ErrorMessage(int exit, List<String> lines, boolean defect) {

  public static ErrorMessage of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof Console.ClosedPipe) {
        return new ErrorMessage(Exit.PIPE, List.of(), false);
      }
    }
    return switch (thrown) {
      case BadInput bad -> usage(bad.diagnostics().stream().map(ErrorMessage::line).toList());
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
        yield new ErrorMessage(Exit.TROUBLE, List.of(what + next), true);
      }
    };
  }

  /**
   * Returns {@code place: error: text}, and {@code torc: text} for an error of the command line.
   */
  public static String line(BadInput.Diagnostic said) {
    return said.line(said.place().equals(Place.NONE) ? "torc:" : "error:");
  }

  private static ErrorMessage usage(List<String> lines) {
    return new ErrorMessage(Exit.USAGE, lines, false);
  }

  private static ErrorMessage environment(String line) {
    return new ErrorMessage(Exit.TROUBLE, List.of("torc: " + SafeText.message(line)), false);
  }
}
