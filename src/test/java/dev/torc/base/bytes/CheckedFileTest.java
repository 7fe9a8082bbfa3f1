package dev.torc.base.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are read as they were written, or not at all. */
class CheckedFileTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("file");
  }

  private static ByteWriter part(String text) {
    return over((" ".repeat(CheckedFile.FREE) + text).getBytes(UTF_8));
  }

  private static String text(byte[] part) {
    return new String(part, CheckedFile.FREE, part.length - CheckedFile.FREE, UTF_8);
  }

  private static ByteWriter over(byte[] bytes) {
    ByteWriter out = new ByteWriter(0);
    out.raw(bytes);
    return out;
  }

  @Test
  void onePartIsReadAsOne() throws IOException {
    CheckedFile.write(file, part("one"));
    assertEquals("one", text(CheckedFile.read(file)));
    assertNull(CheckedFile.next(file, CheckedFile.read(file)));
  }

  @Test
  void aPartMayBeLongerThanWhatIsWrittenAtOnce() throws IOException {
    String half = "0123456789".repeat(50_000);
    ByteWriter part = part("begin ");
    part.add(over(half.getBytes(UTF_8)), over(half.getBytes(UTF_8)));
    part.raw(" end".getBytes(UTF_8));
    CheckedFile.write(file, part);
    assertEquals("begin " + half + half + " end", text(CheckedFile.read(file)));
    assertEquals(part.length(), Files.size(file));
  }

  @Test
  void twoPartsAreReadOneByOne() throws IOException {
    CheckedFile.write(
        file, part("one"), List.of(List.of(part("sec").bytes(), "ond".getBytes(UTF_8))));
    byte[] first = CheckedFile.read(file);
    assertEquals("one", text(first));
    assertEquals("second", text(CheckedFile.next(file, first)));
    assertEquals("second", text(CheckedFile.next(file, Arrays.copyOf(first, CheckedFile.FREE))));
  }

  @Test
  void aThirdPartIsReadByTheTwoBefore() throws IOException {
    List<byte[]> third = List.of(part("third").bytes());
    CheckedFile.write(file, part("one"), List.of(List.of(part("second").bytes()), third));
    byte[] first = CheckedFile.read(file);
    byte[] second = CheckedFile.next(file, first);
    assertEquals("second", text(second));
    assertEquals("third", text(CheckedFile.next(file, first, second)));
    assertNull(CheckedFile.next(file, first, second, third.getFirst()));
    byte[] whole = Files.readAllBytes(file);
    whole[whole.length - 1] ^= 1;
    Files.write(file, whole);
    assertEquals("second", text(CheckedFile.next(file, first)));
    assertNull(CheckedFile.next(file, first, second));
  }

  @Test
  void eachPartIsWholeByItself() throws IOException {
    CheckedFile.write(
        file, part("one"), List.of(List.of(part("sec").bytes(), "ond".getBytes(UTF_8))));
    byte[] whole = Files.readAllBytes(file);
    byte[] first = CheckedFile.read(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      if (at < first.length) {
        assertNull(CheckedFile.read(file), "damaged at " + at);
      } else {
        assertArrayEquals(first, CheckedFile.read(file));
        assertNull(CheckedFile.next(file, first), "damaged at " + at);
      }
    }
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertEquals(length >= first.length, CheckedFile.read(file) != null, "cut at " + length);
      assertNull(CheckedFile.next(file, first), "cut at " + length);
    }
  }

  @Test
  void aLengthThatCannotBeIsNone() throws IOException {
    for (int length : new int[] {0, 7, 8, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      Files.write(file, java.nio.ByteBuffer.allocate(64).putLong(length & 0xffffffffL).array());
      assertNull(CheckedFile.read(file), "length " + length);
    }
  }

  /** Another build may replace the file between the reads of the two parts. */
  @Test
  void theSecondPartOfAnotherFileIsNone() throws IOException {
    CheckedFile.write(
        file, part("one"), List.of(List.of(part("sec").bytes(), "ond".getBytes(UTF_8))));
    byte[] first = CheckedFile.read(file);
    CheckedFile.write(file, part("two"), List.of(List.of(part("second").bytes())));
    assertNotNull(CheckedFile.read(file));
    assertNull(CheckedFile.next(file, first));
  }

  @Test
  void aMissingFileIsNone() {
    assertNull(CheckedFile.read(file));
    assertNull(CheckedFile.next(file, new byte[CheckedFile.FREE]));
  }
}
