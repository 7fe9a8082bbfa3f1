package dev.torc.results;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A result to be sent to the shared stores, with the bytes of all its blobs.
 *
 * @param again whether it is sent whatever a store says it has
 * @param hidden a product that only its owner can read here; null for none
 */
public record Upload(Result result, List<BlobSource> blobs, boolean again, String hidden) {

  /** Throws {@link IllegalArgumentException} where a blob of the result is missing. */
  public Upload {
    Set<Blob> missing = new HashSet<>(result.blobs());
    blobs.forEach(blob -> missing.remove(blob.blob()));
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("no bytes of " + missing);
    }
  }

  /** Makes one when it is its turn. */
  public interface Maker {

    /**
     * What is to be sent; null for nothing.
     *
     * @throws IOException where it cannot be looked at, or is not what it was any more
     */
    Upload make() throws IOException;
  }
}
