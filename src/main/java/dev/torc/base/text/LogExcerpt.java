package dev.torc.base.text;

import dev.torc.base.posix.OwnFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the first {@code head} and the last {@code tail} lines of a log, and makes them safe for a
 * terminal. Of a large log, only the first and last {@code bytes} bytes are read.
 */
public record LogExcerpt(int head, int tail, int bytes) {

  public static final LogExcerpt SHORT = new LogExcerpt(10, 20, 16 << 10);

  /** Shows all lines, unless the log is larger than memory should hold. */
  public static final LogExcerpt WHOLE =
      new LogExcerpt(Integer.MAX_VALUE / 2, Integer.MAX_VALUE / 2, 8 << 20);

  /** The maximum length of a line in code points. The middle of a longer line is left out. */
  private static final int LINE = 1000;

  /** The maximum length of a last line that tells how far a job is. */
  private static final int LAST = 120;

  /** Returns the lines from a byte offset on; one line replaces those that are left out. */
  public List<String> read(Path log, long from, boolean colour) throws IOException {
    List<String> out = new ArrayList<>();
    try (FileChannel file = OwnFile.channel(log)) {
      long begin = Math.min(from, file.size());
      long size = file.size() - begin;
      boolean much = size > 2L * bytes;
      List<String> first = lines(file, begin, much ? bytes : (int) size);
      List<String> last = much ? lines(file, file.size() - bytes, bytes) : first;
      if (!much && first.size() <= head + tail + 1) {
        shown(first, colour, out);
        return out;
      }
      int before = Math.min(head, Math.max(1, first.size() - 1)); // the last line may be cut
      int after = Math.min(tail, Math.max(1, last.size() - 1));
      shown(first.subList(0, before), colour, out);
      int omitted = first.size() - head - tail;
      out.add(much ? "… much is left out" : "… " + omitted + " lines left out");
      shown(last.subList(last.size() - after, last.size()), colour, out);
    }
    return out;
  }

  /** Returns the lines, or one line that says why the log cannot be read. */
  public List<String> readOrError(Path log, long from, Palette palette) {
    try {
      return read(log, from, palette.on());
    } catch (IOException e) {
      return List.of(palette.dim("(the log cannot be read: " + Refusal.line(e) + ")"));
    }
  }

  /** Returns the last line that is not blank; empty if there is none or it cannot be read. */
  public static String lastLine(Path log) {
    try (FileChannel file = OwnFile.channel(log)) {
      long begin = Math.max(0, file.size() - 4 * LINE);
      List<String> lines = lines(file, begin, 4 * LINE);
      String last = lines.reversed().stream().filter(l -> !l.isBlank()).findFirst().orElse("");
      return SafeText.line(SafeText.output(last, false), LAST);
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns a log's path for the user, relative to the folder if it is below the folder. */
  public static String shown(Path log, Path folder) {
    return SafeText.name((log.startsWith(folder) ? folder.relativize(log) : log).toString());
  }

  private static List<String> lines(FileChannel file, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {}
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  /** Adds lines to {@code out}. A shortened line loses its colors, whose codes could be cut. */
  private void shown(List<String> lines, boolean colour, List<String> out) {
    for (String line : lines) {
      String shown = SafeText.output(line, colour);
      boolean fits = this == WHOLE || shown.length() <= LINE;
      out.add(fits ? shown : SafeText.line(SafeText.output(line, false), LINE));
    }
  }
}
