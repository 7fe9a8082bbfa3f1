package dev.torc.results;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.posix.FolderHandle;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.JobResult.Restorable;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.records.ProductTarget;
import dev.torc.records.RecordedProduct;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.SealedRecord.StoreRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A good run of a job: what it left, and what is needed to put that back. One form for the local
 * store, folders and servers; a result that is sent has its products {@linkplain #sorted in order},
 * with the members of folders. All paths are relative to the root; a product outside the root has
 * an absolute one, and such a result stays here. The store knows where the bytes are.
 *
 * @param terms its keys, and what else storing and restoring go by
 * @param job the name of the job that ran; only for people
 * @param products what it left; links count by what they lead to
 * @param log all output of the job, as a file without a path; null unless it belongs to the result,
 *     is there and is not too large
 * @param manifest the digest of the manifest it ran under
 * @param data the values that it stored, in that order
 * @param found needed files that the depfile or a trace named, sorted; they may lie anywhere
 * @param lines the entries of the manifest, to tell later what differs; may be empty
 * @param origin where it ran
 * @param wall how long it ran, in nanoseconds
 * @param cpu nanoseconds of CPU time, -1 unknown
 * @param peak bytes of memory at the highest sample, -1 unknown
 * @param root the real path of the root where it ran, if the result holds that path: then it counts
 *     only there; else null
 */
public record Result(
    Restorable terms,
    String job,
    List<RecordedProduct> products,
    RecordedProduct log,
    Digest manifest,
    List<StoredValue> data,
    List<String> found,
    List<ManifestEntry> lines,
    Origin origin,
    long wall,
    long cpu,
    long peak,
    String root)
    implements StoreRecord {

  private static final int MOST_LINKS = 40;

  /** The last tag of the fields that tell of bytes: keys, job, products and log. */
  private static final int LOG = 4;

  /** Returns the form in all stores. The fields that tell of bytes come first. */
  static Result form(Fields fields, Result of) {
    return new Result(
        fields.one(1, of, Result::terms, Restorable::form),
        fields.text(2, of, Result::job),
        fields.list(3, of, Result::products, RecordedProduct::form),
        fields.one(LOG, of, Result::log, RecordedProduct::form),
        fields.digest(5, of, Result::manifest),
        fields.list(6, of, Result::data, StoredValue::form),
        fields.shared(7, of, Result::found),
        ManifestEntry.lines(fields, 8, of, Result::lines, of == null ? List.of() : of.found()),
        fields.one(9, of, Result::origin, Origin::form),
        fields.number(10, of, Result::wall),
        fields.number(11, of, Result::cpu),
        fields.number(12, of, Result::peak),
        fields.text(13, of, Result::root));
  }

  /** Reads only the fields that tell of bytes, which are a small part. */
  static Result parts(Fields fields, Result of) {
    return fields.upTo(LOG, of, Result::form);
  }

  /** Returns the result of the last run of a job; null if it is not one to be kept. */
  public static Result of(Cache cache, String job) {
    JobResult run = cache.result(job);
    boolean good = run != null && run.outcome() == JobResult.Outcome.OK && run.moved().isEmpty();
    RunDetails details = good ? cache.details(job) : null;
    Restorable terms = details == null ? null : details.restorable();
    if (terms == null) {
      return null;
    }
    return new Result(
        terms,
        job,
        run.products(),
        null,
        run.manifest(),
        cache.data(job),
        run.found(),
        details.manifest(),
        origin(details),
        run.wall(),
        details.ran().cpu(),
        details.ran().peak(),
        null);
  }

  /** Returns the key under which stores have it. */
  @Override
  public Digest key() {
    return terms.key();
  }

  /** Returns the key of the lists of found needs; null for a job without depfile or trace. */
  public Digest first() {
    return terms.first();
  }

  /** Returns the depfile where the job has one, else null. */
  public RecordedProduct depfile() {
    return terms.depfile();
  }

  /** Returns where the result of a run comes from. */
  public static Origin origin(RunDetails run) {
    return run.origin() != null
        ? run.origin()
        : new Origin("", run.ran().build(), "", run.ran().started(), "");
  }

  /** Returns the origin as a job that is restored from this result records it. */
  public Origin originFor(String restored) {
    return originFor(restored, origin.store());
  }

  /**
   * Returns the origin as a job that is restored from a store records it.
   *
   * @param restored the name of that job
   * @param store the name of the store; empty for the local one
   */
  public Origin originFor(String restored, String store) {
    String made = origin.job().isEmpty() ? job : origin.job();
    String other = made.equals(restored) ? "" : made;
    return new Origin(store, origin.build(), origin.host(), origin.started(), other);
  }

  /**
   * Returns the record of a job whose run this result replaces.
   *
   * @param build the random id of the build
   */
  public JobResult run(String build) {
    // traced is true: no result is stored of a job that should have been traced and was not.
    return new JobResult(
        JobResult.Outcome.OK, build, manifest, products, found, List.of(), wall, true);
  }

  /**
   * Returns all parts that a restore puts in place: files and folders in the order of the products,
   * then the depfile, then links, which may lead to those.
   */
  public List<OwnedPath> parts() {
    List<OwnedPath> parts = new ArrayList<>(products.size() + 1);
    List<OwnedPath> links = new ArrayList<>(0);
    boolean listed = depfile() == null;
    for (RecordedProduct product : products) {
      (product.isLink() ? links : parts).add(product.owned(job));
      listed = listed || product.path().equals(depfile().path());
    }
    if (!listed) {
      parts.add(depfile().owned(job));
    }
    parts.addAll(links);
    return parts;
  }

  /**
   * Returns the output of the job, as a part without a path; only where it belongs to the result.
   */
  public OwnedPath logPart() {
    return log.owned(job);
  }

  /** Returns all parts that a store may have: the products, the depfile and the output. */
  List<OwnedPath> allParts() {
    List<OwnedPath> parts = parts();
    if (log != null) {
      parts.add(logPart());
    }
    return parts;
  }

  /** Returns how many bytes its products have. */
  public long size() {
    return products.stream().mapToLong(RecordedProduct::size).sum();
  }

  /**
   * Returns all files, each with its path from the root: those of the products, and the depfile.
   */
  public List<RecordedProduct> allFiles() {
    List<RecordedProduct> all = made(Stamp.FileKind.FILE);
    if (depfile() != null && !all.contains(depfile())) {
      all.add(depfile());
    }
    return all;
  }

  /**
   * Returns the files among products and members, or the folders, each with its path from the root.
   */
  List<RecordedProduct> made(Stamp.FileKind kind) {
    List<RecordedProduct> made = new ArrayList<>();
    for (RecordedProduct product : products) {
      if (product.stands() == kind) {
        made.add(product);
      }
      for (RecordedProduct member : product.members()) {
        if (member.stands() == kind) {
          String path = product.path() + "/" + member.path();
          made.add(new RecordedProduct(path, kind, member.digest(), member.size(), null));
        }
      }
    }
    return made;
  }

  /**
   * Returns the files that links among the products lead to, by the paths of the links. A link to
   * no file of the products is left out: elsewhere that is another file, or none.
   */
  Map<String, RecordedProduct> behindLinks() {
    if (products.stream().noneMatch(RecordedProduct::isLink)) {
      return Map.of();
    }
    Map<String, RecordedProduct> places = new HashMap<>();
    products.forEach(product -> places.put(product.path(), product));
    made(Stamp.FileKind.FILE).forEach(file -> places.put(file.path(), file));
    Map<String, RecordedProduct> behind = new HashMap<>();
    for (RecordedProduct link : products) {
      RecordedProduct at = link;
      for (int i = 0; i < MOST_LINKS && at != null && at.isLink(); i++) {
        Path folder = Path.of("/" + at.path()).getParent();
        at = places.get(folder.resolve(at.link()).normalize().toString().substring(1));
      }
      if (link.isLink() && at != null && at.isFile()) {
        behind.put(link.path(), at);
      }
    }
    return behind;
  }

  /** Returns whether it can stand in another root: all its links lead to products. */
  public boolean isWhole() {
    Set<String> behind = behindLinks().keySet();
    return products.stream().allMatch(each -> !each.isLink() || behind.contains(each.path()));
  }

  /** Returns the blobs to be fetched or sent besides the record, each once. */
  public Set<Blob> blobs() {
    Set<Blob> blobs = new LinkedHashSet<>();
    allFiles().forEach(file -> blobs.add(Blob.of(file)));
    if (log != null) {
      blobs.add(Blob.of(log));
    }
    return blobs;
  }

  /** Returns how many bytes all blobs have. */
  long bytes() {
    return blobs().stream().mapToLong(Blob::size).sum();
  }

  /** Returns this result with the output of the job. */
  public Result withLog(Blob text) {
    RecordedProduct said = RecordedProduct.file("", text.digest(), text.size());
    return new Result(
        terms, job, products, said, manifest, data, found, lines, origin, wall, cpu, peak, root);
  }

  /**
   * Returns this result as it is sent, with products and found needs in the order of such a record.
   *
   * @param only the path of the root in which alone it counts, since it holds that; null for none
   */
  public Result sorted(String only) {
    List<RecordedProduct> rising = new ArrayList<>(products);
    rising.sort(Comparator.comparing(RecordedProduct::path, FolderDigest.BYTE_ORDER));
    List<String> names = new ArrayList<>(found);
    names.sort(FolderDigest.BYTE_ORDER);
    return new Result(
        terms, job, rising, log, manifest, data, names, lines, origin, wall, cpu, peak, only);
  }

  /**
   * Returns this result as that of a job here.
   *
   * @param bare the first key here; null for a job without depfile or trace
   * @param name the name of the job
   * @param made its products, in the order in which the job declares them
   * @param now the entries of the manifest as it is here
   * @param from the origin
   */
  public Result as(
      Digest bare, String name, List<RecordedProduct> made, List<ManifestEntry> now, Origin from) {
    Restorable here =
        new Restorable(
            key(), bare, terms.programs(), terms.files(), terms.shown(), terms.depfile());
    return new Result(
        here, name, made, log, manifest, data, found, now, from, wall, cpu, peak, root);
  }

  /**
   * Returns this result with the members of folders, as it is sent.
   *
   * @param made its products, with the members of folders
   * @param host where it was made
   */
  public Result sent(List<RecordedProduct> made, String host) {
    Origin from = new Origin("", origin.build(), host, origin.started(), origin.job());
    return new Result(
        terms, job, made, log, manifest, data, found, lines, from, wall, cpu, peak, null);
  }

  /** Gives the parts of one result while it is put in the place of a run. */
  public interface ResultParts {

    /**
     * Puts a part of a result in its place, where nothing stands, or only a folder. The caller
     * checks the bytes there. Several threads may ask for different products.
     *
     * @throws IOException also if the part is not here any more
     */
    void take(OwnedPath part, ProductTarget to) throws IOException;

    /**
     * Takes back a part that was placed, since not all parts of the result could be.
     *
     * @param at the folder that holds it under a name
     * @param sound whether its bytes are right; a part with wrong bytes is not asked for again
     * @return whether it is gone from there; if not, the caller removes it
     */
    boolean giveBack(OwnedPath part, FolderHandle at, Path name, boolean sound) throws IOException;

    /** Returns the text of a file that is here; null where it is not. */
    byte[] text(OwnedPath part) throws IOException;

    /** Removes what remains of a result that stands in its place or was given up. */
    default void done() {}
  }
}
