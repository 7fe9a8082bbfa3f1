package dev.torc.cache;

import dev.torc.posix.FileStatus;
import dev.torc.posix.Flock;
import dev.torc.posix.OpenFiles;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Rule 10: one build per root. An OS lock on {@code .torc/lock}, and where {@code TORC_CACHE} puts
 * the database elsewhere a second one beside it; the kernel drops them however torc ends. The file
 * says who holds it, for people and for a torc called by a job; that text is a hint, never the
 * lock.
 */
public final class BuildLock implements AutoCloseable {

  /** How often a waiting torc tries again, in milliseconds. */
  private static final long AGAIN = 50;

  /**
   * Who holds a lock.
   *
   * @param pid number of the process
   * @param build the random id of its build
   * @param what what it does, in a few words
   */
  public record Holder(long pid, String build, String what) {}

  private final Path file;
  private final List<Flock> locks;

  private BuildLock(Path file, List<Flock> locks) {
    this.file = file;
    this.locks = locks;
  }

  /**
   * Takes the lock where nobody holds it, this process included; makes the folders it needs.
   *
   * @throws CacheException where the lock's file cannot be made or locked
   */
  public static Optional<BuildLock> tryAcquire(CachePlace place, Holder me) {
    List<Flock> locks = new ArrayList<>();
    boolean all = false;
    try {
      place.makeFolder(place.folder());
      if (!add(locks, place.lock()) || isRobbed(place)) {
        return Optional.empty();
      }
      place.give(place.lock());
      // Only now: the root's id, which names the database's folder, is made by one torc alone.
      CachePlace settled = place.settle();
      if (settled.elsewhere() && !add(locks, settled.database().resolve("lock"))) {
        return Optional.empty();
      }
      write(
          place.lock(), me.pid() + "\n" + me.build() + "\n" + me.what().replace('\n', ' ') + "\n");
      all = true;
      return Optional.of(new BuildLock(place.lock(), locks));
    } catch (IOException e) {
      throw CacheTrouble.of("cannot lock", place.lock(), e);
    } finally {
      if (!all) {
        locks.forEach(Flock::close);
      }
    }
  }

  /**
   * Whether somebody holds the lock on a file that was removed from this place, as by {@code rm -rf
   * .torc}. A file that says nothing is new: one that was ever held says by whom, or that it is
   * free.
   */
  private static boolean isRobbed(CachePlace place) throws IOException {
    return FileStatus.of(place.lock().toString(), false).size() == 0
        && OpenFiles.removed(place.lock()).isPresent();
  }

  private static void write(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        bytes,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING,
        LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean add(List<Flock> locks, Path file) throws IOException {
    Optional<Flock> lock = Flock.tryLock(file);
    lock.ifPresent(locks::add);
    return lock.isPresent();
  }

  /**
   * Waits for the lock.
   *
   * @throws InterruptedException where the waiting thread was interrupted; nothing is held then
   */
  public static BuildLock acquire(CachePlace place, Holder me) throws InterruptedException {
    while (true) {
      Optional<BuildLock> lock = tryAcquire(place, me);
      if (lock.isPresent()) {
        return lock.get();
      }
      Thread.sleep(AGAIN);
    }
  }

  /** Who holds the lock; empty where nobody does or it cannot be told. Creates nothing. */
  public static Optional<Holder> holder(CachePlace place) {
    try {
      List<String> lines =
          new String(OwnFile.read(place.lock()), StandardCharsets.UTF_8).lines().toList();
      if (lines.isEmpty()) {
        OptionalInt robbed = OpenFiles.removed(place.lock());
        return robbed.isPresent()
            ? Optional.of(new Holder(robbed.getAsInt(), "", "whose lock was removed"))
            : Optional.empty();
      }
      if (lines.size() < 3) {
        return Optional.empty();
      }
      Holder holder = new Holder(Long.parseLong(lines.get(0)), lines.get(1), lines.get(2));
      return ProcessHandle.of(holder.pid()).isPresent() ? Optional.of(holder) : Optional.empty();
    } catch (IOException | NumberFormatException unknown) {
      return Optional.empty();
    }
  }

  /** Gives the lock back; the file stays. */
  @Override
  public void close() {
    try {
      // Not made anew where clean --all has removed it.
      write(file, "free\n");
    } catch (NoSuchFileException removed) {
      return;
    } catch (IOException e) {
      // The text is only a hint, and the next holder writes its own: the lock must go all the same.
      throw CacheTrouble.of("cannot clear", file, e);
    } finally {
      locks.reversed().forEach(Flock::close);
    }
  }
}
