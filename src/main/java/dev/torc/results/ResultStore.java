package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.posix.FileStatus;
import dev.torc.records.RecordedProduct;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.Blob.BlobSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A place where results are kept for others: in a folder or on a server ({@link SharedStore}). What
 * is kept here is in {@link KeptResults}. It tells what it has; whether that is good for a job is
 * decided elsewhere. For several threads.
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

  /** As messages name it. */
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

  /**
   * A result to be kept in a store, with the bytes that go there with it.
   *
   * @param blobs for a shared store all of the result's; for the store here the log, since products
   *     come as they are cleared
   * @param again whether it is sent whatever a store says it has
   * @param hidden a product that only its owner can read here; null for none
   */
  public record Upload(Result result, List<BlobSource> blobs, boolean again, String hidden) {

    private static final int READ = 0444;

    /**
     * What others are sent of a good result: its products as they stand, each held against the
     * record.
     *
     * @param said what the job wrote, where that belongs to the result; else null
     * @param umask the caller's
     * @param host where it was made
     * @return null where it serves in no other root: a product lies outside of this one, or is a
     *     link to what is no product
     * @throws IOException where a product is not what the record says any more
     */
    public static Upload of(
        Path root,
        DigestMemo digests,
        Result made,
        byte[] said,
        int umask,
        String host,
        boolean again)
        throws IOException {
      if (made.products().stream().anyMatch(product -> product.path().startsWith("/"))) {
        return null;
      }
      Walk walk = new Walk(root, digests, umask);
      List<RecordedProduct> products = new ArrayList<>();
      for (RecordedProduct product : made.products()) {
        products.add(walk.product(product));
      }
      if (made.depfile() != null) {
        walk.file(made.depfile());
      }
      Result result = made.sent(products, host);
      if (said != null) {
        BlobSource log = BlobSource.bytes(said);
        walk.blobs.put(log.blob(), log);
        result = result.withLog(log.blob());
      }
      List<BlobSource> blobs = List.copyOf(walk.blobs.values());
      return result.isWhole() ? new Upload(result, blobs, again, walk.hidden) : null;
    }

    /**
     * What is kept here of a good result: its products come as they are cleared.
     *
     * @param said as for {@link #of}
     */
    public static Upload kept(Result made, byte[] said) {
      List<BlobSource> blobs = said == null ? List.of() : List.of(BlobSource.bytes(said));
      Result result = said == null ? made : made.withLog(blobs.getFirst().blob());
      return new Upload(result, blobs, false, null);
    }

    /** The bytes of some of its blobs, in their order. */
    List<BlobSource> blobs(Set<Blob> some) {
      Map<Blob, BlobSource> all = new HashMap<>();
      blobs.forEach(each -> all.put(each.blob(), each));
      return some.stream().map(all::get).toList();
    }

    /**
     * The same as a result that counts in one root only, or in all. Throws {@link
     * IllegalArgumentException} where the bytes of a blob are missing.
     */
    Upload marked(String only) {
      if (blobs(result.blobs()).stream().anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException(
            "bytes of the result of " + result.job() + " are missing");
      }
      return new Upload(result.sorted(only), blobs, again, hidden);
    }

    /** What was seen of the products that stand in their places. */
    private static final class Walk {

      private final Path root;
      private final DigestMemo digests;
      private final int umask;
      private final Map<Blob, BlobSource> blobs = new HashMap<>();
      private String hidden;

      Walk(Path root, DigestMemo digests, int umask) {
        this.root = root;
        this.digests = digests;
        this.umask = umask;
      }

      RecordedProduct product(RecordedProduct product) throws IOException {
        String path = product.path();
        if (product.isLink()) {
          check(product.link().equals(text(path)), path);
          return product;
        }
        if (product.kind() != Stamp.FileKind.FOLDER) {
          return file(product);
        }
        FolderDigest folder = digests.productFolder(path);
        check(folder.digest().equals(product.digest()), path);
        look(path);
        List<RecordedProduct> members = new ArrayList<>();
        for (FolderDigest.Member member : folder.members()) {
          members.add(member(path + "/" + member.path(), member));
        }
        return RecordedProduct.folder(path, product.digest(), members);
      }

      private RecordedProduct member(String path, FolderDigest.Member member) throws IOException {
        return switch (member.kind()) {
          case FOLDER -> {
            look(path);
            yield RecordedProduct.inner(member.path());
          }
          case LINK -> RecordedProduct.link(member.path(), text(path));
          default -> {
            Digest digest = member.executable() ? member.digest().executable() : member.digest();
            add(path, new Blob(digest, member.stamp().size()));
            yield RecordedProduct.file(member.path(), digest, member.stamp().size());
          }
        };
      }

      RecordedProduct file(RecordedProduct product) throws IOException {
        Stamp stamp = digests.linkStamp(product.path());
        check(
            stamp.kind() == Stamp.FileKind.FILE && stamp.size() == product.size(), product.path());
        add(product.path(), Blob.of(product));
        return product;
      }

      private String text(String link) throws IOException {
        return Files.readSymbolicLink(root.resolve(link)).toString();
      }

      private void add(String path, Blob blob) throws IOException {
        look(path);
        blobs.put(blob, BlobSource.file(blob, root.resolve(path)));
      }

      /** Notes what only its owner can read, though the umask would let others. */
      private void look(String path) throws IOException {
        int lacks = READ & ~FileStatus.of(root.resolve(path).toString(), false).mode();
        if (hidden == null && (lacks & ~umask) != 0) {
          hidden = path;
        }
      }

      private static void check(boolean same, String path) throws IOException {
        if (!same) {
          throw new IOException(path + " changed since it was made");
        }
      }
    }
  }
}
