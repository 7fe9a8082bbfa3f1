package dev.torc.core.memory;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.LocalLocks;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OpenFileLock.Unlockable;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The lock that allows one build per root (rule 10). It locks {@code .torc/lock}. If the database
 * lies elsewhere, it also locks a file beside the database. In a network root, it also locks {@code
 * .torc/lock.shared}, which other hosts see. The kernel releases the locks however torc ends. A
 * file names the holder, for the user and for a torc that a job calls; its text is a hint, never
 * the lock. {@code BuildRequest} in package {@code session} decides whether a second torc waits or
 * is refused.
 */
public final class BuildLock implements AutoCloseable {

  /** Milliseconds between two tries. */
  private static final long AGAIN = 50;

  /** Milliseconds between two tries in a network root, where each one asks a server. */
  private static final long AGAIN_REMOTE = 500;

  /** A process, the random id of its build, its command, and its host, empty for this one. */
  public record Holder(long pid, String build, String what, String host) {
    public Holder(long pid, String build, String what) {
      this(pid, build, what, "");
    }
  }

  /** The {@link Holder#what} of a build. Other commands also take the lock. */
  public static final String BUILD = "torc build";

  private final CachePlace place;
  private final List<OpenFileLock> held = new ArrayList<>();
  private BuildLock outer; // of a root around this one; null for none

  private BuildLock(CachePlace place) {
    this.place = place;
  }

  /**
   * Takes the lock unless a process, perhaps this one, already holds it. Makes the folders that the
   * lock needs. With {@code trust}, a network root may lie on a file system that does not show
   * locks to other hosts; then the lock excludes only builds on this host.
   */
  public static Optional<BuildLock> tryAcquire(CachePlace place, Holder me, boolean trust) {
    if (place.isNetworkRoot() && !trust) {
      refuseLocal(place);
    }
    BuildLock lock = new BuildLock(place);
    boolean all = false;
    try {
      all = lock.take(me, trust);
      return all ? Optional.of(lock) : Optional.empty();
    } catch (Unlockable e) {
      String host = place.isNetworkRoot() ? ", so two hosts could build here at once: " : "; ";
      throw refusal(place, e.getFile(), e.getReason() + host, e.next());
    } catch (IOException e) {
      throw CacheTrouble.of("cannot lock", place.lock(), e);
    } finally {
      if (!all) {
        lock.release();
      }
    }
  }

  private static void refuseLocal(CachePlace place) {
    LocalLocks local = place.host().localLocks(place.root()).orElse(null);
    if (local != null) {
      throw refusal(
          place,
          place.root().toString(),
          local.finding() + ", so two hosts could build here at once: ",
          local.next());
    }
  }

  private static CacheException refusal(CachePlace place, String subject, String why, String next) {
    String trust = place.isNetworkRoot() ? "give --trust-lock if no other host builds here" : "";
    String or = next.isEmpty() || trust.isEmpty() ? "" : ", or ";
    return new CacheException(subject + ": " + why + next + or + trust);
  }

  private boolean take(Holder me, boolean trust) throws IOException {
    place.makeFolder(place.folder());
    boolean trusts = trust && place.isNetworkRoot();
    // This host's lock comes first; the comment of OpenFileLock explains why.
    if (!add(() -> OpenFileLock.flock(place.lock()), trusts) || isRobbed(place)) {
      return false;
    }
    if (place.isNetworkRoot() && OpenFileLock.hasBytes()) {
      if (!add(() -> OpenFileLock.bytes(place.networkLock()), trusts)) {
        return false;
      }
      if (Files.exists(place.networkLock())) {
        place.give(place.networkLock());
      }
    }
    place.give(place.lock());
    // Settled only under the lock, so that only one torc makes the root's id.
    CachePlace settled = place.settle();
    Path beside = settled.database().resolve("lock");
    if (settled.elsewhere() && !add(() -> OpenFileLock.flock(beside), false)) {
      return false;
    }
    // Without working locks, two torc processes on this host may each have made an id.
    if (trusts && !settled.equals(place.settle())) {
      return false;
    }
    say(me);
    return true;
  }

  /** Returns whether a lock was taken; true if {@code mayLack} and the file system has none. */
  private boolean add(Io.Get<Optional<OpenFileLock>> lock, boolean mayLack) throws IOException {
    try {
      Optional<OpenFileLock> taken = lock.get();
      taken.ifPresent(held::add);
      return taken.isPresent();
    } catch (Unlockable e) {
      if (mayLack) {
        return true;
      }
      throw e;
    }
  }

  /**
   * Returns whether a process holds the lock on a removed file, as after {@code rm -rf .torc}.
   * Checks only an empty file: a file that was ever locked names its holder or says free.
   */
  private static boolean isRobbed(CachePlace place) throws IOException {
    return FileStatus.of(place.lockHolder().toString(), false).size() == 0
        && OtherProcess.holderOfRemoved(place.lock()).isPresent();
  }

  private void say(Holder me) throws IOException {
    String text = me.pid() + "\n" + me.build() + "\n" + me.what().replace('\n', ' ') + "\n";
    if (place.isNetworkRoot()) {
      OwnFile.outChannel(place.lockHolder()).close();
      place.give(place.lockHolder());
      text += place.host().name() + "\n" + place.host().boot() + "\n";
    }
    write(place.lockHolder(), text);
  }

  /** Writes a text and pads the file with line ends; truncating would take 20 times as long. */
  private static void write(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (FileChannel to =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      byte[] all = Arrays.copyOf(bytes, Math.max(bytes.length, (int) to.size()));
      Arrays.fill(all, bytes.length, all.length, (byte) '\n');
      to.write(ByteBuffer.wrap(all), 0);
    }
  }

  /** Waits for the lock and takes it. If interrupted, gives up without the lock. */
  public static BuildLock acquire(CachePlace place, Holder me, boolean trust)
      throws InterruptedException {
    while (true) {
      Optional<BuildLock> lock = tryAcquire(place, me, trust);
      if (lock.isPresent()) {
        return lock.get();
      }
      Thread.sleep(place.isNetworkRoot() ? AGAIN_REMOTE : AGAIN);
    }
  }

  /** Returns the holder of the lock; empty if there is none or it is unknown. Creates nothing. */
  public static Optional<Holder> holder(CachePlace place) {
    try {
      List<String> lines = new String(read(place), StandardCharsets.UTF_8).strip().lines().toList();
      if (lines.isEmpty()) {
        return OtherProcess.holderOfRemoved(place.lock()).stream()
            .mapToObj(pid -> new Holder(pid, "", "whose lock was removed"))
            .findFirst();
      }
      if (lines.size() < (place.isNetworkRoot() ? 5 : 3)) {
        return Optional.empty();
      }
      boolean here =
          !place.isNetworkRoot()
              || lines.get(3).equals(place.host().name())
                  && lines.get(4).equals(place.host().boot());
      long pid = Long.parseLong(lines.get(0));
      // A process number of another host cannot be checked here, but its lock can.
      boolean lives =
          here ? OtherProcess.runs(pid) : OpenFileLock.bytesMayBeHeld(place.networkLock());
      return lives
          ? Optional.of(new Holder(pid, lines.get(1), lines.get(2), here ? "" : lines.get(3)))
          : Optional.empty();
    } catch (IOException | NumberFormatException unknown) {
      return Optional.empty();
    }
  }

  /** Returns the text that names the holder; empty if a lock file names no holder yet. */
  private static byte[] read(CachePlace place) throws IOException {
    boolean fresh =
        place.isNetworkRoot()
            && OwnFile.exists(place.lock())
            && !OwnFile.exists(place.lockHolder());
    return fresh ? new byte[0] : OwnFile.read(place.lockHolder());
  }

  /** Returns this lock, whose release also releases that of a root around this one. */
  public BuildLock within(BuildLock around) {
    outer = around;
    return this;
  }

  /** Releases the lock and leaves its files. */
  @Override
  public void close() {
    try (BuildLock _ = outer) {
      // This must not recreate the file after clean --all removed it.
      write(place.lockHolder(), "free\n");
    } catch (NoSuchFileException removed) {
      return;
    } catch (IOException e) {
      // The text is only a hint, which the next holder replaces; the lock is released anyway.
      throw CacheTrouble.of("cannot clear", place.lockHolder(), e);
    } finally {
      release();
    }
  }

  /** Releases the locks in reverse order: a torc that gets the first one finds the others free. */
  private void release() {
    held.reversed().forEach(OpenFileLock::close);
  }
}
