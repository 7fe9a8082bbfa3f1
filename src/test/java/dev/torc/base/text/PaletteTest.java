package dev.torc.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.text.Palette.When;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaletteTest {

  private static boolean auto(boolean terminal, Map<String, String> env) {
    return Palette.of(When.AUTO, env, terminal).on();
  }

  @Test
  void theOptionWinsOverTheEnvironment() {
    assertTrue(Palette.of(When.ALWAYS, Map.of("NO_COLOR", "1"), false).on());
    assertFalse(Palette.of(When.NEVER, Map.of("FORCE_COLOR", "1"), true).on());
  }

  @Test
  void autoFollowsTheTerminal() {
    assertTrue(auto(true, Map.of("TERM", "xterm")));
    assertFalse(auto(false, Map.of("TERM", "xterm")));
    assertFalse(auto(true, Map.of()), "cron and some editors set no TERM");
    assertFalse(auto(true, Map.of("TERM", "dumb")));
    assertFalse(auto(true, Map.of("CLICOLOR", "0")));
  }

  @Test
  void noColorCountsUnlessEmptyAndWinsOverForce() {
    assertFalse(auto(true, Map.of("NO_COLOR", "0")));
    assertTrue(auto(true, Map.of("NO_COLOR", "", "TERM", "xterm")));
    assertFalse(auto(true, Map.of("NO_COLOR", "1", "FORCE_COLOR", "1")));
  }

  @Test
  void forceColoursWithoutATerminal() {
    assertTrue(auto(false, Map.of("FORCE_COLOR", "1")));
    assertTrue(auto(false, Map.of("CLICOLOR_FORCE", "1")));
    assertFalse(auto(true, Map.of("FORCE_COLOR", "0")));
    assertFalse(auto(false, Map.of("FORCE_COLOR", "")));
    assertFalse(auto(false, Map.of("CLICOLOR_FORCE", "0")));
  }

  private static boolean links(boolean terminal, Map<String, String> env) {
    return Palette.of(When.AUTO, env, terminal).links();
  }

  @Test
  void linksAreForTerminalsThatHaveThem() {
    assertTrue(links(true, Map.of("TERM", "xterm-256color", "VTE_VERSION", "6003")));
    assertTrue(links(true, Map.of("TERM", "xterm", "TERM_PROGRAM", "vscode")));
    assertTrue(links(true, Map.of("TERM", "xterm-kitty")));
    assertTrue(links(true, Map.of("TERM", "xterm", "WT_SESSION", "x")));
    assertFalse(links(true, Map.of("TERM", "xterm")));
    assertFalse(links(true, Map.of("TERM", "dumb", "VTE_VERSION", "6003")));
    assertFalse(links(false, Map.of("TERM", "xterm-kitty", "FORCE_COLOR", "1")));
    assertFalse(links(true, Map.of("TERM", "xterm-kitty", "NO_COLOR", "1")));
    assertFalse(links(true, Map.of("TERM", "xterm-kitty", "FORCE_HYPERLINK", "0")));
    assertTrue(links(true, Map.of("TERM", "xterm", "FORCE_HYPERLINK", "1")));
  }

  @Test
  void withoutColourTextStaysAsItIs() {
    assertEquals("x", Palette.NONE.red("x"));
    assertEquals("\u001b[31mx\u001b[0m", new Palette(true).red("x"));
  }
}
