package dev.torc.session;

import dev.torc.report.KeyAnswer;
import dev.torc.results.SigningKey;
import dev.torc.results.StoreRefusal;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Asks for a new key that signs results for shared stores. It needs no project.
 *
 * @param file where it goes, absolute; nothing may stand there
 */
public record KeyRequest(Path file) {

  /**
   * Makes it.
   *
   * @throws BadInput where the file cannot be meant: something stands there, or its folder is not
   *     there
   * @throws IOException where it cannot be written
   */
  public KeyAnswer run() throws IOException {
    boolean meant =
        !Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(file.getParent());
    try {
      return new KeyAnswer(SigningKey.make(file).toString());
    } catch (StoreRefusal refused) {
      if (meant) {
        throw new IOException(refused.getMessage(), refused);
      }
      throw new BadInput(Place.NONE, refused.getMessage());
    }
  }
}
