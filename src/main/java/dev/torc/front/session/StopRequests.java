package dev.torc.front.session;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
import dev.torc.core.attempt.BuildSetup.Stop;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What {@code torc stop} asks, as a build or a watch sees it: a file in {@code .torc}, which works
 * for other users and other hosts too. The file names the build that is asked, so it stays: later
 * builds ignore it. A random id makes each request a new one for watches, which end after any. A
 * watch holds a lock that it shares with other watches, since it has no other trace while it waits.
 */
public final class StopRequests implements AutoCloseable {

  private static final String NOW = "now";

  private final CachePlace place;
  private String seen;
  private OpenFileLock held; // null unless this is a watch that got the lock

  private StopRequests(CachePlace place, String seen) {
    this.place = place;
    this.seen = seen;
  }

  /** Returns the requests to a build, which has a new id. */
  static StopRequests toBuild(CachePlace place) {
    return new StopRequests(place, "");
  }

  /** Returns the requests to a watch that begins now; the caller must close it. */
  static StopRequests toWatch(CachePlace place) {
    return new StopRequests(place, read(place));
  }

  /** Asks a build, empty for none, and all watches of a root to stop. */
  public static void write(CachePlace place, String build, boolean now) throws IOException {
    String text = String.join("\n", build, now ? NOW : "", RandomId.next());
    OwnFile.replace(file(place), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    place.give(file(place));
  }

  /** Returns whether a watch of the root is running. */
  public static boolean isWatched(CachePlace place) throws IOException {
    if (!OwnFile.exists(lock(place))) {
      return false;
    }
    OpenFileLock none = OpenFileLock.flock(lock(place)).orElse(null);
    if (none != null) {
      none.close();
    }
    return none == null;
  }

  /** Returns what was asked of a build since the last call; null for a watch: of any build. */
  Stop of(String build) {
    String text = read(place);
    boolean old = text.equals(seen);
    seen = text;
    String[] lines = text.split("\n");
    if (old || lines.length < 3 || build != null && !lines[0].equals(build)) {
      return Stop.NONE;
    }
    return lines[1].equals(NOW) ? Stop.NOW : Stop.SOON;
  }

  /** Lets {@code torc stop} find this watch, if that is possible here. */
  void show() {
    if (held == null) {
      try {
        held = OpenFileLock.flock(lock(place), false).orElse(null);
        place.give(lock(place));
      } catch (IOException e) {
        return; // read-only, or without locks: only a signal ends the watch
      }
    }
  }

  /** Returns the file that changes with each request. */
  Path file() {
    return file(place);
  }

  private static Path file(CachePlace place) {
    return place.folder().resolve("stop");
  }

  private static Path lock(CachePlace place) {
    return place.folder().resolve("watch");
  }

  private static String read(CachePlace place) {
    return Io.or(() -> new String(OwnFile.read(file(place)), StandardCharsets.UTF_8), "");
  }

  @Override
  public void close() {
    if (held != null) {
      held.close();
    }
  }
}
