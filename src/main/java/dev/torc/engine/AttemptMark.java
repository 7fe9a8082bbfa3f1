package dev.torc.engine;

import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The line in a log that tells an attempt from the one before it. The rest is the job's own. */
final class AttemptMark {

  private AttemptMark() {}

  /** Adds the line to a log, if there is one; returns where the attempt's own output begins. */
  static long append(Path log, int attempt) throws IOException {
    if (!OwnFile.stands(log)) {
      return 0;
    }
    String line = "--- torc: attempt " + attempt + " ---\n";
    byte[] bytes = ((endsLine(log) ? "" : "\n") + line).getBytes(StandardCharsets.US_ASCII);
    try (FileChannel out = OwnFile.outChannel(log)) {
      out.position(out.size());
      out.write(ByteBuffer.wrap(bytes));
      return out.size();
    }
  }

  /** Whether a log is empty or ends with a line feed. */
  private static boolean endsLine(Path log) throws IOException {
    try (FileChannel in = OwnFile.channel(log)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return in.size() == 0 || in.read(last, in.size() - 1) < 1 || last.get(0) == '\n';
    }
  }
}
