package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.records.RecordedProduct.OwnedPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A place where results are kept: here ({@link KeptResults}), in a folder or on a server ({@link
 * SharedStore}). It tells what it has; whether that is good for a job is decided elsewhere. For
 * several threads.
 */
public interface ResultStore {

  /**
   * What a store has under a key.
   *
   * @param result null for a miss
   * @param reason why what lies there may not be used, in one line; null for a result, and where
   *     nothing lies there
   * @param inside blobs that came with the record
   */
  record Hit(Result result, ResultStore store, String reason, Map<Blob, byte[]> inside) {

    Hit(Result result, ResultStore store) {
      this(result, store, null, Map.of());
    }
  }

  /** As messages name it; empty for what is kept here. */
  String name();

  /** The lists of files that depfiles named, to which a first key leads, the newest first. */
  List<List<String>> names(Digest first);

  /** What lies under a key. */
  Hit find(Digest key);

  /**
   * Makes the bytes of a result ready to be put in place.
   *
   * @param folder an empty one for what comes from elsewhere; it goes when all is done
   * @return null where they cannot be had, which the store tells
   */
  ResultParts fetch(Hit hit, Path folder) throws IOException;

  /**
   * Keeps a result, and what its depfile named as the newest list. Bytes that it has already it
   * need not take.
   */
  void put(Upload upload) throws IOException;

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
}
