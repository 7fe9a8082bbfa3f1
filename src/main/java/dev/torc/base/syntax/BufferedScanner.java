package dev.torc.base.syntax;

import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * Caches the next token of another scanner. The YAML parser asks about ten times for each token,
 * and each time the real scanner would check again that it has read far enough.
 */
final class BufferedScanner implements Scanner {

  private final Scanner scanner;
  private Token ahead; // null if not requested yet, or if there is none

  BufferedScanner(Scanner scanner) {
    this.scanner = scanner;
  }

  private Token.ID ahead() {
    if (ahead == null && scanner.hasNext()) {
      ahead = scanner.peekToken();
    }
    return ahead == null ? null : ahead.getTokenId();
  }

  @Override
  public boolean checkToken(Token.ID choice) {
    return ahead() == choice;
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    Token.ID next = ahead();
    for (Token.ID choice : choices) {
      if (next == choice) {
        return true;
      }
    }
    return next != null && choices.length == 0;
  }

  @Override
  public boolean hasNext() {
    return ahead() != null;
  }

  @Override
  public Token peekToken() {
    return ahead() == null ? scanner.peekToken() : ahead;
  }

  @Override
  public Token next() {
    ahead = null;
    return scanner.next();
  }

  @Override
  public void resetDocumentIndex() {
    scanner.resetDocumentIndex();
  }
}
