package dev.torc.results;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.JobResult.Origin;
import dev.torc.records.JobResult.Restorable;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.JobResult.StoredValue;
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
 * A good run of a job: what it left, and what has to be known to put that back. One form for all
 * places where results are kept; what travels has its products {@linkplain #sorted in order}, with
 * the members of folders. All paths are relative to the root, or absolute where a product lies
 * elsewhere, which stays here. Where the bytes are, its store knows.
 *
 * @param terms its keys, and what else a store goes by
 * @param job its name where it ran; it is only for people
 * @param products what it left; links count by what they lead to
 * @param log all that it wrote, where that belongs to it, is there and is not too much, as a file
 *     without a path; else null
 * @param manifest the digest of the manifest it ran under
 * @param data what it stored, in the order it did
 * @param found needed files that the depfile named, sorted; they may lie anywhere
 * @param lines what decided it, to tell later what differs; may be empty
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

  /** The last tag of the fields that tell of bytes. */
  private static final int LOG = 4;

  /** Its form here and in all stores. What tells of bytes stands first. */
  static Result form(Fields fields, Result of) {
    return new Result(
        fields.one(1, of, Result::terms, Restorable::form),
        fields.text(2, of, Result::job),
        fields.list(3, of, Result::products, RecordedProduct::form),
        fields.one(LOG, of, Result::log, RecordedProduct::form),
        fields.digest(5, of, Result::manifest),
        fields.list(6, of, Result::data, StoredValue::form),
        fields.texts(7, of, Result::found),
        fields.list(8, of, Result::lines, ManifestEntry::form),
        fields.one(9, of, Result::origin, Origin::form),
        fields.number(10, of, Result::wall),
        fields.number(11, of, Result::cpu),
        fields.number(12, of, Result::peak),
        fields.text(13, of, Result::root));
  }

  /** What tells of bytes: much less than all of it. */
  static Result parts(Fields fields, Result of) {
    return fields.upTo(LOG, of, Result::form);
  }

  /** The result that a job has now; null where it is none to be kept. */
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
        details.cpu(),
        details.peak(),
        null);
  }

  /** What decides it, in 32 bytes. */
  @Override
  public Digest key() {
    return terms.key();
  }

  /** What leads to the lists of files that depfiles named; null for a job without one. */
  public Digest first() {
    return terms.first();
  }

  /** The depfile where the job has one, else null. */
  public RecordedProduct depfile() {
    return terms.depfile();
  }

  /** Where the result of a run comes from. */
  public static Origin origin(RunDetails run) {
    return run.origin() != null
        ? run.origin()
        : new Origin("", run.number(), "", run.started(), "");
  }

  /** Where it comes from for a job that is restored. */
  public Origin originFor(String restored) {
    return originFor(restored, origin.store());
  }

  /**
   * The same where it lies in a store.
   *
   * @param restored the job's name
   * @param store its name; empty for the local one
   */
  public Origin originFor(String restored, String store) {
    String made = origin.job().isEmpty() ? job : origin.job();
    String other = made.equals(restored) ? "" : made;
    return new Origin(store, origin.build(), origin.host(), origin.started(), other);
  }

  /**
   * The record of a job in whose place it is put.
   *
   * @param build the random id of the build
   */
  public JobResult run(String build) {
    // Nothing is stored of a job that is to be traced and was not.
    return new JobResult(
        JobResult.Outcome.OK, build, manifest, products, found, List.of(), wall, true);
  }

  /**
   * All that is to stand where it is restored: files and folders in the order of the products, then
   * the depfile, then links, which may lead to those.
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

  /** What the job wrote, as a part without a path; only where it belongs to the result. */
  public OwnedPath logPart() {
    return log.owned(job);
  }

  /** All that a store may have of it: what is to stand, and what the job wrote. */
  List<OwnedPath> allParts() {
    List<OwnedPath> parts = parts();
    if (log != null) {
      parts.add(logPart());
    }
    return parts;
  }

  /** How many bytes its products have. */
  public long size() {
    return products.stream().mapToLong(RecordedProduct::size).sum();
  }

  /** All files, each with its path from the root: those of the products, and the depfile. */
  public List<RecordedProduct> allFiles() {
    List<RecordedProduct> all = made(Stamp.FileKind.FILE);
    if (depfile() != null && !all.contains(depfile())) {
      all.add(depfile());
    }
    return all;
  }

  /** The files among products and members, or the folders, each with its path from the root. */
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
   * The files that links among the products lead to, by the paths of the links. One that leads to
   * no file of the products is not there: elsewhere that is another file, or none.
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

  /** Whether all that it needs to stand elsewhere is part of it: its links lead to products. */
  public boolean isWhole() {
    Set<String> behind = behindLinks().keySet();
    return products.stream().allMatch(each -> !each.isLink() || behind.contains(each.path()));
  }

  /** What has to be fetched or sent besides the record itself: each once. */
  public Set<Blob> blobs() {
    Set<Blob> blobs = new LinkedHashSet<>();
    allFiles().forEach(file -> blobs.add(Blob.of(file)));
    if (log != null) {
      blobs.add(Blob.of(log));
    }
    return blobs;
  }

  /** How many bytes all blobs have. */
  long bytes() {
    return blobs().stream().mapToLong(Blob::size).sum();
  }

  /** The same with what the job wrote. */
  public Result withLog(Blob text) {
    RecordedProduct said = RecordedProduct.file("", text.digest(), text.size());
    return new Result(
        terms, job, products, said, manifest, data, found, lines, origin, wall, cpu, peak, root);
  }

  /**
   * The same as it travels, with its products and found needs in the order of such a record.
   *
   * @param only the path of the root where alone it counts, since it holds that; null for none
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
   * The same as the result of a job here.
   *
   * @param bare leads to it here; null for a job without a depfile
   * @param name the job's name
   * @param made its products in the order in which the job declares them
   * @param now what decides it, as it is written here
   * @param from where it comes from
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
   * The same as it is sent.
   *
   * @param made its products, with the members of folders
   * @param host where it was made
   */
  public Result sent(List<RecordedProduct> made, String host) {
    Origin from = new Origin("", origin.build(), host, origin.started(), origin.job());
    return new Result(
        terms, job, made, log, manifest, data, found, lines, from, wall, cpu, peak, null);
  }

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
    default void done() {}
  }
}
