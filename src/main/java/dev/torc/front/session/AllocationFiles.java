package dev.torc.front.session;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OpenFileLock.Unlockable;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.CachePlace;
import dev.torc.features.clusters.ClaimOwner;
import dev.torc.features.clusters.EarlierJob;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.clusters.Scheduler;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The files in {@code .torc/slurm} that a caller of {@code torc slurm} shares with the build in its
 * allocation: the build's output, and its input, which the caller keeps locked while it is alive.
 * The files of killed callers are removed when their builds have ended.
 */
record AllocationFiles(Path folder, String id) {
  /** The executor whose settings are used to ask Slurm. */
  static final String EXECUTOR = "slurm";

  /** The variable that is set for a torc in an allocation. */
  static final String VARIABLE = "TORC_ALLOCATION";

  private static final String INPUT = ".out.in";

  private static final long AGAIN = 20_000_000; // ns

  static AllocationFiles of(CachePlace place, String id) {
    return new AllocationFiles(place.folder().resolve(EXECUTOR), id);
  }

  /** Returns the file of the build's standard output; its input has {@code .in} added. */
  Path output() {
    return folder.resolve(id + ".out");
  }

  Path log() {
    return folder.resolve(id + ".log");
  }

  private Path input() {
    return folder.resolve(id + INPUT);
  }

  Path scripts() {
    return folder.resolve(EXECUTOR);
  }

  /**
   * Writes the build's input, null for none. Returns the lock that shows that the caller is alive;
   * null if the file system has no locks.
   */
  OpenFileLock begin(byte[] text) throws IOException {
    OpenFileLock lives = null;
    try {
      lives = OpenFileLock.flock(input()).orElse(null);
      for (; lives == null; lives = OpenFileLock.flock(input()).orElse(null)) {
        LockSupport.parkNanos(AGAIN); // another torc takes this caller for dead
      }
    } catch (Unlockable none) {
      // without locks, no torc takes the caller for dead
    }
    OwnFile.write(input(), text == null ? new byte[0] : text);
    OwnFile.write(output(), new byte[0]); // or a shell would follow a link there
    return lives;
  }

  void remove() throws IOException {
    for (Path each : List.of(output(), log(), input())) {
      OwnFile.remove(each);
    }
  }

  /**
   * Removes the files of killed callers whose builds have ended. If a build's own files do not show
   * that it has ended, {@code over} decides; if {@code over} is null, the build counts as running.
   */
  static void tidy(
      CachePlace place, ClaimOwner me, Predicate<EarlierJob> over, Consumer<String> warn) {
    Path folder = of(place, "").folder;
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      boolean alone = true;
      for (Path file : FileTree.entries(folder)) {
        String name = file.getFileName().toString();
        if (name.endsWith(INPUT)) {
          String id = name.substring(0, name.length() - INPUT.length());
          AllocationFiles files = new AllocationFiles(folder, id);
          try (OpenFileLock dead = OpenFileLock.flock(file).orElse(null)) {
            alone &= dead != null;
            if (dead != null && files.isOver(me, over)) {
              files.remove();
            }
          }
        }
      }
      if (alone) { // otherwise another caller may be writing its script
        EarlierJob.tidy(folder);
      }
    } catch (Unlockable e) {
      return; // without locks, no torc knows whether a caller lives
    } catch (IOException e) {
      warn.accept("cannot remove old files in .torc/slurm: " + Refusal.line(e));
    }
  }

  /**
   * Returns whether the build has ended. Removes the files of its ended jobs, but not their claims.
   */
  private boolean isOver(ClaimOwner me, Predicate<EarlierJob> over) throws IOException {
    for (EarlierJob each : EarlierJob.all(folder)) {
      HandedOutAttempt place = each.place();
      if (place.key().build().equals(id)) {
        if (!place.isOver(me) && (over == null || !over.test(each))) {
          return false;
        }
        place.folder().forget(place.claim(), me);
      }
    }
    return true;
  }

  /**
   * Asks Slurm whether a build has ended. A build that Slurm does not list counts as ended only the
   * second time, since an incomplete listing looks the same.
   */
  static Predicate<EarlierJob> hasEnded(Scheduler slurm) {
    Set<SchedulerJob> gone = new HashSet<>();
    return job -> {
      SchedulerJob asked = job.task();
      SchedulerState state = slurm.states(List.of(asked)).get(asked);
      return state.isEnd() || state.is(SchedulerState.Phase.GONE) && !gone.add(asked);
    };
  }

  /** Shows a file that grows on another machine. */
  static final class Shown {
    private final Path file;
    private final Io.Take<InputStream> to;
    private long shown;

    Shown(Path file, Io.Take<InputStream> to) {
      this.file = file;
      this.to = to;
    }

    void more() throws IOException {
      if (Files.exists(file)) {
        try (FileChannel in = OwnFile.channel(file)) {
          if (in.size() != shown) {
            in.position(in.size() < shown ? 0 : shown); // shorter: it was rewritten
            to.take(Channels.newInputStream(in));
            shown = in.position();
          }
        }
      }
    }
  }
}
