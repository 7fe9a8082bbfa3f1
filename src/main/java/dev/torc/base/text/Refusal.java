package dev.torc.base.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Turns an error of the file system into one line for the user. */
public final class Refusal {

  /** The end of a line about a full disk. */
  public static final String FULL = ": make room";

  private Refusal() {}

  /** Returns an error of the file system on one line: {@code FILE: permission denied}. */
  public static String line(IOException e) {
    if (!(e instanceof FileSystemException file) || file.getFile() == null) {
      return what(e);
    }
    String other = file.getOtherFile() == null ? "" : " → " + SafeText.name(file.getOtherFile());
    return SafeText.name(file.getFile()) + other + ": " + what(e);
  }

  /** Returns the error without the path, for a line that already names the path. */
  public static String why(IOException e) {
    String what = what(e);
    int path = what.startsWith("cannot ") ? what.lastIndexOf(": ") : -1;
    return path < 0 ? what : what.substring(path + 2);
  }

  private static String what(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "already exists";
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
    String line = SafeText.line(message, 300);
    if (line.startsWith("No space left") || line.startsWith("Disk quota")) {
      line += FULL;
    }
    return line.isEmpty()
        ? "unknown error"
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
