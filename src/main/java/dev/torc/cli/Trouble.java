package dev.torc.cli;

import dev.torc.report.Shown;
import dev.torc.workflow.BadInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;

/**
 * What a throwable that reaches {@link Main} means: an exit status and the lines to say. The one
 * place where exceptions become messages.
 *
 * @param lines none where nobody is there to read them
 * @param defect whether it is one of torc itself, so that a stack trace is of use
 */
record Trouble(int exit, List<String> lines, boolean defect) {

  static Trouble of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof Console.ClosedPipe) {
        return new Trouble(Exit.PIPE, List.of(), false);
      }
    }
    return switch (thrown) {
      case BadInput bad ->
          new Trouble(
              Exit.USAGE,
              bad.diagnostics().stream()
                  .map(said -> (said.place().toString().isEmpty() ? "torc: " : "") + said)
                  .map(Shown::line)
                  .toList(),
              false);
      case InvalidPathException bad ->
          new Trouble(
              Exit.USAGE,
              List.of("torc: " + Shown.name(bad.getInput()) + ": not a path on this system"),
              false);
      case UncheckedIOException e -> environment(line(e.getCause()));
      case IOException e -> environment(line(e));
      case OutOfMemoryError _ ->
          environment("out of memory: give java more, as in JAVA_TOOL_OPTIONS=-Xmx4g");
      default ->
          new Trouble(
              Exit.TROUBLE,
              List.of(
                  "torc: internal error: "
                      + Shown.line(thrown.toString(), 300)
                      + "; please report it with what TORC_DEBUG=1 shows"),
              true);
    };
  }

  private static Trouble environment(String line) {
    return new Trouble(Exit.TROUBLE, List.of("torc: " + line), false);
  }

  /** An error of the file system on one line: {@code FILE: permission denied}. */
  static String line(IOException e) {
    if (!(e instanceof FileSystemException file) || file.getFile() == null) {
      return what(e);
    }
    String other = file.getOtherFile() == null ? "" : " → " + Shown.name(file.getOtherFile());
    return Shown.name(file.getFile()) + other + ": " + what(e);
  }

  private static String what(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "something stands there already";
      case NotDirectoryException _ -> "not a folder";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case FileSystemLoopException _ -> "a loop of links";
      case CharacterCodingException _ -> "a text that is not UTF-8";
      case FileSystemException file when file.getReason() != null -> said(file.getReason());
      case FileSystemException _ -> "the file system refused";
      default -> e.getMessage() == null ? said(e.toString()) : said(e.getMessage());
    };
  }

  private static String said(String message) {
    String line = Shown.line(message, 300);
    if (line.startsWith("No space left") || line.startsWith("Disk quota")) {
      line += ": make room, then call torc again";
    }
    return line.isEmpty()
        ? "unknown error"
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
