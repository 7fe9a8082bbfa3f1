package dev.torc.engine;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.posix.FileStatus;
import dev.torc.results.Blob;
import dev.torc.results.BlobSource;
import dev.torc.results.Product;
import dev.torc.results.Result;
import dev.torc.results.Upload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes of a good result what others are sent: its products as they stand, each held against the
 * record. What is not as the record says is not sent. One thread uses it.
 */
final class SentResult {

  private static final int READ = 0444;

  private final Path root;
  private final DigestMemo digests;
  private final Result made;
  private final Path log;
  private final int umask;
  private final Map<Blob, BlobSource> blobs = new HashMap<>();
  private String hidden; // the first product that is private

  /**
   * Of a result whose products stand in their places.
   *
   * @param log where its job's log is
   * @param umask the caller's
   */
  SentResult(Path root, DigestMemo digests, Result made, Path log, int umask) {
    this.root = root;
    this.digests = digests;
    this.made = made;
    this.log = log;
    this.umask = umask;
  }

  /**
   * What is to be sent; null where nobody else could use it: a product outside of the root, or a
   * link to what is no product.
   *
   * @param host where it was made
   * @param again whether it is sent whatever is there
   * @throws IOException where a product is not what the record says any more
   */
  Upload sending(String host, boolean again) throws IOException {
    List<Product> products = new ArrayList<>();
    for (Product product : made.products()) {
      if (product.path().startsWith("/")) {
        return null;
      }
      products.add(product(product));
    }
    Product depfile = made.depfile();
    Blob text = null;
    byte[] said = made.shown() ? Shelving.said(log) : null;
    if (said != null) {
      BlobSource source = BlobSource.bytes(said);
      text = source.blob();
      blobs.put(text, source);
    }
    Result result =
        made.sent(products, depfile == null ? null : file(depfile), text, host).sorted();
    return result.isWhole() ? new Upload(result, List.copyOf(blobs.values()), again, hidden) : null;
  }

  private Product product(Product product) throws IOException {
    if (product.isLink()) {
      if (!product.text().equals(text(product.path()))) {
        throw changed(product.path());
      }
      return product;
    }
    if (product.kind() != Stamp.Kind.FOLDER) {
      return file(product);
    }
    FolderDigest folder = digests.productFolder(product.path());
    if (!folder.digest().equals(product.digest())) {
      throw changed(product.path());
    }
    look(product.path());
    List<Product> members = new ArrayList<>();
    for (FolderDigest.Member member : folder.members()) {
      String path = product.path() + "/" + member.path();
      members.add(
          switch (member.kind()) {
            case FOLDER -> {
              look(path);
              yield Product.inner(member.path());
            }
            case LINK -> Product.link(member.path(), text(path));
            default -> {
              long size = member.stamp().size();
              Digest digest = member.executable() ? member.digest().executable() : member.digest();
              add(path, digest, size);
              yield Product.file(member.path(), digest, size);
            }
          });
    }
    return Product.folder(product.path(), product.digest(), members);
  }

  private String text(String link) throws IOException {
    return Files.readSymbolicLink(root.resolve(link)).toString();
  }

  private Product file(Product product) throws IOException {
    Stamp stamp = digests.linkStamp(product.path());
    if (stamp.kind() != Stamp.Kind.FILE || stamp.size() != product.size()) {
      throw changed(product.path());
    }
    add(product.path(), product.digest(), product.size());
    return product;
  }

  /** Notes what only its owner can read, though the umask would let others. */
  private void look(String path) throws IOException {
    int lacks = READ & ~FileStatus.of(root.resolve(path).toString(), false).mode();
    if (hidden == null && (lacks & ~umask) != 0) {
      hidden = path;
    }
  }

  private void add(String path, Digest digest, long size) throws IOException {
    look(path);
    Blob blob = new Blob(digest, size);
    blobs.put(blob, BlobSource.file(blob, root.resolve(path)));
  }

  private static IOException changed(String path) {
    return new IOException(path + " changed since it was made");
  }
}
