package dev.torc.features.stores;

import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FolderHandle;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.JobResult.RunNeeds;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.features.stores.SealedRecord.StoreRecord;
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
 * A successful run of a job: what it made, and what is needed to restore that. The local store,
 * folders and servers use one format. In a result that is sent, the products are {@linkplain
 * #sorted sorted}, and folders list their members. Paths are relative to the root. A product
 * outside the root has an absolute path, and its result is never sent. The store knows where the
 * bytes are.
 *
 * @param terms the keys, and what else decides whether the result may be stored and restored
 * @param job the name of the job that ran; only shown to the user
 * @param root the root's path if the bytes contain it: then the result is valid only there; else
 *     null
 */
public record Result(
    Restorable terms,
    String job,
    Outputs outputs,
    ReadInputs inputs,
    Origin origin,
    Spent spent,
    String root)
    implements StoreRecord, KnownResult {

  /**
   * What the run made. A product that is a link has the digest and size of its target. {@code log}
   * is all output of the job, without a path; null unless it belongs to the result.
   */
  public record Outputs(
      List<RecordedProduct> products, RecordedProduct log, List<StoredValue> data) {}

  /**
   * What the run read.
   *
   * @param found files that the depfile or a trace named as needs, sorted; they may be outside the
   *     root
   * @param lines the entries of the manifest, to explain later what differs; may be empty
   */
  public record ReadInputs(Digest manifest, List<String> found, List<ManifestEntry> lines) {}

  /** Wall and CPU time in nanoseconds, and the largest memory sample in bytes; -1 if unknown. */
  public record Spent(long wall, long cpu, long peak) {}

  private static final int MOST_LINKS = 40;

  /** The last field that {@link #parts(Fields, Result)} reads, after keys, job and products. */
  private static final int LOG = 4;

  /**
   * Reads or writes a result, in one format for all stores. The fields that {@link #parts(Fields,
   * Result)} reads come first.
   */
  static Result form(Fields fields, Result of) {
    Restorable terms = fields.one(1, of, Result::terms, Restorable::form);
    String job = fields.text(2, of, Result::job);
    List<RecordedProduct> products =
        fields.list(3, of, each -> each.outputs.products, RecordedProduct::form);
    RecordedProduct log = fields.one(LOG, of, each -> each.outputs.log, RecordedProduct::form);
    Digest manifest = fields.digest(5, of, each -> each.inputs.manifest);
    List<StoredValue> data = fields.list(6, of, each -> each.outputs.data, StoredValue::form);
    List<String> found = fields.shared(7, of, each -> each.inputs.found);
    List<ManifestEntry> lines =
        ManifestEntry.lines(fields, 8, of, each -> each.inputs.lines, found);
    return new Result(
        terms,
        job,
        new Outputs(products, log, data),
        new ReadInputs(manifest, found, lines),
        fields.one(9, of, Result::origin, Origin::form),
        new Spent(
            fields.number(10, of, each -> each.spent.wall),
            fields.number(11, of, each -> each.spent.cpu),
            fields.number(12, of, each -> each.spent.peak)),
        fields.text(13, of, Result::root));
  }

  /** Reads only the fields up to the log, which are a small part of a record. */
  static Result parts(Fields fields, Result of) {
    return fields.upTo(LOG, of, Result::form);
  }

  /** Returns the result of a job's last run; null if it must not be stored. */
  public static Result of(Cache cache, String job) {
    JobResult run = cache.result(job);
    boolean good = run != null && run.outcome() == JobResult.Outcome.OK && run.needs().areSure();
    RunDetails details = good ? cache.details(job) : null;
    Restorable terms = details == null ? null : details.restorable();
    if (terms == null) {
      return null;
    }
    Outputs made = new Outputs(run.products(), null, cache.data(job));
    ReadInputs read = new ReadInputs(run.manifest(), run.needs().found(), details.manifest());
    Spent spent = new Spent(run.wall(), details.ran().cpu(), details.ran().peak());
    return new Result(terms, job, made, read, origin(details), spent, null);
  }

  @Override
  public Digest key() {
    return terms.key();
  }

  /** Returns the key of the lists of found needs; null for a job without depfile or trace. */
  public Digest first() {
    return terms.first();
  }

  public List<RecordedProduct> products() {
    return outputs.products;
  }

  public List<String> found() {
    return inputs.found;
  }

  /** Returns the depfile; null if the job has none. */
  public RecordedProduct depfile() {
    return terms.depfile();
  }

  /** Returns where the result of a run comes from. */
  public static Origin origin(RunDetails run) {
    return run.origin() != null
        ? run.origin()
        : new Origin("", run.ran().build(), "", run.ran().started(), "");
  }

  @Override
  public Origin originFor(String restored) {
    return originFor(restored, origin.store());
  }

  /** Returns the origin of a restored job; {@code store} is empty for the local store. */
  public Origin originFor(String restored, String store) {
    String made = origin.job().isEmpty() ? job : origin.job();
    String other = made.equals(restored) ? "" : made;
    return new Origin(store, origin.build(), origin.host(), origin.started(), other);
  }

  @Override
  public JobResult run(String build) {
    // traced is true: if a trace is incomplete, the result is not stored.
    RunNeeds needs = new RunNeeds(inputs.found);
    return new JobResult(
        JobResult.Outcome.OK, build, inputs.manifest, products(), needs, spent.wall, true);
  }

  @Override
  public RunDetails details(String restored, long build, List<ManifestEntry> reasons) {
    long now = System.currentTimeMillis();
    Ran ran = new Ran(build, now, 0, 0, spent.cpu, spent.peak, 0);
    return new RunDetails(inputs.lines, reasons, "", ran, terms, originFor(restored), List.of());
  }

  @Override
  public List<StoredValue> data() {
    return outputs.data;
  }

  @Override
  public List<ManifestEntry> lines() {
    return inputs.lines;
  }

  @Override
  public boolean hasLog() {
    return outputs.log != null;
  }

  /**
   * Returns the parts that a restore places: files and folders in the order of the products, then
   * the depfile unless it is a product, then links, which may lead to the other parts.
   */
  public List<OwnedPath> parts() {
    List<OwnedPath> parts = new ArrayList<>(products().size() + 1);
    List<OwnedPath> links = new ArrayList<>(0);
    boolean listed = depfile() == null;
    for (RecordedProduct product : products()) {
      (product.isLink() ? links : parts).add(product.owned(job));
      listed = listed || product.path().equals(depfile().path());
    }
    if (!listed) {
      parts.add(depfile().owned(job));
    }
    parts.addAll(links);
    return parts;
  }

  /** Returns the output, if it belongs to the result, as a part without a path. */
  public OwnedPath logPart() {
    return outputs.log.owned(job);
  }

  /** Returns all parts that a store may have: the products, the depfile and the output. */
  List<OwnedPath> allParts() {
    List<OwnedPath> parts = parts();
    if (outputs.log != null) {
      parts.add(logPart());
    }
    return parts;
  }

  @Override
  public long size() {
    return products().stream().mapToLong(RecordedProduct::size).sum();
  }

  /** Returns all files of the products, and the depfile, with paths from the root. */
  public List<RecordedProduct> allFiles() {
    List<RecordedProduct> all = made(Stamp.FileKind.FILE);
    if (depfile() != null && !all.contains(depfile())) {
      all.add(depfile());
    }
    return all;
  }

  /** Returns the products and members of one kind, file or folder, with paths from the root. */
  List<RecordedProduct> made(Stamp.FileKind kind) {
    List<RecordedProduct> made = new ArrayList<>();
    for (RecordedProduct product : products()) {
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
   * Returns the file that each link among the products leads to, by the link's path. A link to
   * anything else is omitted: in another root, its target is another file or missing.
   */
  Map<String, RecordedProduct> behindLinks() {
    if (products().stream().noneMatch(RecordedProduct::isLink)) {
      return Map.of();
    }
    Map<String, RecordedProduct> places = new HashMap<>();
    products().forEach(product -> places.put(product.path(), product));
    made(Stamp.FileKind.FILE).forEach(file -> places.put(file.path(), file));
    Map<String, RecordedProduct> behind = new HashMap<>();
    for (RecordedProduct link : products()) {
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

  /** Returns whether the result can be restored in another root: all its links lead to products. */
  public boolean isWhole() {
    Set<String> behind = behindLinks().keySet();
    return products().stream().allMatch(each -> !each.isLink() || behind.contains(each.path()));
  }

  /** Returns the blobs to fetch or send besides the record, each once. */
  public Set<Blob> blobs() {
    Set<Blob> blobs = new LinkedHashSet<>();
    allFiles().forEach(file -> blobs.add(Blob.of(file)));
    if (outputs.log != null) {
      blobs.add(Blob.of(outputs.log));
    }
    return blobs;
  }

  long bytes() {
    return blobs().stream().mapToLong(Blob::size).sum();
  }

  public Result withLog(Blob text) {
    RecordedProduct said = RecordedProduct.file("", text.digest(), text.size());
    Outputs all = new Outputs(products(), said, outputs.data);
    return new Result(terms, job, all, inputs, origin, spent, root);
  }

  /**
   * Returns this result with sorted products and found needs, as it is sent. {@code only} is the
   * path of the root if the result is valid only there, else null.
   */
  public Result sorted(String only) {
    List<RecordedProduct> rising = new ArrayList<>(products());
    rising.sort(Comparator.comparing(RecordedProduct::path, FolderDigest.BYTE_ORDER));
    List<String> names = new ArrayList<>(inputs.found);
    names.sort(FolderDigest.BYTE_ORDER);
    Outputs all = new Outputs(rising, outputs.log, outputs.data);
    ReadInputs read = new ReadInputs(inputs.manifest, names, inputs.lines);
    return new Result(terms, job, all, read, origin, spent, only);
  }

  /**
   * Returns this result as that of a job in this build. {@code bare} is the job's first key, null
   * without depfile or trace. {@code made} has the products in the order in which the job declares
   * them.
   */
  public Result as(
      Digest bare, String name, List<RecordedProduct> made, List<ManifestEntry> now, Origin from) {
    Restorable here =
        new Restorable(
            key(), bare, terms.programs(), terms.files(), terms.shown(), terms.depfile());
    Outputs all = new Outputs(made, outputs.log, outputs.data);
    ReadInputs read = new ReadInputs(inputs.manifest, inputs.found, now);
    return new Result(here, name, all, read, from, spent, root);
  }

  /** Returns this result as {@code host} sends it; folders in {@code made} list their members. */
  public Result sent(List<RecordedProduct> made, String host) {
    Origin from = new Origin("", origin.build(), host, origin.started(), origin.job());
    Outputs all = new Outputs(made, outputs.log, outputs.data);
    return new Result(terms, job, all, inputs, from, spent, null);
  }

  /** Supplies the parts of one result while it is restored. */
  public interface ResultParts {

    /**
     * Places a part where nothing exists, or only a folder. Throws also if the part is missing. The
     * caller checks the placed bytes. Several threads may place different parts.
     */
    void place(OwnedPath part, ProductTarget to) throws IOException;

    /**
     * Takes back a placed part after another part of the result could not be placed. Returns false
     * if the caller must remove the part. {@code sound} says whether its bytes are right; a part
     * with wrong bytes is not placed again.
     */
    boolean giveBack(OwnedPath part, FolderHandle at, Path name, boolean sound) throws IOException;

    /** Returns the text of a file; null if it is missing. */
    byte[] text(OwnedPath part) throws IOException;

    /** Removes leftovers after the restore succeeded or was given up. */
    default void done() {}
  }
}
