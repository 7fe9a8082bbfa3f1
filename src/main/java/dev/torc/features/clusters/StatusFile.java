package dev.torc.features.clusters;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.SystemName;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.here.ProcessEnd.MadeFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads how a job of a batch ended, from two files of the script: one about the end, one about the
 * products. {@link BatchTracker} decides what to do next.
 */
final class StatusFile {

  private static final int SIGNALS = 64;

  private static final long MILLISECOND = 1_000_000;

  private StatusFile() {}

  /**
   * Returns the end in a status file, in the form of a local end. A job that its script was told to
   * end counts as interrupted. Returns null if the file is missing, incomplete, invalid or about
   * another job. {@code made} is the file with the list of product files, which the status may
   * name.
   */
  static ProcessEnd read(Path file, Path made, String job, long submitted) {
    return BatchWord.read(
        file, word -> word.text("job").equals(job) ? of(word, made, submitted) : null);
  }

  private static ProcessEnd of(BatchWord word, Path made, long submitted) {
    boolean says = !word.all("made").isEmpty() && word.numberOrUnknown("made") >= 0;
    Map<String, MadeFile> files = says ? made(made, word.numberOrUnknown("made")) : null;
    if (says && files == null) {
      return null;
    }
    How how = how(word.text("cause"));
    int code = how == How.EXITED ? (int) word.number("code") : 0;
    if (code > 128 && code <= 128 + SIGNALS) { // a shell reports a signal this way
      how = How.SIGNALED;
      code -= 128;
    }
    long wall = word.number("wall") * MILLISECOND;
    Usage usage = usage(word.text("cpu"), word.numberOrUnknown("peak"));
    long begin = new BigDecimal(word.text("begin")).movePointRight(3).longValue();
    String system = system(word.text("system"));
    ProcessEnd.Elsewhere there =
        new ProcessEnd.Elsewhere(word.text("host"), submitted, begin, system, files);
    return new ProcessEnd(how, code, wall, usage, word.text("message"), null, there);
  }

  private static How how(String cause) {
    return cause.equals("cancelled")
        ? How.INTERRUPTED
        : How.valueOf(cause.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Returns usage from a shell's user and system time and the peak in KiB; -1 is unknown. */
  private static Usage usage(String words, long peak) {
    String[] times = (words + " -").split(" ");
    return new Usage(cpu(times[0]), cpu(times[1]), peak < 0 ? -1 : peak * 1024, -1, -1);
  }

  /** Returns a time like {@code 1m2.345s} in nanoseconds; -1 for any other text. */
  private static long cpu(String time) {
    try {
      return Duration.parse("PT" + time).toNanos();
    } catch (DateTimeParseException none) {
      return -1;
    }
  }

  /** Drops the release from kernel, release, architecture and C library; see {@link SystemName}. */
  private static String system(String said) {
    String[] words = said.split(" ", 3);
    return words.length < 3 ? "" : words[0] + " " + words[2];
  }

  /** Returns the files in a list of {@code length} bytes; null if it is missing or incomplete. */
  private static Map<String, MadeFile> made(Path file, long length) {
    Map<String, MadeFile> files = new TreeMap<>();
    try {
      byte[] bytes = OwnFile.read(file);
      if (bytes.length != length) {
        return null;
      }
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.split(" ", 4);
        switch (words[0]) {
          case "size" ->
              files.putIfAbsent(
                  words[3], new MadeFile(Long.parseLong(words[1]), Long.parseLong(words[2]), null));
          case "digest" -> {
            String path = line.substring(words[0].length() + words[1].length() + 2);
            files.computeIfPresent(path, (_, of) -> new MadeFile(of.bytes(), of.time(), words[1]));
          }
          case "end" -> {
            return files;
          }
        }
      }
      return null;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException notYet) {
      return null;
    }
  }
}
