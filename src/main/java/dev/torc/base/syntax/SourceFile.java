package dev.torc.base.syntax;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a file into a tree: limits the size, refuses files that are not text, and chooses the
 * reader by the extension. It does not know what the tree means.
 */
public final class SourceFile {

  /** The largest build file that is read, in bytes; a hundred thousand jobs fit. */
  public static final int MAX_BYTES = 32 << 20;

  /** The most values in a build file; each takes a few hundred bytes of memory. */
  public static final int MAX_VALUES = 2_000_000;

  /**
   * The longest line of YAML and the longest text, in characters. The parser's time grows with the
   * square of the length.
   */
  public static final int MAX_TEXT = 512 << 10;

  /** Matches half a surrogate pair, which is not a character. */
  static final Pattern HALF_PAIR = Pattern.compile("\\p{Cs}");

  /** Matches what git writes around two versions of a text. */
  private static final Pattern CONFLICT =
      Pattern.compile("^<{7} .*^={7}$.*^>{7} ", Pattern.MULTILINE | Pattern.DOTALL);

  private SourceFile() {}

  /**
   * Reads a file; {@code shown} is its name in messages.
   *
   * @throws BadInput if it is missing, not a regular file or too large
   */
  public static byte[] bytes(Path file, String shown) throws IOException {
    Place whole = new Place(shown, 0, 0);
    if (!Files.exists(file)) {
      throw new BadInput(whole, "no such file" + NearestPath.hint(file, shown));
    }
    if (Files.exists(file.resolve("torc.yaml"))) {
      throw new BadInput(whole, "a folder; write " + Path.of(shown, "torc.yaml"));
    }
    if (!Files.isRegularFile(file)) {
      throw new BadInput(whole, "not a regular file");
    }
    return bytes(file, whole, MAX_BYTES, ", which no build file should be");
  }

  /**
   * Reads a file, and refuses it if it is missing or has more than {@code most} bytes; {@code more}
   * ends the message if it is too large.
   */
  public static byte[] bytes(Path file, Place whole, int most, String more) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(most + 1);
    } catch (NoSuchFileException e) {
      throw new BadInput(whole, "no such file" + NearestPath.hint(file, whole.file()));
    }
    if (bytes.length > most) {
      throw new BadInput(whole, "larger than " + (most >> 20) + " MiB" + more);
    }
    return bytes;
  }

  /**
   * Parses the bytes of a file; {@code shown} is its name in messages.
   *
   * @throws BadInput if they are not UTF-8 or have a syntax error
   */
  public static Node parse(byte[] bytes, String shown) throws IOException {
    String text = decode(bytes, shown);
    if (shown.endsWith(".json") || shown.endsWith(".json5")) {
      return JsonReader.read(text, shown, shown.endsWith("5"));
    }
    boundLines(text, shown);
    return YamlReader.read(text, shown);
  }

  private static void boundLines(String text, String shown) {
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      if (end - start > MAX_TEXT) {
        throw new BadInput(
            new Place(shown, line, 1), "a line longer than " + (MAX_TEXT >> 10) + " KiB; break it");
      }
      start = end + 1;
    }
  }

  /**
   * Decodes strict UTF-8 without NUL bytes; drops a byte order mark. Refuses a file with both
   * versions of a merge, since half of it is of the other version.
   */
  public static String decode(byte[] bytes, String shown) {
    int start = bytes.length > 2 && bytes[0] == -17 && bytes[1] == -69 && bytes[2] == -65 ? 3 : 0;
    String text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    Matcher conflict = CONFLICT.matcher(text.contains("<<<<<<< ") ? text : "");
    if (conflict.find()) {
      String message = "an unresolved merge conflict; keep one version and remove the markers";
      throw new BadInput(behind(text.substring(0, conflict.start()), shown), message);
    }
    if (text.indexOf('\uFFFD') < 0 && text.indexOf('\0') < 0) {
      return text; // nothing had to be replaced
    }
    if (bytes.length > 3
        && (bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3
            || bytes[0] == (byte) 0xD0 && bytes[1] == (byte) 0xCF && bytes[2] == 0x11)) {
      throw bad(bytes, 0, shown, "a spreadsheet or an archive, not a text; save the sheet as CSV");
    }
    if (bytes.length > 1 && bytes[0] + bytes[1] == -3 && Math.abs(bytes[0] - bytes[1]) == 1) {
      throw bad(bytes, 0, shown, "this is UTF-16; save the file as UTF-8"); // FF FE or FE FF
    }
    for (int i = start; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw bad(bytes, i, shown, "a NUL byte: this is not a text file");
      }
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
    CharBuffer sink = CharBuffer.allocate(bytes.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(in, sink, true).isError()) {
      throw bad(bytes, in.position(), shown, "no valid UTF-8: save the file as UTF-8");
    }
    return text; // the file itself has U+FFFD
  }

  private static BadInput bad(byte[] bytes, int offset, String shown, String message) {
    return new BadInput(
        behind(new String(bytes, 0, offset, StandardCharsets.UTF_8), shown), message);
  }

  /** Returns the place that follows {@code text}, the first part of a file. */
  public static Place behind(String text, String shown) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      int end = lineEnd(text, i);
      if (end > 0) {
        line++;
        start = i + end;
        i = start - 1;
      }
    }
    return new Place(shown, line, text.codePointCount(start, text.length()) + 1);
  }

  /** Returns the length of the line end at an offset (LF, CR LF or CR); 0 if there is none. */
  public static int lineEnd(String text, int at) {
    char c = at < text.length() ? text.charAt(at) : ' ';
    return c == '\n' ? 1 : c != '\r' ? 0 : text.startsWith("\n", at + 1) ? 2 : 1;
  }

  static void count(long values, Place place) {
    if (values > MAX_VALUES) {
      throw new BadInput(place, "more than " + MAX_VALUES + " values in one file; split the work");
    }
  }

  /** Returns the text; refuses one that is too long. */
  static String bounded(String text, Place place) {
    if (text.length() > MAX_TEXT) {
      throw new BadInput(place, "a text longer than " + (MAX_TEXT >> 10) + " KiB");
    }
    return text;
  }

  /**
   * Returns the text; refuses one that is too long or has characters that file names and arguments
   * cannot have.
   */
  public static String clean(String text, Place place) {
    bounded(text, place);
    if (text.indexOf('\0') >= 0) {
      throw new BadInput(place, "a text cannot hold a NUL character");
    }
    if (HALF_PAIR.matcher(text).find()) {
      throw new BadInput(place, "half a surrogate pair is not a character");
    }
    return text;
  }

  /**
   * Returns a parser's message in torc's form: one line, without character codes, places and the
   * parser's own options.
   */
  public static String oneLine(String message) {
    String line =
        message
            .replaceAll("\\s+", " ")
            .replaceAll(" \\((code \\d+|start marker at .*|not recognized .*|or 'NaN'[^)]*)\\)", "")
            .strip();
    return line.isEmpty() // the YAML parser may give no message
        ? "not YAML"
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
