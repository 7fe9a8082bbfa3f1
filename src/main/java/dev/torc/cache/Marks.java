package dev.torc.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The mark of rule 9: before an attempt's process starts, a line in {@code .torc/running} says so,
 * and the job's result, once committed, replaces it. The marks have to outlive torc, not the
 * kernel: a line is one write, without a sync. After a power failure no process is left to end, and
 * what a job left half written is not what its older record says. Ending the processes is not its
 * business.
 *
 * <p>A line is a CRC32C of the rest in eight hexadecimal digits, build, attempt and job, with
 * blanks between; in the job's name, which comes last, backslash and line feed are written {@code
 * \\} and {@code \n}.
 */
public final class Marks implements AutoCloseable {

  /** A started attempt of a job in a build. */
  public record Mark(String build, String job, int attempt) {}

  private final Path file;
  private final FileChannel channel;
  private long length;

  private Marks(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** The marks that an earlier torc left; lines that are torn or unreadable are skipped. */
  public static List<Mark> read(CachePlace place) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(place.running());
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw Trouble.of("cannot read the marks of running jobs", place.running(), e);
    }
    List<Mark> marks = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        Mark mark = parse(new String(bytes, from, i - from, StandardCharsets.UTF_8));
        if (mark != null) {
          marks.add(mark);
        }
        from = i + 1;
      }
    }
    return List.copyOf(marks);
  }

  /**
   * Those of the marks that no result of the same attempt replaced: their jobs were interrupted. A
   * job that is tried again has a result of its earlier attempts while the next one runs.
   */
  public static List<Mark> live(List<Mark> marks, Cache cache) {
    return marks.stream()
        .filter(
            mark -> {
              Result result = cache.result(mark.job());
              Details details = cache.details(mark.job());
              return result == null
                  || !mark.build().equals(result.build())
                  || details == null
                  || details.attempts() < mark.attempt();
            })
        .toList();
  }

  /** Starts anew: the marks that were left are gone, so they must have been dealt with. */
  public static Marks begin(CachePlace place) {
    try {
      Files.createDirectories(place.folder());
      return new Marks(
          place.running(),
          FileChannel.open(
              place.running(),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING));
    } catch (IOException e) {
      throw Trouble.of("cannot mark running jobs in", place.running(), e);
    }
  }

  /** Marks an attempt; only when this has returned may its process start. */
  public synchronized void add(Mark mark) {
    String rest = mark.build() + " " + mark.attempt() + " " + escape(mark.job());
    ByteBuffer line =
        ByteBuffer.wrap((sum(rest) + " " + rest + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      int size = line.remaining();
      while (line.hasRemaining()) {
        channel.write(line, length + line.position());
      }
      length += size;
    } catch (IOException e) {
      throw Trouble.of("cannot mark a running job in", file, e);
    }
  }

  /** Takes all marks away: at the end of a build whose results are all committed. */
  public synchronized void clear() {
    try {
      channel.truncate(0);
      length = 0;
    } catch (IOException e) {
      throw Trouble.of("cannot clear the marks of running jobs in", file, e);
    }
  }

  /** Closes the file; the marks stay. */
  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Trouble.of("cannot close the marks of running jobs in", file, e);
    }
  }

  private static Mark parse(String line) {
    String[] parts = line.split(" ", 4);
    if (parts.length < 4
        || !parts[0].equals(sum(line.substring(Math.min(line.length(), parts[0].length() + 1))))) {
      return null;
    }
    try {
      return new Mark(parts[1], unescape(parts[3]), Integer.parseInt(parts[2]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String sum(String text) {
    CRC32C crc = new CRC32C();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    crc.update(bytes, 0, bytes.length);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static String escape(String name) {
    return name.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String unescape(String text) {
    StringBuilder name = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i) == 'n' ? '\n' : '\\';
      }
      name.append(c);
    }
    return name.toString();
  }
}
