package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records what this process asks the file system, and the answers, for a memo of a build in which
 * nothing ran. {@link StatusBuffer} records each status that it reads. Code that asks in another
 * way, such as {@code Files} of the JDK, calls {@link #look} or {@link #identity} first. Code whose
 * answer depends on more than a status calls {@link #doubt}, which prevents a memo. A process
 * records only after {@link #begin}, so a server never does. Any thread may call it.
 */
public final class Questions {

  /** How much of a status the answer depends on. */
  public enum Depth {
    /** Device, inode, size, mode and both times. */
    STAMP,
    /** Device, inode and mode: for folders that are only walked through. */
    IDENTITY
  }

  /** A path, absolute or beginning with {@code ./}, and whether links were followed. */
  public record Query(String path, boolean follows, Depth depth) {}

  private static final AtomicReference<Questions> HERE = new AtomicReference<>();

  private static final char REPLACED = '\ufffd'; // stands for bytes that are not UTF-8

  private final Map<Query, FileStatus> answers = new ConcurrentHashMap<>();
  private final AtomicReference<String> doubt = new AtomicReference<>();
  private volatile Path root; // null until a build has settled that a memo may be left

  private Questions() {}

  /** Begins to record, in this process, until {@link #end}. */
  public static Questions begin() {
    Questions asked = new Questions();
    HERE.set(asked);
    return asked;
  }

  /** Returns the record of this process; null if it records nothing. */
  public static Questions here() {
    return HERE.get();
  }

  /** Ends the recording. */
  public void end() {
    HERE.set(null);
  }

  /** Notes that an answer depends on more than a status; {@code why} is a clause. */
  public static void doubt(String why) {
    Questions asked = here();
    if (asked != null) {
      asked.doubt.compareAndSet(null, why);
    }
  }

  /** Records the stamp of a path before it is asked about, read or listed in another way. */
  public static void look(Path path, boolean follow) {
    ask(path, follow, Depth.STAMP);
  }

  /** Records what kind of file a path is, without following links, before that is asked. */
  public static void identity(Path path) {
    ask(path, false, Depth.IDENTITY);
  }

  private static void ask(Path path, boolean follow, Depth depth) {
    if (here() != null) {
      try {
        if (depth == Depth.STAMP) {
          FileStatus.of(path.toString(), follow);
        } else {
          FileStatus.identity(path.toString(), follow);
        }
      } catch (IOException e) {
        doubt("cannot look at " + path);
      }
    }
  }

  /** Records the folders on the way to one before its real path is asked; null for none. */
  public static void way(Path folder) {
    for (Path at = here() == null ? null : folder; at != null; at = at.getParent()) {
      identity(at);
    }
  }

  /** Notes that the build, of the project in this folder, settled that it may leave a memo. */
  public void settle(Path folder) {
    root = folder;
  }

  /** Returns the folder of the project; null if no memo may be left. */
  public Path root() {
    return doubt.get() == null ? root : null;
  }

  /** Returns the first doubt; null if there is none. */
  public String doubt() {
    return doubt.get();
  }

  /**
   * Returns the status of each file that was asked about, with the mode as the file system shows
   * it; {@link FileStatus#MISSING} for none.
   */
  public Map<Query, FileStatus> answers() {
    return answers;
  }

  /** Records the answer in a buffer; {@code result} is 0 or a negative error. */
  void saw(byte[] name, boolean follow, Depth depth, int result, FileStatus status) {
    String text = new String(name, StandardCharsets.UTF_8);
    if (text.isEmpty() || text.indexOf(REPLACED) >= 0) {
      doubt("a name is not valid UTF-8");
      return;
    }
    if (result != 0 && result != -Libc.ENOENT && result != -Libc.ENOTDIR) {
      doubt("cannot look at " + text);
      return;
    }
    String path = text.startsWith("/") || text.startsWith("./") ? text : "./" + text;
    FileStatus before = answers.putIfAbsent(new Query(path, follow, depth), status);
    boolean same =
        before == null
            || before.equals(status)
            || depth == Depth.IDENTITY && before.isSame(status) && before.mode() == status.mode();
    if (!same) {
      doubt(path + " changed meanwhile");
    }
  }
}
