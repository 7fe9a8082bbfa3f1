package dev.torc.features.stores;

import dev.torc.base.digests.FolderPart;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.ClearedProducts;
import dev.torc.core.attempt.FolderEmptying;
import dev.torc.core.attempt.GoodProducts;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.attempt.RemovedOrSetAside.Standing;
import dev.torc.core.attempt.Restore;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.ProductTarget;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.features.stores.Result.ResultParts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Restores a known result instead of a run: clears the places of the products as before a run, puts
 * the products there, and hashes them. If they differ from the result's, they are removed again,
 * and the job has to run. Before this, {@link KnownResults} chose the result. The bytes come from
 * {@link ResultParts}: {@code LocalStore} has those on this machine, {@code FetchedProducts} those
 * from shared stores.
 */
public final class ProductRestore implements Restore {

  private final Result from;
  private final ResultParts parts; // the source of missing products
  private final LocalStore stored;
  private AttemptContext common;
  private Job job;
  private List<OwnedPath> placed = List.of();

  ProductRestore(Result from, ResultParts parts, LocalStore stored) {
    this.from = from;
    this.parts = parts;
    this.stored = stored;
  }

  @Override
  public Result known() {
    return from;
  }

  @Override
  public ProductScan products(AttemptContext of, Job id, ClearedProducts cleared)
      throws IOException {
    common = of;
    job = id;
    placed = Collections.synchronizedList(new ArrayList<>());
    try {
      return restore(cleared);
    } finally {
      parts.done();
    }
  }

  private ProductScan restore(ClearedProducts cleared) throws IOException {
    common.marks().add(new StartMark(common.build().id(), job.name(), 0).restoring(from.key()));
    List<OwnedPath> missing = new ArrayList<>();
    Set<String> standing = new HashSet<>();
    Set<String> users = new HashSet<>(0); // those that are adopted
    for (OwnedPath part : from.parts()) {
      if (common.removal().ours(part, null) == null) {
        missing.add(part);
        continue;
      }
      standing.add(part.path());
      OwnedPath owned = common.cache().owned(part.path());
      if (owned != null && owned.adopted()) {
        users.add(part.path());
      }
    }
    if (!missing.isEmpty()) {
      stored.ensureRecorded(from); // before anything is placed, see claim
    }
    boolean there = common.removal().clear(job, job.has(Trait.PERSIST), false, cleared, standing);
    cleared.storeRecord(job.name()); // even if all its products are in place
    Path root = common.graph().workflow().root();
    try {
      if (!there) {
        makeFolders(root, missing);
      }
      ParallelShares.each(
          missing.size(),
          i -> {
            OwnedPath part = missing.get(i);
            putInPlace(part);
            placed.add(part.by(job.name()));
          });
      ProductScan scan = ProductScan.of(common.removal().grounds(), common.digests(), job, true);
      if (isWhole(scan) && isDepfile(scan)) {
        GoodProducts.check(common.plan(), common.graph().jobId(job.name()), scan);
        log();
        stored.noteUsed(from);
        return scan.adopted(users::contains);
      }
    } catch (IOException | AttemptFailure e) {
      // a product is missing, or was removed or damaged: a run makes it
    }
    for (OwnedPath part : placed) {
      giveBack(part);
    }
    return null;
  }

  private void putInPlace(OwnedPath part) throws IOException {
    RemovedOrSetAside removal = common.removal();
    Path file = removal.place().root().resolve(part.path());
    try (FolderHandle holder = removal.grounds().holder(file)) {
      parts.place(part, new ProductTarget(removal.place(), holder, file.getFileName()));
    }
  }

  /** Gives a part of a result, which a restore had put in place, back to its source. */
  private void giveBack(OwnedPath owned) throws IOException {
    RemovedOrSetAside removal = common.removal();
    Path file = removal.place().root().resolve(owned.path());
    Path name = file.getFileName();
    boolean sound = removal.asRecorded(owned);
    try (FolderHandle holder = removal.grounds().holder(file)) {
      if (!holder.status(name).isFolder()) {
        if (!parts.giveBack(owned, holder, name, sound)) {
          holder.removeFile(name);
        }
        return;
      }
      Standing placed = Standing.of(removal.digests().folder(owned.path(), false));
      try (FolderHandle folder = holder.enter(name)) {
        FolderPart part = removal.part(owned.path(), file);
        FolderEmptying emptying = new FolderEmptying(removal);
        emptying.empty(
            owned, folder, part, placed, (from, all) -> parts.giveBack(owned, from, all, sound));
      }
    }
  }

  private void makeFolders(Path root, List<OwnedPath> missing) throws IOException {
    Set<String> folders = new LinkedHashSet<>(); // usually one
    missing.forEach(part -> folders.add(UserPaths.parent(part.path())));
    for (String folder : folders) {
      common.launches().place().makeFolders(root.resolve(folder));
    }
  }

  private boolean isWhole(ProductScan scan) {
    List<RecordedProduct> then = from.products();
    List<RecordedProduct> now = scan.made();
    return now.size() == then.size()
        && IntStream.range(0, now.size()).allMatch(i -> now.get(i).isLike(then.get(i)));
  }

  /**
   * Records the products that a killed torc had restored as torc's own. The job keeps its last
   * result.
   */
  public static void claim(RemovedOrSetAside removal, StartMark mark) {
    Result from = LocalStore.find(removal.cache(), mark.key());
    if (from == null) {
      return; // no longer in the store, for example because all of it was restored
    }
    Batch own = new Batch();
    for (OwnedPath part : from.parts()) {
      OwnedPath ours = part.by(mark.job());
      try {
        OwnedPath owned = removal.cache().owned(part.path());
        boolean users = owned != null && owned.adopted();
        if (!users && !ours.equals(owned) && removal.asRecorded(ours)) {
          own.own(ours);
        }
      } catch (IOException e) {
        continue; // unreadable: it gets no owner
      }
    }
    removal.cache().put(own);
  }

  @Override
  public List<OwnedPath> placed() {
    return placed;
  }

  /** Writes the result's log; if it has none, removes the present log, which is of another run. */
  private void log() throws IOException {
    Path log = common.launches().files(job.name()).log();
    byte[] text = from.outputs().log() == null ? null : parts.text(from.logPart());
    if (text != null) {
      OwnFile.write(log, text);
    } else {
      OwnFile.remove(log);
    }
  }

  private boolean isDepfile(ProductScan scan) {
    RecordedProduct then = from.depfile();
    RecordedProduct now = scan.depfile();
    return then == null || now != null && then.digest().equals(now.digest());
  }
}
