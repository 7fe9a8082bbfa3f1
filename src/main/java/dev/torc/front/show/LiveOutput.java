package dev.torc.front.show;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The output of jobs that is shown while they run: follows their logs. It only returns new lines;
 * the reports call it often and write them. A line begins with the name of its job if another job
 * runs, too. At the end of a job nothing is shown again.
 */
final class LiveOutput {

  private static final int PIECE = 1 << 16;

  private final Map<String, Tail> tails = new LinkedHashMap<>();
  private final Map<String, Path> logs = new HashMap<>(); // of all running jobs

  /** What was read of a log; {@code rest} has the bytes behind the last line feed. */
  private static final class Tail {
    private final Path log;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private long at;

    Tail(Path log) {
      this.log = log;
    }
  }

  /** Follows a job's log if its output is live; {@code log} is null if it is not known. */
  void start(String job, Event.Log log, boolean live) {
    if (log != null) {
      logs.put(job, log.file());
      if (live) {
        tails.put(job, new Tail(log.file()));
      }
    }
  }

  /** Returns the new complete lines of all jobs, each with its line feed. */
  String lines(boolean colour) {
    StringBuilder lines = new StringBuilder();
    tails.forEach((job, tail) -> lines.append(read(job, tail, false, colour)));
    return lines.toString();
  }

  /** Returns what is left of a job's output, which has ended, and forgets the job. */
  String end(String job, boolean colour) {
    Tail tail = tails.remove(job);
    String rest = tail == null ? "" : read(job, tail, true, colour);
    logs.remove(job);
    return rest;
  }

  /** Returns the log of a running job; null if it is not known. */
  Path log(String job) {
    return logs.get(job);
  }

  private String read(String job, Tail tail, boolean last, boolean colour) {
    StringBuilder lines = new StringBuilder();
    String name = logs.size() > 1 ? SafeText.name(job) + ": " : "";
    try (FileChannel file = OwnFile.channel(tail.log)) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      while (file.read(piece.clear(), tail.at) > 0) {
        tail.at += piece.position();
        for (byte each : Arrays.copyOf(piece.array(), piece.position())) {
          if (each == '\n') {
            lines.append(name).append(line(tail, colour));
          } else {
            tail.rest.write(each);
          }
        }
      }
    } catch (IOException e) {
      return lines.toString(); // the log does not exist yet
    }
    if (last && tail.rest.size() > 0) {
      lines.append(name).append(line(tail, colour));
    }
    return lines.toString();
  }

  private static String line(Tail tail, boolean colour) {
    String line = tail.rest.toString(StandardCharsets.UTF_8);
    tail.rest.reset();
    return SafeText.output(line, colour) + "\n";
  }
}
