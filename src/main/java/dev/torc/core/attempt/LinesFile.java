package dev.torc.core.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A file to which a job appends lines for torc. It does not exist when an attempt begins, and is
 * read when the attempt has ended. The job's first line creates it, since most jobs write none. A
 * feature knows what lines of events mean.
 *
 * @param name the variable that names the file, for messages
 */
public record LinesFile(String name, Path path) {

  static final int MAX = 16 << 20;

  private static final String RULE =
      "each line is key=value, or key<<EOF, lines and EOF; a key has no =, <<, control character,"
          + " or space at an end";

  private static final int QUOTED = 80;

  /** Removes the file, so that processes of an earlier attempt cannot write to the next one's. */
  public void clear(DigestMemo digests) throws IOException {
    if (digests.linkStamp(path.toString()).exists()) {
      Files.deleteIfExists(path);
    }
  }

  /** Returns the lines, or none if the file is missing; invalid UTF-8 becomes U+FFFD. */
  public List<String> lines(DigestMemo digests) throws IOException {
    return lines(bytes(digests));
  }

  private static List<String> lines(byte[] bytes) {
    return bytes.length == 0 ? List.of() : List.of(new String(bytes, UTF_8).split("\n"));
  }

  private byte[] bytes(DigestMemo digests) throws IOException {
    Stamp there = digests.linkStamp(path.toString());
    if (there.exists() && there.kind() != FileKind.FILE) {
      throw new AttemptFailure(name + " is not a file anymore; append lines to the existing file");
    }
    if (there.size() == 0) {
      return new byte[0];
    }
    byte[] bytes;
    try (InputStream in = OwnFile.in(path)) {
      bytes = in.readNBytes(MAX + 1);
    }
    if (bytes.length > MAX) {
      throw new AttemptFailure(
          name + " holds more than " + (MAX >> 20) + " MiB; write a product instead");
    }
    return bytes;
  }

  private AttemptFailure unreadable(String line, String rule) {
    return new AttemptFailure(
        "%s has an unreadable line: \"%s\"; %s".formatted(name, shown(line), rule));
  }

  public static String shown(String line) {
    return SafeText.line(line, QUOTED);
  }

  /**
   * Returns the stored values, written like the outputs of GitHub workflows: {@code key=value}, or
   * {@code key<<EOF}, lines, {@code EOF}. Keys keep the order of their first appearance; the last
   * value of a key counts. Values are not parsed as JSON.
   *
   * @throws AttemptFailure for a line of neither form, or of invalid UTF-8
   */
  List<StoredValue> values(DigestMemo digests) throws IOException {
    byte[] bytes = bytes(digests);
    if (bytes.length == 0) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(lines(bytes));
    if (!Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes)) {
      String line = lines.stream().filter(each -> each.indexOf('\uFFFD') >= 0).findFirst().get();
      throw unreadable(line, "it is not valid UTF-8");
    }
    lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    SequencedMap<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      int equals = line.indexOf('=');
      int open = line.indexOf("<<");
      boolean block = open >= 0 && (equals < 0 || open < equals);
      int end = block ? open : equals;
      if (end < 0 || !Ref.OfData.isKey(line.substring(0, end))) {
        throw unreadable(line, RULE);
      }
      String value = line.substring(end + 1);
      if (block) {
        String delimiter = line.substring(open + 2);
        int close = i + 1;
        while (close < lines.size() && !lines.get(close).equals(delimiter)) {
          close++;
        }
        if (delimiter.isEmpty() || close == lines.size()) {
          throw unreadable(line, delimiter.isEmpty() ? RULE : "no line " + delimiter + " ends it");
        }
        value = String.join("\n", lines.subList(i + 1, close));
        i = close;
      }
      values.put(line.substring(0, end), value);
    }
    return values.entrySet().stream().map(e -> new StoredValue(e.getKey(), e.getValue())).toList();
  }
}
