package dev.torc.base.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the text of a {@code .netrc} is read; {@code Section13FetchLoginTest} sends its logins. */
class NetrcTest {

  private static void check(String text, Map<String, String> logins) {
    assertEquals(logins, Netrc.logins(text), text);
  }

  @Test
  void wordsAreAnywhereOnLines() {
    check("", Map.of());
    check("machine h login me password word", Map.of("h", "me:word"));
    check("machine H\n\tlogin me\n\tpassword word\n", Map.of("h", "me:word"));
    check(
        "machine h password word machine g login me password w", Map.of("h", ":word", "g", "me:w"));
    check("machine h login me account a password word", Map.of("h", "me:word"));
    check("machine h login machine password default", Map.of("h", "machine:default"));
  }

  @Test
  void quotesCommentsAndMacrosAreAsForCurl() {
    check("machine h login \"a b\" password \"w\\\"x\\\\y\"", Map.of("h", "a b:w\"x\\y"));
    check("# machine g login a password b\nmachine h login me password w", Map.of("h", "me:w"));
    check(
        "macdef init\nmachine x login y password z\n\nmachine h login me password w",
        Map.of("h", "me:w"));
    check("machine h login me password w#x", Map.of("h", "me:w#x"));
  }

  @Test
  void theFirstOfSeveralCountsAndNoHostGetsTheDefault() {
    check("machine h login a password b machine h login c password d", Map.of("h", "a:b"));
    check("machine h login a\nmachine g login c password d", Map.of("g", "c:d"));
    check("default login a password b", Map.of());
    check("machine h", Map.of());
    check("machine", Map.of());
  }
}
