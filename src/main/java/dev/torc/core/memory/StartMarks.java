package dev.torc.core.memory;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.JobResult.RunDetails;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The marks of started attempts (rule 9). Before the process of an attempt starts, its mark is
 * added as a line to {@code .torc/running}; the job's result, once committed, replaces the mark.
 * Marks must survive the death of torc but not of the kernel, so a line is one write without a
 * sync. After a power failure no process is running, and files that a job wrote in part differ from
 * its older record. This class ends no processes.
 *
 * <p>A mark names its owner, the database with the job's records, because the next build may use
 * another {@code TORC_CACHE}. A build with other records ends the processes, and keeps the mark for
 * its owner with a note that they have ended. Hosts that share a root share its records, so a mark
 * in a network root also names the host and user; if a group writes to the root, a mark names the
 * user. An attempt of another host or user may still be running, and cannot be ended from here.
 */
public final class StartMarks implements AutoCloseable {

  /** The number of other databases whose marks are retained; those of older ones are lost. */
  private static final int OWNERS = 64;

  private final Path file;
  private final String owner;
  private final StartOrigin here;
  private final FileChannel channel;
  private final long others; // bytes of other owners' marks, at the beginning of the file
  private long length;

  /** Reads the marks in the file and skips torn or unreadable lines. */
  public static List<StartMark> read(CachePlace place) {
    byte[] bytes;
    try {
      bytes = OwnFile.read(place.running());
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw CacheTrouble.of("cannot read the marks of running jobs", place.running(), e);
    }
    String lines = new String(bytes, StandardCharsets.UTF_8);
    return Arrays.stream(lines.substring(0, lines.lastIndexOf('\n') + 1).split("\n"))
        .map(StartMark::parse)
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Returns the marks of interrupted jobs: the cache's own marks that no result of the same attempt
   * has replaced. A job that is being retried already has a result of its earlier attempts.
   * Adopting a job replaces its mark, because a submitted attempt is ended first.
   */
  public static List<StartMark> live(List<StartMark> marks, Cache cache) {
    return marks.stream()
        .filter(mark -> mark.owner().equals(cache.place().owner()) && !mark.isRestored())
        .filter(mark -> !isReplaced(mark, cache))
        .toList();
  }

  private static boolean isReplaced(StartMark mark, Cache cache) {
    JobResult result = cache.result(mark.job());
    RunDetails details = cache.details(mark.job());
    return result != null
        && mark.build().equals(result.build())
        && details != null
        && (details.ran().attempts() >= mark.attempt()
            || result.outcome() == JobResult.Outcome.ADOPTED);
  }

  /**
   * Returns the cache's own marks of restores, except for jobs that ran later and were interrupted:
   * torc does not own what such a run made.
   */
  public static List<StartMark> restored(List<StartMark> marks, Cache cache) {
    Set<String> ran = live(marks, cache).stream().map(StartMark::job).collect(Collectors.toSet());
    return marks.stream()
        .filter(mark -> mark.owner().equals(cache.place().owner()) && mark.isRestored())
        .filter(mark -> !ran.contains(mark.job()))
        .toList();
  }

  /** Returns the {@link #live} marks that are {@link StartMark#isOutOfReach out of reach}. */
  public static List<StartMark> elsewhere(List<StartMark> marks, Cache cache, Set<String> gone) {
    return live(marks, cache).stream()
        .filter(mark -> mark.isOutOfReach(cache.place(), gone))
        .toList();
  }

  /** Returns the {@link #live} marks of submitted attempts. */
  public static List<StartMark> submitted(List<StartMark> marks, Cache cache) {
    return live(marks, cache).stream().filter(StartMark::isRemote).toList();
  }

  /** Returns the marks of processes that may still run here, including those of other owners. */
  public static List<StartMark> running(List<StartMark> marks, Cache cache) {
    List<StartMark> running = new ArrayList<>(live(marks, cache));
    running.removeIf(mark -> mark.isOutOfReach(cache.place(), Set.of()));
    String owner = cache.place().owner();
    marks.stream()
        .filter(mark -> !mark.owner().equals(owner) && !mark.ended() && !mark.isRestored())
        .forEach(running::add);
    return running;
  }

  /**
   * Replaces this cache's marks by {@code on}, the marks of attempts that continue; the caller has
   * dealt with the others. Marks of other owners stay, and their processes on this host must have
   * ended.
   */
  public static StartMarks begin(CachePlace place, List<StartMark> on) {
    try {
      StartMarks marks = new StartMarks(place, on);
      place.give(marks.file);
      return marks;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot mark running jobs in", place.running(), e);
    }
  }

  private StartMarks(CachePlace place, List<StartMark> on) throws IOException {
    file = place.running();
    owner = place.owner();
    here = StartOrigin.of(place);
    StringBuilder head = new StringBuilder();
    for (StartMark mark : others(read(place), owner)) {
      head.append((mark.isRemote() ? mark : mark.of(mark.owner(), true, mark.origin())).line());
    }
    others = head.toString().getBytes(StandardCharsets.UTF_8).length;
    on.forEach(mark -> head.append(mark.of(owner, false, mark.origin()).line()));
    byte[] all = head.toString().getBytes(StandardCharsets.UTF_8);
    length = all.length;
    OwnFile.folder(place.folder());
    if (length > 0) {
      // All at once, since torc may be killed at any moment.
      OwnFile.replace(file, out -> out.write(all));
    }
    channel = OwnFile.outChannel(file);
    channel.truncate(length);
    if (!on.isEmpty()) {
      sync();
    }
  }

  /** Returns the marks of other owners, of at most {@link #OWNERS} of them. */
  private static List<StartMark> others(List<StartMark> marks, String owner) {
    List<StartMark> others = marks.stream().filter(mark -> !mark.owner().equals(owner)).toList();
    List<String> owners = others.stream().map(StartMark::owner).distinct().toList();
    List<String> gone = owners.subList(0, Math.max(0, owners.size() - OWNERS));
    return others.stream().filter(mark -> !gone.contains(mark.owner())).toList();
  }

  /** Adds the mark of an attempt. The process of the attempt must start only after this call. */
  public void add(StartMark mark) {
    boolean elsewhere = mark.isRemote() || mark.origin() != null;
    String line = mark.of(owner, false, elsewhere ? mark.origin() : here).now().line();
    append(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
  }

  private synchronized void append(ByteBuffer rest) {
    access(
        "cannot mark a running job in",
        () -> {
          while (rest.hasRemaining()) {
            channel.write(rest, length + rest.position());
          }
          length += rest.limit();
        });
  }

  /** Forces the marks to the disk, because submitted attempts survive a crash of this machine. */
  public synchronized void sync() {
    access("cannot mark a running job in", () -> channel.force(false));
  }

  /** Removes this cache's marks. All results of the build must be committed. */
  public synchronized void clear() {
    access("cannot clear the marks of running jobs in", () -> channel.truncate(others));
    length = others;
  }

  @Override
  public synchronized void close() {
    access("cannot close the marks of running jobs in", channel::close);
  }

  private void access(String failure, Io.Run access) {
    try {
      access.run();
    } catch (IOException e) {
      throw CacheTrouble.of(failure, file, e);
    }
  }
}
