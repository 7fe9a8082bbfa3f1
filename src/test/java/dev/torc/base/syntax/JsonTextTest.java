package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Tests the texts that {@link JsonText} writes. */
class JsonTextTest {

  @Test
  void halfASurrogatePairIsWrittenAsAnEscape() {
    assertEquals("\"😀\"", JsonText.string("😀"));
    assertEquals("\"a\\uD83Db\"", JsonText.string("a\ud83db"));
    assertEquals("\"\\uDE00\\uD83D\"", JsonText.of("\"\\ude00\\ud83d\""));
  }
}
