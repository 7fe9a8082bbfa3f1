package dev.torc.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbNativeException;

/**
 * What happens to a database that cannot be used: it is moved aside, never deleted, and the next
 * one starts empty. Damage that only shows while a build runs leaves a marker for the next open,
 * which takes it away by itself. {@link PageCheck} and {@link RecordStore} find it.
 */
final class Damage {

  private Damage() {}

  private static Path marker(CachePlace place) {
    return place.database().resolve("data.mdb.damaged");
  }

  static boolean marked(CachePlace place) {
    return Files.exists(marker(place));
  }

  /** Whether it is the database itself that is unsound, and not its surroundings or the system. */
  static boolean shows(RuntimeException e) {
    return e instanceof LmdbNativeException refused
        && refused.getResultCode() < 0 // else it is an errno
        && !(e instanceof LmdbNativeException.PanicException
            || e instanceof LmdbNativeException.TlsFullException
            || e instanceof Env.ReadersFullException
            || e instanceof Dbi.MapResizedException);
  }

  /** Leaves the marker; says in one line what happened and what comes next. */
  static CacheException mark(CachePlace place, RuntimeException cause) {
    String found = "the cache " + place.data() + " is damaged (" + CacheTrouble.words(cause) + ")";
    try {
      if (!marked(place)) {
        Files.createFile(marker(place));
      }
      return new CacheException(found + "; it will be set aside by the next build", cause);
    } catch (IOException e) {
      return new CacheException(found + "; move it away and build again", cause);
    }
  }

  /** Moves the database aside, with one line, and takes the marker away. */
  static void setAside(CachePlace place, String how, Consumer<String> note) {
    Path data = place.data();
    try {
      if (Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
        Path aside = setAside(data);
        // A reader may still have the old pair open; a new pair must not share its lock table.
        Files.deleteIfExists(place.lockTable());
        note.accept(
            "the cache %s is %s; it was set aside as %s, and %s"
                .formatted(
                    data,
                    how,
                    aside.getFileName(),
                    place.isShared()
                        ? "is made again from the journal"
                        : "everything counts as never built"));
      }
      // Only now: torc may be killed at any moment, and a fresh database must not be taken for bad.
      Files.deleteIfExists(marker(place));
    } catch (IOException e) {
      throw CacheTrouble.of("cannot set aside the cache", data, e);
    }
  }

  /** Gives a file a name that says that it is bad, beside its own, and returns it. */
  static Path setAside(Path file) throws IOException {
    int number = 1;
    Path aside = file.resolveSibling(file.getFileName() + ".bad-" + number);
    while (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      aside = file.resolveSibling(file.getFileName() + ".bad-" + ++number);
    }
    Files.move(file, aside);
    return aside;
  }
}
