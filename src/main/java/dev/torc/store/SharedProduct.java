package dev.torc.store;

import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import java.util.List;

/**
 * A product of a shared result, or a member of a folder that is one. {@link SharedChecks} says
 * which are taken.
 *
 * @param path of a product relative to the root, of a member to its folder; without a slash at the
 *     end
 * @param kind file, folder or link
 * @param digest of a file its bytes and whether the owner may execute it; of a product that is a
 *     folder the folder's; null for others
 * @param size bytes of a file; 0 for others
 * @param text what a link leads to; null for others
 * @param members all that a product that is a folder holds, at every depth, inner folders too,
 *     sorted by the bytes of their paths; they have no members of their own
 */
public record SharedProduct(
    String path,
    Stamp.Kind kind,
    Digest digest,
    long size,
    String text,
    List<SharedProduct> members) {

  /** A file. */
  public static SharedProduct file(String path, Digest digest, long size) {
    return new SharedProduct(path, Stamp.Kind.FILE, digest, size, null, List.of());
  }

  /** A link. */
  public static SharedProduct link(String path, String text) {
    return new SharedProduct(path, Stamp.Kind.LINK, null, 0, text, List.of());
  }

  /** A product that is a folder, with its digest. */
  public static SharedProduct folder(String path, Digest digest, List<SharedProduct> members) {
    return new SharedProduct(path, Stamp.Kind.FOLDER, digest, 0, null, List.copyOf(members));
  }

  /** A folder in a product. */
  public static SharedProduct inner(String path) {
    return new SharedProduct(path, Stamp.Kind.FOLDER, null, 0, null, List.of());
  }

  /** Whether it is a file: its bytes are a blob. */
  public boolean isFile() {
    return kind == Stamp.Kind.FILE;
  }
}
