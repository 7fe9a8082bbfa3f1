package dev.torc.results;

import dev.torc.cache.RecordedProduct;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import java.util.List;

/**
 * A product of a result, or a member of a folder that is one. {@link ResultChecks} says which are
 * taken from a shared store.
 *
 * @param path of a product relative to the root, of a member to its folder; without a slash at the
 *     end
 * @param kind of a member file, folder or link; of a product file or folder, and where that is a
 *     link, what it leads to
 * @param digest of a file its bytes and whether the owner may execute it; of a product that is a
 *     folder the folder's; null for others
 * @param size bytes of a file, or of all files of a product that is a folder; 0 for others
 * @param text the text of a link; null for what is none
 * @param members all that a product that is a folder holds, at every depth, inner folders too,
 *     sorted by the bytes of their paths; they have no members of their own. None where the folder
 *     is kept whole, as in the local store
 */
public record Product(
    String path, Stamp.Kind kind, Digest digest, long size, String text, List<Product> members) {

  /** A product of a run here. */
  static Product of(RecordedProduct made) {
    return new Product(
        made.path(), made.kind(), made.digest(), made.size(), made.link(), List.of());
  }

  /** A file. */
  public static Product file(String path, Digest digest, long size) {
    return new Product(path, Stamp.Kind.FILE, digest, size, null, List.of());
  }

  /** A product that is a link to a file. */
  static Product link(String path, Digest digest, long size, String text) {
    return new Product(path, Stamp.Kind.FILE, digest, size, text, List.of());
  }

  /** A link in a product. */
  public static Product link(String path, String text) {
    return new Product(path, Stamp.Kind.LINK, null, 0, text, List.of());
  }

  /** A product that is a folder, with its digest. */
  public static Product folder(String path, Digest digest, List<Product> members) {
    long size = members.stream().mapToLong(Product::size).sum();
    return new Product(path, Stamp.Kind.FOLDER, digest, size, null, List.copyOf(members));
  }

  /** A folder in a product. */
  public static Product inner(String path) {
    return new Product(path, Stamp.Kind.FOLDER, null, 0, null, List.of());
  }

  /** Whether it is a file itself: its bytes are a blob. */
  public boolean isFile() {
    return kind == Stamp.Kind.FILE && text == null;
  }

  /** Whether it is a link. */
  public boolean isLink() {
    return text != null;
  }

  /** What stands in its place. */
  Stamp.Kind stands() {
    return isLink() ? Stamp.Kind.LINK : kind;
  }

  /** Where the bytes of a file lie. */
  Blob blob() {
    return new Blob(digest, size);
  }

  /** The same as the record of a run has it. */
  RecordedProduct recorded() {
    return new RecordedProduct(path, kind, digest, size, text);
  }
}
