package dev.torc.report;

import dev.torc.machine.SafeText;
import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The last lines of a log file, made harmless. Reads no more than the end of a large file. */
final class LogTail {

  static final int LINES = 20;
  static final int BYTES = 16 * 1024;

  /** Code points of a line before its middle is cut out. */
  private static final int LINE = 1000;

  private LogTail() {}

  /**
   * The lines, the first being an ellipsis where others stand before it; empty for an empty log.
   */
  static List<String> of(Path log, boolean colour) throws IOException {
    byte[] bytes;
    boolean cut;
    try (SeekableByteChannel file = OwnFile.channel(log)) {
      long from = Math.max(0, file.size() - BYTES);
      cut = from > 0;
      ByteBuffer buffer = ByteBuffer.allocate(BYTES);
      file.position(from);
      while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
      bytes = Arrays.copyOf(buffer.array(), buffer.position());
    }
    List<String> lines =
        new ArrayList<>(Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\n", -1)));
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    if (cut && lines.size() > 1) {
      lines.removeFirst();
    }
    if (lines.size() > LINES) {
      lines = lines.subList(lines.size() - LINES, lines.size());
      cut = true;
    }
    List<String> out = new ArrayList<>();
    if (cut) {
      out.add("…");
    }
    for (String line : lines) {
      String shown = SafeText.output(line, colour);
      // A colour is not worth cutting a sequence in two: an overlong line loses them all.
      out.add(shown.length() <= LINE ? shown : SafeText.line(SafeText.output(line, false), LINE));
    }
    return out;
  }
}
