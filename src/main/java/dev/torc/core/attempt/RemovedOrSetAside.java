package dev.torc.core.attempt;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.FolderDigest.Member;
import dev.torc.base.digests.FolderPart;
import dev.torc.base.digests.GitState;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.attempt.ClearedProducts.Added;
import dev.torc.core.attempt.FolderEmptying.Emptied;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Applies rule 15: clears the places of products. A file that torc recorded and finds unaltered
 * goes to the local store or is deleted; anything else is the user's and is set aside, which is
 * reported. Used before a run and by {@code clean}; it knows no manifest and no verdict.
 *
 * @param grounds the folders in which products may lie
 * @param build names the folder of set-aside files
 * @param stored the local store, which takes results that may be restored later; null for none
 * @param note receives a line for each thing that was moved
 */
public record RemovedOrSetAside(
    CachePlace place,
    ProductRoots grounds,
    String build,
    Cache cache,
    DigestMemo digests,
    ProductStore stored,
    Consumer<String> note) {

  /**
   * An unaltered product. {@code linked} says whether a file of it has another hard link. {@code
   * members} is null except for a folder; {@code gits} are as in {@link FolderDigest}.
   */
  public record Standing(long bytes, boolean linked, List<Member> members, List<String> gits) {

    Standing(long bytes, boolean linked) {
      this(bytes, linked, null, List.of());
    }

    public static Standing of(FolderDigest folder) {
      boolean linked = folder.members().stream().anyMatch(each -> each.stamp().hasOtherName());
      return new Standing(folder.bytes(), linked, folder.members(), folder.gits());
    }
  }

  public ClearedProducts clearing() {
    return stored == null ? new ClearedProducts() {} : stored.clearing(this::aside);
  }

  public MovesAside aside() {
    return aside(build);
  }

  /** Returns what moves files to a folder of this name in the folder of files set aside. */
  private MovesAside aside(String folder) {
    return new MovesAside(place, grounds, folder, note);
  }

  /**
   * Checks rule 13 again before anything is moved: an earlier job may have made a link that leads
   * out of {@code grounds}. Returns whether a link is on the way to any product.
   */
  boolean refuseOutside(Job job, List<OwnedPath> stale) throws IOException {
    String last = "";
    boolean linked = false;
    for (Ref ref : job.productRefs()) {
      String folder = ProductScan.folder(ref);
      if (!folder.equals(last)) {
        linked |= refuseOutside(ref.text(), folder);
        last = folder;
      }
    }
    if (job.depfile() != null) {
      linked |= refuseOutside(job.depfile(), UserPaths.parent(job.depfile()));
    }
    for (OwnedPath owned : stale) {
      refuseOutside(owned.path(), UserPaths.parent(owned.path()));
    }
    return linked;
  }

  private boolean refuseOutside(String product, String folder) throws IOException {
    boolean linked = !grounds.staysBelow(folder);
    Path outside = linked ? grounds.outside(folder) : null;
    if (outside != null) {
      throw new AttemptFailure(ProductRoots.refusal(product, outside));
    }
    return linked;
  }

  /**
   * Clears the places of all products of a job that is about to run, except those in {@code
   * standing}. Returns whether the folders of all products are known to exist.
   *
   * @param persist whether products that torc made stay in place
   * @param handed whether the job is handed out: its files are moved aside later, at its submission
   *     or when it begins, and another class decides about them
   */
  public boolean clear(
      Job job, boolean persist, boolean handed, ClearedProducts cleared, Set<String> standing)
      throws IOException {
    boolean stays = handed && !persist;
    return clear(job, handed, new Clearing(persist, stays, cleared, standing, false, null));
  }

  /** Sets aside what is in the places of a job's products, so that it begins anew. */
  void setAside(Job job, ClearedProducts cleared) throws IOException {
    clear(job, false, new Clearing(false, false, cleared, Set.of(), false, "the job begins anew"));
  }

  private boolean clear(Job job, boolean handed, Clearing clearing) throws IOException {
    boolean there = true;
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        there &= clear(file.path(), clearing);
      } else if (ref instanceof Ref.OfFolder folder) {
        clear(folder.path(), clearing.ofFolder());
        there = false;
      } else if (ref instanceof Ref.OfGlob glob) {
        there = false;
        for (String path : clearing.stays ? List.<String>of() : matches(glob)) {
          clear(path, clearing);
        }
      }
    }
    if (job.depfile() != null) {
      there &=
          clear(
              job.depfile(),
              new Clearing(false, handed, clearing.cleared, clearing.standing, false, null));
    }
    return there;
  }

  private List<String> matches(Ref.OfGlob glob) throws IOException {
    return GlobWalk.files(place.root(), glob.glob(), glob.excludes(), digests.stop());
  }

  /** Returns the existing matches of a job's globs, which are moved aside at its submission. */
  public List<String> matched(Job job, boolean persist) throws IOException {
    List<String> matched = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfGlob glob && !persist) {
        matched.addAll(matches(glob));
      }
    }
    return matched;
  }

  /**
   * How to clear the places of a job's products: torc's own products stay if {@code persist},
   * everything stays if {@code stays}, and {@code folder} says whether the product is a folder. If
   * {@code aside} is not null, it says why torc's own products are set aside as well.
   */
  private record Clearing(
      boolean persist,
      boolean stays,
      ClearedProducts cleared,
      Set<String> standing,
      boolean folder,
      String aside) {

    Clearing ofFolder() {
      return new Clearing(persist, stays, cleared, standing, true, aside);
    }
  }

  private boolean clear(String path, Clearing how) throws IOException {
    Path file = place.root().resolve(path);
    Stamp self = digests.linkStamp(path);
    if (!self.exists()) {
      return clearAbove(file, how.cleared);
    }
    if (how.stays || how.standing.contains(path)) {
      return true;
    }
    try (FolderHandle holder = grounds.holder(file)) {
      return clear(path, file, self, holder, how);
    }
  }

  private boolean clear(String path, Path file, Stamp self, FolderHandle holder, Clearing how)
      throws IOException {
    Path name = file.getFileName();
    FolderPart part = part(path, file);
    if (part != null) {
      try (FolderHandle folder = holder.enter(name)) {
        if (part.isEmpty(folder)) {
          return true;
        }
      }
    }
    OwnedPath owned = cache.owned(path);
    Standing standing = how.aside == null ? ours(owned, self) : null;
    if (how.folder && how.aside == null && !how.persist && self.kind() == FileKind.FOLDER) {
      try (FolderHandle folder = holder.enter(name)) {
        Emptied emptied =
            (from, members) ->
                !standing.linked
                    && how.cleared.store(owned, from, members, standing.bytes) == Added.MOVED;
        new FolderEmptying(this).empty(owned, folder, part, standing, emptied);
      }
    } else if (standing == null && how.persist) {
      aside().copy(file, part);
    } else if (standing == null) {
      aside().move(file, holder, name, part, how.aside == null ? MovesAside.ALTERED : how.aside);
    } else if (!how.persist) {
      storeOrDelete(owned, holder, name, standing, how.cleared);
    }
    return true;
  }

  /** Moves an unaltered product from its present folder to the store, or deletes it. */
  public void storeOrDelete(
      OwnedPath owned, FolderHandle from, Path name, Standing standing, ClearedProducts cleared)
      throws IOException {
    boolean whole = true;
    if (standing.members != null) {
      try (FolderHandle folder = from.enter(name)) {
        whole = members(owned, from, name, standing).sort(folder);
      }
    }
    if (!whole || standing.linked || !taken(owned, from, name, standing, cleared)) {
      remove(owned, from, name, standing);
    }
  }

  /**
   * Gives a product without its excluded members to the store. If it returns false, the product
   * stays, and the caller removes it.
   */
  private boolean taken(
      OwnedPath owned, FolderHandle from, Path name, Standing standing, ClearedProducts cleared)
      throws IOException {
    Path apart = apart(owned, from, name);
    if (apart == null) {
      return cleared.store(owned, from, name, standing.bytes) == Added.MOVED;
    }
    try (FolderHandle tmp = FolderHandle.of(apart.getParent())) {
      if (cleared.store(owned, tmp, apart.getFileName(), standing.bytes) != Added.MOVED) {
        tmp.remove(apart.getFileName());
      }
    }
    return true;
  }

  private KnownMembers members(OwnedPath owned, FolderHandle from, Path name, Standing standing) {
    Path file = place.root().resolve(owned.path());
    FolderPart part = part(owned.path(), from.path().resolve(name));
    return KnownMembers.of(file, standing, part, aside());
  }

  /** Removes an unaltered product from its present folder, and sets aside anything new in it. */
  public void remove(OwnedPath owned, FolderHandle from, Path name, Standing standing)
      throws IOException {
    if (standing.members == null) {
      from.removeFile(name);
    } else {
      members(owned, from, name, standing).remove(from, name);
    }
  }

  /** Removes everything in the place of a product except excluded members. */
  public void removeAll(OwnedPath owned, FolderHandle from, Path name) throws IOException {
    FolderPart part = part(owned.path(), from.path().resolve(name));
    if (part != null) {
      part.remove(from, name);
    } else if (from.status(name).isFolder()) {
      try (FolderHandle folder = from.enter(name)) {
        folder.empty();
      }
      KnownMembers.removeEmptied(from, name);
    } else {
      from.removeFile(name);
    }
  }

  /**
   * Moves a folder product without its excluded members to a new temporary folder, and returns that
   * folder; null if nothing is excluded or there is no store.
   */
  private Path apart(OwnedPath owned, FolderHandle from, Path name) throws IOException {
    FolderPart part = stored == null ? null : part(owned.path(), from.path().resolve(name));
    if (part == null) {
      return null;
    }
    Path fresh = stored.freshFolder();
    part.move(from, name, fresh, MovesAside::moveInto);
    return fresh;
  }

  /** Returns the part of a folder product that is not excluded; null if nothing is excluded. */
  public FolderPart part(String path, Path file) {
    FolderDigest.Excluded excluded = digests.excluded(path);
    return excluded != null && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
        ? new FolderPart(excluded)
        : null;
  }

  /**
   * Returns a product that torc made, if it is readable and unaltered; else null. {@code seen} is
   * its stamp, or that of the link in its place, if just taken; else null.
   */
  public Standing ours(OwnedPath owned, Stamp seen) {
    return owned == null || !owned.isRemovable()
        ? null
        : Io.or(() -> standing(owned, owned.path(), seen, digests), null);
  }

  /** Clears away a product in the place of a folder; returns whether the folder exists. */
  private boolean clearAbove(Path file, ClearedProducts cleared) throws IOException {
    Path above = file.getParent();
    Stamp stamp = digests.linkStamp(above.toString());
    if (stamp.kind() == FileKind.FOLDER) {
      return true;
    }
    while (above.startsWith(place.root()) && !stamp.exists()) {
      above = above.getParent();
      stamp = digests.linkStamp(above.toString());
    }
    if (stamp.kind() != FileKind.FOLDER
        && above.startsWith(place.root())
        && digests.stamp(above.toString()).kind() != FileKind.FOLDER) {
      OwnedPath owned = cache.owned(place.root().relativize(above).toString());
      Standing standing = ours(owned, null);
      if (standing != null) {
        try (FolderHandle holder = grounds.holder(above)) {
          storeOrDelete(owned, holder, above.getFileName(), standing, cleared);
        }
      }
    }
    return false;
  }

  /** Returns whether torc made a product, may delete it, and finds it unaltered. */
  public boolean unaltered(OwnedPath owned) throws IOException {
    return owned != null && owned.isRemovable() && asRecorded(owned);
  }

  public boolean asRecorded(OwnedPath owned) throws IOException {
    return standing(owned) != null;
  }

  public Standing standing(OwnedPath owned) throws IOException {
    return standing(owned, owned.path(), null, digests);
  }

  /** Returns the product at a path if unaltered, else null; {@code seen} is its stamp, or null. */
  public Standing standing(OwnedPath owned, String path, Stamp seen, DigestMemo memo)
      throws IOException {
    Stamp self = seen == null ? memo.linkStamp(path) : seen;
    if (owned.kind() == FileKind.LINK) {
      Digest text = memo.digestNow(path, FileKind.LINK);
      return owned.digest().equals(text) ? new Standing(0, false) : null;
    }
    if (self.kind() == FileKind.LINK) {
      return null;
    }
    KnownDigest known = memo.of(path, self);
    if (known.stamp().kind() != owned.kind()) {
      return null;
    }
    if (owned.kind() == FileKind.FILE) {
      return known.product().equals(owned.digest())
          ? new Standing(known.stamp().size(), known.stamp().hasOtherName())
          : null;
    }
    FolderDigest folder = memo.folder(path, memo.excluded(owned.path()));
    return folder.digest().equals(owned.digest())
            && folder.complete()
            && !hasWork(owned, folder, path)
        ? Standing.of(folder)
        : null;
  }

  /** Returns whether a folder may hold commits that it did not hold at the end of its run. */
  private boolean hasWork(OwnedPath owned, FolderDigest folder, String path) {
    Path at = place.root().resolve(path);
    return !folder.gits().isEmpty() // an unreadable one may
        && Io.or(() -> !GitState.of(at, folder.gits()).equals(owned.git()), true);
  }

  /** Returns the folder at a path if it may hold commits since its run; else null. */
  public FolderDigest work(OwnedPath owned) throws IOException {
    boolean is = digests.linkStamp(owned.path()).kind() == FileKind.FOLDER;
    FolderDigest folder = is ? digests.folder(owned.path(), false) : null;
    return is && hasWork(owned, folder, owned.path()) ? folder : null;
  }

  /**
   * Moves a product that no job declares anymore out of all needed globs and folders. Only the
   * first of several jobs finds it.
   */
  synchronized void clearStale(OwnedPath owned, ClearedProducts cleared) throws IOException {
    if (!digests.linkStamp(owned.path()).exists()) {
      return;
    }
    Standing standing = ours(owned, null);
    Path file = place.root().resolve(owned.path());
    String why = "no job produces it anymore";
    try (FolderHandle from = grounds.holder(file)) {
      Path name = file.getFileName();
      Added added =
          standing == null || standing.linked
              ? Added.STAYED
              : cleared.store(owned, from, name, standing.bytes);
      if (added == Added.STAYED) {
        aside().move(file, from, name, part(owned.path(), file), why);
        return;
      }
      if (added == Added.THERE) {
        remove(owned, from, name, standing);
      }
    }
    note.accept(
        "moved %s to %s: %s".formatted(owned.path(), MovesAside.shown(place, place.store()), why));
  }
}
