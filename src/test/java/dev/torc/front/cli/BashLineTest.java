package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of bash, and what readline is to put in the place of their last words. */
class BashLineTest {

  private static final String BREAKS = " \t\n\"'><=;|&(:";

  private static BashLine line(String text) {
    return BashLine.of(List.of(BREAKS, text));
  }

  @Test
  void wordsAreThoseThatTheProgramWouldGet() {
    assertEquals(List.of("build", "a b", ""), line("torc build 'a b' ").words());
    assertEquals(List.of("a b", "c\"d", "e'f"), line("torc a\\ b \"c\\\"d\" \"e'f").words());
    assertEquals(List.of(""), line("torc").words());
    assertEquals(List.of("-C", "x y/z"), line("torc -C 'x y'/z").words());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '#',
      value = {
        "torc a, a b, a\\ b",
        "torc 'a, a b, a b",
        "torc 'i, it's, it'\\''s",
        "torc \"q, q\"u$x, q\\\"u\\$x",
        "torc q, q\"u$x, q\\\"u\\$x",
        "torc c:, c:d=1, d=1",
        "torc c:d=, c:d=1, 1",
        "torc 'c:d=, c:d=1, c:d=1",
        "torc a\\:, a:b, a:b",
        "torc --color=a, --color=auto, auto",
        "torc ~, ~home, \\~home",
        "torc é, é x, é\\ x",
      })
  void anInsertedWordIsQuotedForItsPlace(String line, String whole, String rest) {
    assertEquals(rest, line(line).rest(whole));
  }

  @Test
  void aLineFeedIsWrittenAsOne() {
    assertEquals("$'a\\012it\\'s'", line("torc a").rest("a\nit's"));
  }
}
