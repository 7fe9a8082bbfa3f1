package dev.torc.engine;

import dev.torc.cache.OwnedPath;
import dev.torc.cache.RecordedProduct;
import dev.torc.cache.StoredResult;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.plan.ManifestTexts;
import dev.torc.store.SharedBlob;
import dev.torc.store.SharedProduct;
import dev.torc.store.SharedResult;
import dev.torc.store.SharedSending;
import dev.torc.store.SharedSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes of a good result what others are sent: its products as they stand, each held against the
 * record. What is not as the record says is not sent. One thread uses it.
 */
final class SentResult {

  private final Path root;
  private final DigestMemo digests;
  private final StoredResult made;
  private final Path log;
  private final Map<SharedBlob, SharedSource> blobs = new HashMap<>();
  private final Set<String> links = new HashSet<>();

  /**
   * Of a result whose products stand in their places.
   *
   * @param log where its job's log is
   */
  SentResult(Path root, DigestMemo digests, StoredResult made, Path log) {
    this.root = root;
    this.digests = digests;
    this.made = made;
    this.log = log;
  }

  /**
   * What is to be sent; null where nobody else could use it: a product outside of the root, or a
   * link to what is no product.
   *
   * @param host where it was made
   * @throws IOException where a product is not what the record says any more
   */
  SharedSending sending(String host) throws IOException {
    SharedProduct depfile = null;
    for (OwnedPath part : made.details().restorable().odd()) {
      if (part.kind() == Stamp.Kind.LINK) {
        links.add(part.path());
      } else {
        depfile = file(part.path(), part.digest());
      }
    }
    List<SharedProduct> products = new ArrayList<>();
    for (RecordedProduct product : made.result().products()) {
      if (product.path().startsWith("/")) {
        return null;
      }
      products.add(product(product));
    }
    SharedBlob text = null;
    byte[] said = made.details().restorable().log() ? Shelving.said(log) : null;
    if (said != null) {
      SharedSource source = SharedSource.bytes(said);
      text = source.blob();
      blobs.put(text, source);
    }
    long wall = made.result().wall();
    SharedResult result =
        new SharedResult(
            made.details().restorable().key(),
            made.job(),
            products,
            depfile,
            made.data(),
            made.result().found(),
            text,
            Long.toString(made.details().number()),
            host,
            made.details().started() * 1_000_000 + wall,
            wall,
            made.details().restorable().programs(),
            ManifestTexts.of(made.details().manifest()),
            null);
    Map<String, Digest> behind = result.behindLinks();
    for (SharedProduct product : products) {
      if (product.kind() == Stamp.Kind.LINK && !behind.containsKey(product.path())) {
        return null;
      }
    }
    return new SharedSending(
        result, List.copyOf(blobs.values()), made.details().restorable().first());
  }

  private SharedProduct product(RecordedProduct product) throws IOException {
    if (links.contains(product.path())) {
      return SharedProduct.link(product.path(), text(product.path()));
    }
    if (product.kind() != Stamp.Kind.FOLDER) {
      return file(product.path(), product.digest());
    }
    FolderDigest folder = digests.productFolder(product.path());
    if (!folder.digest().equals(product.digest())) {
      throw changed(product.path());
    }
    List<SharedProduct> members = new ArrayList<>();
    for (FolderDigest.Member member : folder.members()) {
      String path = product.path() + "/" + member.path();
      members.add(
          switch (member.kind()) {
            case FOLDER -> SharedProduct.inner(member.path());
            case LINK -> SharedProduct.link(member.path(), text(path));
            default -> {
              long size = member.stamp().size();
              Digest digest = member.executable() ? member.digest().executable() : member.digest();
              add(path, digest, size);
              yield SharedProduct.file(member.path(), digest, size);
            }
          });
    }
    return SharedProduct.folder(product.path(), product.digest(), members);
  }

  private String text(String link) throws IOException {
    return Files.readSymbolicLink(root.resolve(link)).toString();
  }

  private SharedProduct file(String path, Digest digest) throws IOException {
    Stamp stamp = digests.linkStamp(path);
    if (stamp.kind() != Stamp.Kind.FILE) {
      throw changed(path);
    }
    add(path, digest, stamp.size());
    return SharedProduct.file(path, digest, stamp.size());
  }

  private void add(String path, Digest digest, long size) {
    SharedBlob blob = new SharedBlob(digest, size);
    blobs.put(blob, SharedSource.file(blob, root.resolve(path)));
  }

  private static IOException changed(String path) {
    return new IOException(path + " changed since it was made");
  }
}
