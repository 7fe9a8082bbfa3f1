package dev.torc.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are read as they were written, or not at all. */
class WholeFileTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("file");
  }

  private static byte[] part(String text) {
    return (" ".repeat(WholeFile.FREE) + text).getBytes(UTF_8);
  }

  private static String text(byte[] part) {
    return new String(part, WholeFile.FREE, part.length - WholeFile.FREE, UTF_8);
  }

  @Test
  void onePartIsReadAsOne() throws IOException {
    WholeFile.write(file, part("one"));
    assertEquals("one", text(WholeFile.read(file)));
    assertNull(WholeFile.second(file, WholeFile.read(file)));
  }

  @Test
  void twoPartsAreReadOneByOne() throws IOException {
    WholeFile.write(file, part("one"), part("second"));
    byte[] first = WholeFile.read(file);
    assertEquals("one", text(first));
    assertEquals("second", text(WholeFile.second(file, first)));
    assertEquals("second", text(WholeFile.second(file, Arrays.copyOf(first, WholeFile.FREE))));
  }

  @Test
  void eachPartIsWholeByItself() throws IOException {
    WholeFile.write(file, part("one"), part("second"));
    byte[] whole = Files.readAllBytes(file);
    byte[] first = WholeFile.read(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      if (at < first.length) {
        assertNull(WholeFile.read(file), "damaged at " + at);
      } else {
        assertArrayEquals(first, WholeFile.read(file));
        assertNull(WholeFile.second(file, first), "damaged at " + at);
      }
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertEquals(length >= first.length, WholeFile.read(file) != null, "cut at " + length);
      assertNull(WholeFile.second(file, first), "cut at " + length);
    }
  }

  @Test
  void aLengthThatCannotBeIsNone() throws IOException {
    for (int length : new int[] {0, 7, 8, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      Files.write(file, java.nio.ByteBuffer.allocate(64).putLong(length & 0xffffffffL).array());
      assertNull(WholeFile.read(file), "length " + length);
    }
  }

  /** Another build may put another file in its place between the two. */
  @Test
  void theSecondPartOfAnotherFileIsNone() throws IOException {
    WholeFile.write(file, part("one"), part("second"));
    byte[] first = WholeFile.read(file);
    WholeFile.write(file, part("two"), part("second"));
    assertNotNull(WholeFile.read(file));
    assertNull(WholeFile.second(file, first));
  }

  @Test
  void whatIsMissingIsNone() {
    assertNull(WholeFile.read(file));
    assertNull(WholeFile.second(file, new byte[WholeFile.FREE]));
  }
}
