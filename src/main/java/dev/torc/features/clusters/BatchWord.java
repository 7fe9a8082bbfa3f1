package dev.torc.features.clusters;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.Adler32;

/**
 * A small file that a batch script wrote, or torc in the same format. Each line is a key, a space
 * and a value; the last line has the Adler-32 checksum of the other lines. On a shared file system,
 * a reader may see part of a file or blocks of zeros, so a file with a wrong checksum counts as
 * missing. This class does not interpret keys.
 */
final class BatchWord {

  private static final String SUM = "sum ";

  private final Map<String, List<String>> values = new HashMap<>();

  private BatchWord(String lines) {
    for (String line : lines.split("\n")) {
      String[] words = line.split(" ", 2);
      String value = words.length < 2 ? "" : words[1];
      values.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(value);
    }
  }

  /** Returns a file as {@code of} reads it; null if it is missing, incomplete or invalid. */
  static <T> T read(Path file, Function<BatchWord, T> of) {
    BatchWord word = read(file);
    try {
      return word == null ? null : of.apply(word);
    } catch (IllegalArgumentException | IndexOutOfBoundsException notUnderstood) {
      return null;
    }
  }

  /** Returns the lines of a file; null if it is missing or incomplete. */
  static BatchWord read(Path file) {
    byte[] bytes = Io.or(() -> OwnFile.read(file), new byte[0]);
    String text = new String(bytes, StandardCharsets.ISO_8859_1); // a character for each byte
    int last = text.lastIndexOf('\n', text.length() - 2) + 1;
    return text.substring(last).equals(SUM + sum(bytes, last) + "\n")
        ? new BatchWord(new String(bytes, 0, last, StandardCharsets.UTF_8))
        : null;
  }

  /** Returns the bytes of a file: the given lines, which end with line feeds, and the checksum. */
  static byte[] whole(String lines) {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    return (lines + SUM + sum(bytes, bytes.length) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static long sum(byte[] bytes, int length) {
    Adler32 sum = new Adler32();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }

  /** Adds a line, with the value escaped, so that it may contain any text. */
  static void line(StringBuilder lines, String key, String value) {
    lines.append(key).append(' ').append(OwnFile.line(value)).append('\n');
  }

  /** Returns all values of a key that {@link #line} wrote. */
  List<String> texts(String key) {
    return all(key).stream().map(OwnFile::text).toList();
  }

  List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** Returns the value of a key; throws {@link IllegalArgumentException} unless it has just one. */
  String text(String key) {
    List<String> all = all(key);
    if (all.size() != 1) {
      throw new IllegalArgumentException("no " + key);
    }
    return all.getFirst();
  }

  long number(String key) {
    return Long.parseLong(text(key));
  }

  /** Returns the value of a key as a number; -1 if it is unknown, written as {@code -}. */
  long numberOrUnknown(String key) {
    String value = text(key);
    return value.equals("-") ? -1 : Long.parseLong(value);
  }
}
