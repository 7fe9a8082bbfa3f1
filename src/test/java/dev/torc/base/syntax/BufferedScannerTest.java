package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.tokens.Token;

class BufferedScannerTest {

  private static Scanner scanner(String text) {
    LoadSettings settings = LoadSettings.builder().build();
    return new ScannerImpl(settings, new StreamReader(settings, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a: {b: [c, 'd'], e: \"f\"}",
        "a:\n- b\n- ? c\n  : d\n---\n!t &x e: *y\n...\n",
        "x: |\n  y\n\n  z\nlong:   plain\n  text # comment",
      })
  void theTokensAreThoseOfTheScannerHoweverOftenTheyAreAskedFor(String text) {
    List<Token.ID> wanted = new ArrayList<>();
    scanner(text).forEachRemaining(token -> wanted.add(token.getTokenId()));
    Scanner ahead = new BufferedScanner(scanner(text));
    List<Token.ID> found = new ArrayList<>();
    for (Token.ID next : wanted) {
      Token.ID other = next == Token.ID.Key ? Token.ID.Value : Token.ID.Key;
      for (int twice = 0; twice < 2; twice++) {
        assertTrue(ahead.hasNext());
        assertTrue(ahead.checkToken());
        assertTrue(ahead.checkToken(next));
        assertTrue(ahead.checkToken(other, next));
        assertFalse(ahead.checkToken(other));
        assertFalse(ahead.checkToken(other, other));
      }
      Token peeked = ahead.peekToken();
      assertSame(peeked, ahead.next());
      found.add(peeked.getTokenId());
    }
    assertEquals(wanted, found);
    assertFalse(ahead.hasNext());
    assertFalse(ahead.checkToken());
    assertFalse(ahead.checkToken(Token.ID.StreamEnd));
  }
}
