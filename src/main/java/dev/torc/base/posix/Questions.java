package dev.torc.base.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records what this process asks the file system, and the answers, for a memo of a build in which
 * nothing ran. {@link StatusBuffer} records each status that it reads. Code that asks in another
 * way, such as {@code Files} of the JDK, calls {@link #look} or {@link #identity} first. Code whose
 * answer depends on more than a status calls {@link #doubt}, which prevents a memo and ends the
 * recording. A process records only after {@link #begin}, so a server never does. Any thread may
 * call it.
 *
 * <p>The record belongs to the process, so that it also has the questions of threads that a call
 * shares with others. So a process records one call at a time; two at once are a doubt.
 */
public final class Questions {

  /** What was asked about a path. */
  public enum Depth {
    /** Its status, links not followed: device, inode, size, mode and both times. */
    STAMP,
    /** The same of the file that it leads to. */
    FOLLOWED,
    /** Only device, inode and mode: for folders that are only walked through. */
    IDENTITY
  }

  /** Above this number of answers, leaving a memo takes more time than three later calls save. */
  private static final int MOST = 50_000;

  private static final AtomicReference<Questions> HERE = new AtomicReference<>();

  private static final char REPLACED = '\ufffd'; // stands for bytes that are not UTF-8

  private final Map<String, FileStatus> stamps = new ConcurrentHashMap<>();
  private final Map<String, FileStatus> followed = new ConcurrentHashMap<>();
  private final Map<String, FileStatus> identities = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicReference<String> doubt = new AtomicReference<>();
  private volatile Path root; // null until a build has settled that a memo may be left

  private Questions() {}

  /** Begins to record, in this process, until {@link #end}. */
  public static Questions begin() {
    Questions asked = new Questions();
    Questions other = HERE.getAndSet(asked);
    if (other != null) {
      other.refuse("another call began");
      asked.refuse("another call was going on");
    }
    return asked;
  }

  /** Returns the record of this process; null if it records nothing, or no longer. */
  public static Questions here() {
    Questions asked = HERE.get();
    return asked == null || asked.doubt.get() != null ? null : asked;
  }

  /** Ends the recording. */
  public void end() {
    HERE.compareAndSet(this, null);
  }

  /** Notes that an answer depends on more than a status; {@code why} is a clause. */
  public static void doubt(String why) {
    Questions asked = here();
    if (asked != null) {
      asked.refuse(why);
    }
  }

  private void refuse(String why) {
    if (doubt.compareAndSet(null, why)) {
      stamps.clear();
      followed.clear();
      identities.clear();
    }
  }

  /** Records the stamp of a path before it is asked about, read or listed in another way. */
  public static void look(Path path, boolean follow) {
    if (here() != null) {
      try {
        FileStatus.of(path.toString(), follow);
      } catch (IOException e) {
        doubt("cannot look at " + path);
      }
    }
  }

  /** Records what kind of file a path is, without following links, before that is asked. */
  public static void identity(Path path) {
    if (here() != null) {
      try {
        FileStatus.identity(path.toString(), false);
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
   * Returns the status of each path that was asked about in this way, absolute or beginning with
   * {@code ./}; {@link FileStatus#MISSING} for none. Modes are as the file system shows them.
   */
  public Map<String, FileStatus> answers(Depth depth) {
    return depth == Depth.STAMP ? stamps : depth == Depth.FOLLOWED ? followed : identities;
  }

  /** Records the answer in a buffer; {@code result} is 0 or a negative error. */
  void saw(byte[] name, Depth depth, int result, FileStatus status) {
    String text = new String(name, StandardCharsets.UTF_8);
    if (text.isEmpty() || text.indexOf(REPLACED) >= 0) {
      refuse("a name is not valid UTF-8");
      return;
    }
    if (result != 0 && result != -Libc.ENOENT && result != -Libc.ENOTDIR) {
      refuse("cannot look at " + text);
      return;
    }
    String path = text.startsWith("/") || text.startsWith("./") ? text : "./" + text;
    FileStatus before = answers(depth).putIfAbsent(path, status);
    if (before == null) {
      if (count.incrementAndGet() > MOST) {
        refuse("it has too many files");
      }
    } else if (depth == Depth.IDENTITY
        ? !before.isSame(status) || before.mode() != status.mode()
        : !before.isUnchanged(status)) {
      refuse(path + " changed meanwhile");
    }
  }
}
