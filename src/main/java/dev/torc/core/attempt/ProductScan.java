package dev.torc.core.attempt;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.FolderDigest.Member;
import dev.torc.base.digests.GitState;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The products that a job left, for its result and for the record of owned paths. A scan changes
 * nothing; {@link RemovedOrSetAside} removes files.
 *
 * @param made the products in declared order, matches of globs sorted
 * @param owned the products and the depfile, as paths that torc may delete while they are unaltered
 * @param depfile null if the job has none, or left none
 * @param files the number of files of the products, with each member of a folder
 * @param folders the folders among the products, with their members
 * @param dotted files that only a leading dot keeps out of a glob; after {@link #written}, those
 *     that the run wrote
 */
public record ProductScan(
    List<RecordedProduct> made,
    List<OwnedPath> owned,
    RecordedProduct depfile,
    int files,
    List<FolderDigest> folders,
    List<String> dotted) {

  static final ProductScan NOTHING = owning(List.of());

  /** Returns the scan of a failed job, which owns paths but has no products. */
  static ProductScan owning(List<OwnedPath> owned) {
    return new ProductScan(List.of(), owned, null, 0, List.of(), List.of());
  }

  /** Returns the scan of a job that did not run; these products belong to the user. */
  public ProductScan adopted(Predicate<String> which) {
    List<OwnedPath> adopted = owned.stream().map(own -> own.as(which.test(own.path()))).toList();
    return new ProductScan(made, adopted, depfile, files, folders, List.of());
  }

  /** Returns the folders among the products that have no files at any depth. */
  public List<String> emptyFolders() {
    List<String> empty = new ArrayList<>(0);
    int next = 0;
    for (RecordedProduct product : folders.isEmpty() ? List.<RecordedProduct>of() : made) {
      if (product.kind() == FileKind.FOLDER
          && folders.get(next++).members().stream()
              .allMatch(member -> member.kind() == FileKind.FOLDER)) {
        empty.add(product.path());
      }
    }
    return empty;
  }

  /** Returns whether a restore could put back all that the job made. */
  boolean isWhole() {
    return dotted.isEmpty() && folders.stream().allMatch(folder -> folder.gits().isEmpty());
  }

  /** Returns a copy with those dotted files that job {@code id} wrote and no job declares. */
  ProductScan written(Graph graph, int id, DigestMemo digests, Stamp begin) throws IOException {
    List<String> written = new ArrayList<>(0);
    for (String path : dotted) {
      boolean declared = graph.makerOf(path) >= 0 || path.equals(graph.job(id).depfile());
      if (!declared && digests.linkStamp(path).ctime() >= begin.ctime()) {
        written.add(path);
      }
    }
    return new ProductScan(made, owned, depfile, files, folders, written);
  }

  /** A file, after following symlinks, and the recorded path of the product to which it belongs. */
  public record Seen(String path, String product, Stamp stamp, Digest digest) {}

  public static ProductScan of(ProductRoots grounds, DigestMemo digests, Job job, boolean strict)
      throws IOException {
    return of(grounds, digests, job, strict, () -> {}, null);
  }

  /**
   * Scans what a job left.
   *
   * @param grounds where products may lie: a symlink's target elsewhere is not a product (rule 13)
   * @param strict whether a missing product, or one elsewhere, is an {@link AttemptFailure} (rule
   *     7)
   * @param slow called, perhaps often, if the scan may take longer than the start of a job
   * @param seen takes each file; may be null
   */
  static ProductScan of(
      ProductRoots grounds,
      DigestMemo digests,
      Job job,
      boolean strict,
      Runnable slow,
      List<Seen> seen)
      throws IOException {
    Look look = new Look(grounds, digests, job, strict, slow, seen);
    look.all();
    return new ProductScan(
        List.copyOf(look.made), look.owned, look.depfile, look.files, look.folders, look.dotted);
  }

  /**
   * Returns the folder that must be within the grounds for a product; empty for the root. For a
   * file, that is its parent, since a symlink in its place is moved aside. For a folder, it is the
   * folder itself, since a symlink in its place is followed.
   */
  public static String folder(Ref product) {
    if (product instanceof Ref.OfFile file) {
      return UserPaths.parent(file.path());
    }
    return product instanceof Ref.OfFolder folder
        ? folder.path()
        : Glob.of(((Ref.OfGlob) product).pattern()).fixedPrefix();
  }

  /**
   * Returns the message about a product of the wrong kind; if nothing is there, {@code missing}
   * ends the message.
   */
  public static String lack(String path, FileKind there, String missing) {
    return switch (there) {
      case MISSING -> "product " + path + " " + missing;
      case FOLDER -> "product %s is a folder; declare %s/".formatted(path, path);
      default -> "product %s/ is a file; declare it without the slash".formatted(path);
    };
  }

  /** One scan, with everything found so far. */
  private static final class Look {

    /** Scanning this many products of fewer than {@code LARGE} bytes takes hardly any time. */
    private static final int FEW = 4;

    private static final long LARGE = 64 << 10;

    private final ProductRoots grounds;
    private final DigestMemo digests;
    private final Job job;
    private final boolean strict;
    private final Runnable slow;
    private final List<Seen> seen;
    private final List<RecordedProduct> made = new ArrayList<>();
    private final List<OwnedPath> owned = new ArrayList<>();
    private final List<FolderDigest> folders = new ArrayList<>(0);
    private final List<String> dotted = new ArrayList<>(0);
    private RecordedProduct depfile;
    private int files;
    private String last = ""; // the last folder that was found within the grounds

    Look(
        ProductRoots grounds,
        DigestMemo digests,
        Job job,
        boolean strict,
        Runnable slow,
        List<Seen> seen) {
      this.grounds = grounds;
      this.digests = digests;
      this.job = job;
      this.strict = strict;
      this.slow = slow;
      this.seen = seen;
    }

    void all() throws IOException {
      if (job.depfile() != null || job.productRefs().size() > FEW) {
        slow.run();
      }
      for (Ref ref : job.productRefs()) {
        if (!lies(ref.text(), folder(ref))) {
          continue;
        }
        if (ref instanceof Ref.OfFile file) {
          add(file.path(), FileKind.FILE, find(file.path()));
        } else if (ref instanceof Ref.OfFolder folder) {
          add(folder.path(), FileKind.FOLDER, find(folder.path()));
        } else if (ref instanceof Ref.OfGlob of) {
          slow.run();
          Glob glob = of.glob();
          List<String> found = matches(glob, of.excludes());
          addAll(found.stream().filter(glob::matches).toList());
          found.stream()
              .filter(path -> !glob.matches(path) && !Excludes.namesPart(of.excludes(), path))
              .forEach(dotted::add);
        }
      }
      if (job.depfile() != null && lies(job.depfile(), UserPaths.parent(job.depfile()))) {
        KnownDigest known = digests.product(job.depfile());
        if (known.stamp().kind() == FileKind.FILE) {
          Stamp self = digests.linkStamp(job.depfile());
          depfile = product(job.depfile(), self, known, known.stamp().size());
          owned.add(depfile.owned(job.name()));
          saw(job.depfile(), job.depfile(), known.stamp(), known.digest());
        }
      }
    }

    /** Returns the files that a glob matches, with those that only a leading dot keeps out. */
    private List<String> matches(Glob glob, List<Glob> excludes) throws IOException {
      try {
        return GlobWalk.files(grounds.root(), glob.dotted(), excludes, digests.stop());
      } catch (IOException e) { // a folder with a leading dot must not fail the job
        return GlobWalk.files(grounds.root(), glob, excludes, digests.stop());
      }
    }

    private boolean lies(String product, String folder) throws IOException {
      // Most products of a job lie in one folder.
      Path outside = folder.equals(last) ? null : grounds.outside(folder);
      if (outside != null && strict) {
        throw new AttemptFailure(ProductRoots.refusal(product, outside));
      }
      last = outside == null ? folder : last;
      return outside == null;
    }

    /**
     * The file at a path; {@code self} is the stamp of the path itself, even if it is a symlink.
     */
    private record Found(Stamp self, KnownDigest known) {}

    private Found find(String path) throws IOException {
      Stamp self = digests.linkStamp(path);
      if (self.kind() != FileKind.FILE || self.size() >= LARGE) {
        slow.run();
      }
      return new Found(
          self, self.kind() == FileKind.LINK ? digests.product(path) : digests.product(path, self));
    }

    private void addAll(List<String> paths) throws IOException {
      Found[] found = new Found[paths.size()];
      ParallelShares.each(found.length, i -> found[i] = find(paths.get(i)));
      for (int i = 0; i < found.length; i++) {
        add(paths.get(i), FileKind.FILE, found[i]);
      }
    }

    private void add(String path, FileKind kind, Found found) throws IOException {
      KnownDigest known = found.known;
      FileKind there = known.stamp().kind();
      if (there != kind) {
        if (strict && there == FileKind.MISSING) {
          String near = NearestPath.inParentheses(grounds.root().resolve(path), path);
          String what = "exit 0, but " + SafeText.name(path) + " was not written" + near;
          throw new AttemptFailure(what, path);
        } else if (strict) {
          throw new AttemptFailure(lack(SafeText.name(path), there, ""));
        }
        return;
      }
      long size = known.stamp().size();
      Digest git = null;
      if (kind == FileKind.FOLDER) {
        FolderDigest folder = digests.productFolder(path);
        folders.add(folder);
        known = new KnownDigest(known.stamp(), folder.digest(), false);
        if (seen != null) {
          for (Member member : folder.members()) {
            if (member.kind() == FileKind.FILE) {
              saw(FolderDigest.join(path, member.path()), path, member.stamp(), member.digest());
            }
          }
        }
        git = GitState.of(grounds.root().resolve(path), folder.gits());
        size = folder.bytes();
        files += folder.members().size();
      } else {
        files++;
        saw(path, path, known.stamp(), known.digest());
      }
      made.add(product(path, found.self, known, size));
      owned.add(made.getLast().owned(job.name()).with(git));
    }

    private RecordedProduct product(String path, Stamp self, KnownDigest known, long size)
        throws IOException {
      Path place = self.kind() == FileKind.LINK ? grounds.root().resolve(path) : null;
      String link = place == null ? null : Files.readSymbolicLink(place).toString();
      return new RecordedProduct(path, known.stamp().kind(), known.product(), size, link);
    }

    private void saw(String path, String product, Stamp stamp, Digest digest) {
      if (seen != null) {
        seen.add(new Seen(path, product, stamp, digest));
      }
    }
  }
}
