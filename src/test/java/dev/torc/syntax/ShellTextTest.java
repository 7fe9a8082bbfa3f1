package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellTextTest {

  /** The first letters of how each {@code @} is quoted: B, D, S or R. */
  private static String holes(String text) {
    return ShellText.scan(text.replace('@', ShellText.HOLE)).holes().stream()
        .map(quote -> quote.name().substring(0, 1))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "x @|B",
        "x \"@\"|D",
        "x '@'|S",
        "x '@' @ \"@ '@' \" @|SBDDB",
        "x \\\"@|B",
        "x \"\\\"@\" @|DB",
        "x '\\'@|B",
        "x it\\'s @|B",
        "x \\@|R",
        "x \"\\@\"|R",
        "x # don't @~y @|RB",
        "x a#b @|B",
        "x $# @|B",
        "x ${#a} @|B",
        "x ${a#\\\"} @|B",
        "x \"$(cat '@' \"@\" @)\" @|SDBB",
        "x $(a $(b @) @) @|BBB",
        "x $(a (b) '@')|S",
        "x $(a # ) '~'@') @|SB",
        "x `cat @` @|RB",
        "x \"`cat '@'` @\"|RD",
        "x ${a:-@} @|RB",
        "x \"${a:-$(b @)}\" @|RB",
        "x \"${a:-'@}\" @|RR",
        "x ${a:-\"@\"}|R",
        "x $((1 + @)) @|RB",
        "x $(( (1 + 2) * @ )) \"@\"|RD",
        "x $((echo '@'); cat) @|RR",
        "(( @ )) @|RB",
        "x $'a@' @|RB",
        "x $'a\\'@' @|RR",
        "x $\"@\"|D",
        "x $@|R",
        "x $[1+@]|R",
        "x \"$\" @|B",
        "cat <<EOF @~@ '~EOF~x @ '@'|BRBS",
        "cat <<'E F'~@~E F~x @|RB",
        "cat <<-EOF~\t@~\tEOF~x @|RB",
        "cat <<A <<B~@~A~@~B~@|RRB",
        "cat <<$X~@|R",
        "cat <<< @|B",
        "x $(cat <<E) @|R",
        "cat <<E 'a~b' @|R",
        "case @ in a) @;; esac|BB",
        "x $(case a in a) echo;; esac) '@'|R",
        "x <(cat @) '@'|BS",
        "for f in @; do echo \"@\"; done|BD",
        "[[ @ == \"@\" ]]|BD",
        "f() { echo @; }|B",
        "x 'a~@' @|SB",
      })
  void aValueIsQuotedForThePlaceWhereItStands(String text, String expected) {
    assertEquals(expected, holes(text.replace('~', '\n')));
  }

  @Test
  void everyHoleIsAnsweredWhateverTheText() {
    java.util.Random random = new java.util.Random(7);
    String letters = "@@@a '\"\\`$(){}<#\n|&;-E";
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      long count = text.chars().filter(c -> c == '@').count();
      assertEquals(count, holes(text.toString()).length(), text.toString());
    }
  }

  @Test
  void aValueBehindANameWhereQuotesCannotKeepThemApartIsSeen() {
    assertTrue(ShellText.scan("x `a $X@`".replace('@', ShellText.HOLE)).joinsName());
    assertFalse(ShellText.scan("x `a ${X}@` $X@".replace('@', ShellText.HOLE)).joinsName());
  }

  @Test
  void depthHasABound() {
    assertEquals("R", holes("$(".repeat(100_000) + "@"));
    assertEquals("R", holes("\"$(".repeat(100_000) + "@"));
  }
}
