package dev.torc.base.syntax;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link Mask} hides, wherever a stream is divided. */
class MaskTest {

  private static String masked(String text, String... secrets) {
    Mask whole = new Mask(List.of(secrets));
    String masked = new String(whole.all(text.getBytes(UTF_8)), UTF_8);
    byte[] bytes = text.getBytes(UTF_8);
    for (int size = 1; size <= bytes.length; size++) {
      Mask mask = new Mask(List.of(secrets));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int at = 0; at < bytes.length; at += size) {
        byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size));
        out.writeBytes(mask.masked(part, part.length, false));
      }
      out.writeBytes(mask.masked(new byte[0], 0, true));
      assertEquals(masked, out.toString(UTF_8), "in parts of " + size);
    }
    return masked;
  }

  @Test
  void aSecretIsHiddenWhereverAReadDividesIt() {
    assertEquals("a *** b\n", masked("a 01234567 b\n", "01234567"));
    assertEquals("******", masked("0123456701234567", "01234567"));
    assertEquals("0123456 ***", masked("0123456 01234567", "01234567"));
    assertEquals("00***", masked("00" + "01234567", "01234567"));
    assertEquals("ä***ü", masked("äpässwörtü", "pässwört"));
  }

  @Test
  void ofSecretsThatOverlapNothingIsLeft() {
    assertEquals("***!", masked("abcdefghijkl!", "abcdefgh", "efghijkl"));
    assertEquals("*** ***", masked("0123456789 01234567", "01234567", "0123456789"));
    assertEquals("***8", masked("012345678", "01234567", "0123456789"));
    assertEquals("***", masked("aaaaaaaaaa", "aaaaaaaa"));
  }

  @Test
  void theEndOfATextIsNoSecretYet() {
    assertEquals("see 0123456", masked("see 0123456", "01234567"));
    assertEquals("", masked("", "01234567"));
  }

  @Test
  void eachLineOfAValueIsHiddenAlsoAsJsonHasIt() {
    assertEquals(
        "> ***\nend\n> ***", masked("> line one\nend\n> line two", "line one\r\nend\nline two\n"));
    assertEquals("{\"k\": \"***\"}", masked("{\"k\": \"pass\\\"word\\\\\"}", "pass\"word\\"));
  }

  @Test
  void aShortValueIsNotHidden() {
    assertEquals("1234567", masked("1234567", "1234567"));
    assertTrue(Mask.isShort("1234567"));
    assertTrue(Mask.isShort("a\nb\nc\nd\ne\n"));
    assertFalse(Mask.isShort("12345678"));
    assertFalse(Mask.isShort("1\n12345678\n"));
    assertFalse(Mask.isShort(""), "an empty value hides nothing");
  }
}
