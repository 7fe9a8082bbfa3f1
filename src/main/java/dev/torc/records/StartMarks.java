package dev.torc.records;

import dev.torc.hash.Digest;
import dev.torc.posix.Io;
import dev.torc.posix.OwnFile;
import dev.torc.posix.OwnUser;
import dev.torc.records.JobResult.RunDetails;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The marks of rule 9: before the process of an attempt starts, a line in {@code .torc/running}
 * says so, and the job's result, once committed, replaces it. Marks have to outlive torc, not the
 * kernel: a line is one write, without a sync. After a power failure no process runs, and files
 * that a job wrote in part differ from its older record. This ends no processes.
 *
 * <p>A mark names its owner, the database with the job's records, since {@code TORC_CACHE} may be
 * another one in the next build. A build with other records ends the processes, and passes the mark
 * on to its owner with the note that they have ended. Hosts that share the root share the records,
 * so a mark there names host and user; where a group writes to the root, it names the user. An
 * attempt of another host or user may continue, and cannot be ended from here.
 *
 * <p>A line is a CRC32C of the rest in eight hexadecimal digits, {@code ended} or nothing, owner,
 * {@link StartOrigin}, build, attempt ({@code 2@}, then the moment of its start), containers and
 * job, with tabs between; a missing part is empty. In the job's name, which comes last, backslash
 * and line feed are written {@code \\} and {@code \n}.
 */
public final class StartMarks implements AutoCloseable {

  private static final String REMOTE = "executor/";

  private static final String RESTORED = "store/";

  /** Marks of this many other databases are kept; those of earlier ones are lost. */
  private static final int OWNERS = 64;

  private static final String ENDED = "ended";

  /**
   * A started attempt of a job in a build.
   *
   * @param owner names the database with the job's records; empty if unknown
   * @param ended whether a build with other records has ended its processes
   * @param container RUNTIME/NAME of its containers, {@code executor/NAME} for a submitted attempt,
   *     {@code store/KEY} for a restore, or empty
   * @param origin where it was started; null if that is here, or does not matter
   * @param started milliseconds since 1970, 0 if unknown
   */
  public record Mark(
      String owner,
      boolean ended,
      String build,
      String job,
      int attempt,
      String container,
      StartOrigin origin,
      long started) {

    public Mark(String build, String job, int attempt) {
      this("", false, build, job, attempt, "", null, 0);
    }

    public Mark in(String containers) {
      return new Mark(owner, ended, build, job, attempt, containers, origin, started);
    }

    public Mark at(String executor) {
      return in(REMOTE + executor);
    }

    /** Returns this mark for a restore, which starts no process. */
    public Mark restoring(Digest key) {
      return in(RESTORED + key.hex());
    }

    public boolean isRestored() {
      return container.startsWith(RESTORED);
    }

    /** Returns the key of the restored result. */
    public Digest key() {
      return Digest.ofHex(container.substring(RESTORED.length()));
    }

    /** Returns whether it was submitted, so that it may continue after torc. */
    public boolean isRemote() {
      return container.startsWith(REMOTE);
    }

    public String executor() {
      return container.substring(REMOTE.length());
    }

    /** Returns whether its processes may run out of reach, on no {@code gone} host or user. */
    public boolean isOutOfReach(CachePlace place, Set<String> gone) {
      return origin != null && origin.isOutOfReach(place, gone);
    }

    private Mark now() {
      long now = started == 0 ? System.currentTimeMillis() : started;
      return new Mark(owner, ended, build, job, attempt, container, origin, now);
    }

    private Mark of(String newOwner, boolean hasEnded, StartOrigin at) {
      return new Mark(newOwner, hasEnded, build, job, attempt, container, at, started);
    }
  }

  private final Path file;
  private final String owner;
  private final StartOrigin here;
  private final FileChannel channel;
  private final long others; // bytes of the marks of other owners, with which the file begins
  private long length;

  /** Reads the marks of earlier torcs, without torn or unreadable lines. */
  public static List<Mark> read(CachePlace place) {
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
        .map(StartMarks::parse)
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Returns the cache's own marks that no result of the same attempt replaced: interrupted jobs.
   * While a job is tried again, it has a result of its earlier attempts. An adopted job has no
   * attempt: a submitted one was ended first.
   */
  public static List<Mark> live(List<Mark> marks, Cache cache) {
    return marks.stream()
        .filter(mark -> mark.owner.equals(cache.place().owner()) && !mark.isRestored())
        .filter(mark -> !isReplaced(mark, cache))
        .toList();
  }

  private static boolean isReplaced(Mark mark, Cache cache) {
    JobResult result = cache.result(mark.job);
    RunDetails details = cache.details(mark.job);
    return result != null
        && mark.build.equals(result.build())
        && details != null
        && (details.ran().attempts() >= mark.attempt
            || result.outcome() == JobResult.Outcome.ADOPTED);
  }

  /**
   * Returns the cache's own marks of restores, except for jobs that ran after all and were
   * interrupted: what such a run made is not torc's.
   */
  public static List<Mark> restored(List<Mark> marks, Cache cache) {
    Set<String> ran = live(marks, cache).stream().map(Mark::job).collect(Collectors.toSet());
    return marks.stream()
        .filter(mark -> mark.owner.equals(cache.place().owner()) && mark.isRestored())
        .filter(mark -> !ran.contains(mark.job))
        .toList();
  }

  /** Returns the {@link #live} marks that are {@link Mark#isOutOfReach out of reach}. */
  public static List<Mark> elsewhere(List<Mark> marks, Cache cache, Set<String> gone) {
    return live(marks, cache).stream()
        .filter(mark -> mark.isOutOfReach(cache.place(), gone))
        .toList();
  }

  /** Returns the {@link #live} marks of submitted attempts. */
  public static List<Mark> out(List<Mark> marks, Cache cache) {
    return live(marks, cache).stream().filter(Mark::isRemote).toList();
  }

  /** Returns the marks of processes that may still run here, those of other owners included. */
  public static List<Mark> running(List<Mark> marks, Cache cache) {
    List<Mark> running = new ArrayList<>(live(marks, cache));
    running.removeIf(mark -> mark.isOutOfReach(cache.place(), Set.of()));
    String owner = cache.place().owner();
    marks.stream()
        .filter(mark -> !mark.owner.equals(owner) && !mark.ended && !mark.isRestored())
        .forEach(running::add);
    return running;
  }

  /**
   * Begins the marks of a build with those whose attempts continue ({@code on}). It removes this
   * cache's other marks, so the caller must have dealt with them. Marks of other owners stay, and
   * their processes here must have ended.
   */
  public static StartMarks begin(CachePlace place, List<Mark> on) {
    try {
      StartMarks marks = new StartMarks(place, on);
      place.give(marks.file);
      return marks;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot mark running jobs in", place.running(), e);
    }
  }

  private StartMarks(CachePlace place, List<Mark> on) throws IOException {
    file = place.running();
    owner = place.owner();
    here = StartOrigin.of(place);
    StringBuilder head = new StringBuilder();
    for (Mark mark : others(read(place), owner)) {
      head.append(line(mark.isRemote() ? mark : mark.of(mark.owner, true, mark.origin)));
    }
    others = head.toString().getBytes(StandardCharsets.UTF_8).length;
    on.forEach(mark -> head.append(line(mark.of(owner, false, mark.origin))));
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

  /** Returns the marks of the latest other owners. */
  private static List<Mark> others(List<Mark> marks, String owner) {
    List<Mark> others = marks.stream().filter(mark -> !mark.owner.equals(owner)).toList();
    List<String> owners = others.stream().map(Mark::owner).distinct().toList();
    List<String> gone = owners.subList(0, Math.max(0, owners.size() - OWNERS));
    return others.stream().filter(mark -> !gone.contains(mark.owner)).toList();
  }

  /** Marks an attempt, whose process must start only after this. */
  public synchronized void add(Mark mark) {
    boolean elsewhere = mark.isRemote() || mark.origin != null;
    String line = line(mark.of(owner, false, elsewhere ? mark.origin : here).now());
    ByteBuffer left = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    access(
        "cannot mark a running job in",
        () -> {
          while (left.hasRemaining()) {
            channel.write(left, length + left.position());
          }
          length += left.limit();
        });
  }

  /** Makes the marks outlive this machine, as attempts elsewhere do. */
  public synchronized void sync() {
    access("cannot mark a running job in", () -> channel.force(false));
  }

  /** Removes the marks of this cache after a build whose results are all committed. */
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

  private static String line(Mark mark) {
    String rest =
        String.join(
            "\t",
            mark.ended ? ENDED : "",
            mark.owner,
            mark.origin == null ? "" : mark.origin.toString(),
            mark.build,
            mark.attempt + (mark.started == 0 ? "" : "@" + mark.started),
            mark.container,
            OwnFile.line(mark.job));
    return sum(rest) + "\t" + rest + "\n";
  }

  /** Returns the mark of a line; null if it is torn or of another torc. */
  private static Mark parse(String line) {
    String[] fields = line.split("\t", 8);
    if (fields.length < 8 || !fields[0].equals(sum(line.substring(fields[0].length() + 1)))) {
      return null;
    }
    try {
      StartOrigin origin = fields[3].isEmpty() ? null : StartOrigin.parse(fields[3]);
      String[] attempt = fields[5].split("@"); // marks of an older torc have no moment
      return new Mark(
          fields[2],
          fields[1].equals(ENDED),
          fields[4],
          OwnFile.text(fields[7]),
          Integer.parseInt(attempt[0]),
          fields[6],
          origin,
          attempt.length == 1 ? 0 : Long.parseLong(attempt[1]));
    } catch (IllegalArgumentException e) {
      return null; // fields of another torc
    }
  }

  private static String sum(String text) {
    CRC32C crc = new CRC32C();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    crc.update(bytes, 0, bytes.length);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /**
   * Where an attempt was started, in marks of roots that several hosts or users build: the host
   * (empty if only one builds the root), its boot, and torc's process and user.
   */
  public record StartOrigin(String host, String boot, long pid, String user) {

    /** Returns the origin of this process; null if no other user or host builds the root. */
    static StartOrigin of(CachePlace place) {
      if (!place.isNetworkRoot() && place.group().isNone()) {
        return null;
      }
      String host = place.isNetworkRoot() ? place.host().name() : "";
      return new StartOrigin(host, boot(place), ProcessHandle.current().pid(), me());
    }

    /** Reads an origin; throws {@link NumberFormatException} for other texts. */
    static StartOrigin parse(String text) {
      String[] parts = text.split("/", 4);
      if (parts.length < 4) {
        throw new NumberFormatException(text);
      }
      return new StartOrigin(parts[0], parts[1], Long.parseLong(parts[2]), parts[3]);
    }

    public boolean isOfAnotherHost(CachePlace place) {
      return place.isNetworkRoot() && !host.isEmpty() && !host.equals(place.host().name());
    }

    /** Returns whether its processes may run here, but only their user or root can end them. */
    public boolean isOfAnotherUser(CachePlace place) {
      return !isOfAnotherHost(place)
          && boot.equals(boot(place))
          && !user.equals(me())
          && !OwnUser.isRoot();
    }

    /** Returns whether its processes may run where torc can neither see nor end them. */
    boolean isOutOfReach(CachePlace place, Set<String> gone) {
      return isOfAnotherHost(place) && !gone.contains(host)
          || isOfAnotherUser(place) && !gone.contains(user);
    }

    private static String boot(CachePlace place) {
      return (place.isNetworkRoot() ? place.host() : ThisHost.system()).boot();
    }

    /** Returns the user's name, or number if the system knows no name. */
    private static String me() {
      String name = System.getProperty("user.name", "?").replaceAll("[\\s/]", "-");
      return name.equals("?") ? Integer.toUnsignedString(OwnUser.number()) : name;
    }

    @Override
    public String toString() {
      return host + "/" + boot + "/" + pid + "/" + user;
    }
  }
}
