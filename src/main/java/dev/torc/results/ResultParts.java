package dev.torc.results;

import dev.torc.records.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.Path;

/** Where the parts of one result are while it is put in the place of a run. */
public interface ResultParts {

  /**
   * Puts a product of a result where it is to stand; nothing stands there. The bytes are to be
   * checked there. Several threads may ask for different products.
   *
   * @param to absolute
   * @throws IOException where it is not here any more, too
   */
  void take(OwnedPath part, Path to) throws IOException;

  /**
   * Takes away what was placed, since not all of the result could be.
   *
   * @param at where it stands; absolute
   * @param sound whether it is what the result says; what is not is not asked for again
   */
  void giveBack(OwnedPath part, Path at, boolean sound) throws IOException;

  /** The text of a file that is here; null where it is not. */
  byte[] text(OwnedPath part) throws IOException;

  /** The result stands in its place, or was given up: what is left of it may go. */
  void done();
}
