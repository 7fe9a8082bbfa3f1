package dev.torc.engine;

import dev.torc.engine.Attempt.AttemptFailure;
import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.plan.AllowedRoots;
import dev.torc.plan.JobSelection.UserPaths;
import dev.torc.posix.FileTree;
import dev.torc.posix.GroupAccess;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.results.LocalResults;
import dev.torc.results.Result;
import dev.torc.syntax.GlobWalk;
import dev.torc.text.Refusal;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Rule 15: takes away what is in the places of products. What torc recorded and finds unaltered
 * goes to the local store, or is deleted; anything else is the user's and moves to a folder of kept
 * things, with a line. Used before a run and by clean; it knows no manifest and no verdict.
 *
 * @param grounds where products may lie
 * @param build names the folder of kept things
 * @param kept the local store, which takes results that may be restored later; null for none
 * @param note takes a line for each thing that was moved
 */
public record ProductRemoval(
    CachePlace place,
    AllowedRoots grounds,
    String build,
    Cache cache,
    DigestMemo digests,
    LocalResults kept,
    Consumer<String> note) {

  private static final String ALTERED = "torc did not make it as it is";

  /**
   * A product that stands as it was recorded.
   *
   * @param linked whether a file of it has another name, by a hard link
   */
  private record Standing(long bytes, boolean linked) {}

  /** A new account of the products that one attempt clears away. */
  ClearedProducts clearing() {
    return new ClearedProducts();
  }

  /**
   * Checks rule 13 again before anything is moved, because a job may have made a link since that
   * leads out of the grounds. Throws an {@link AttemptFailure} if one does.
   */
  void refuseOutside(Job job, List<OwnedPath> stale) throws IOException {
    String last = "";
    for (Ref ref : job.productRefs()) {
      String folder = ProductScan.folder(ref);
      if (!folder.equals(last)) {
        refuseOutside(ref.text(), folder);
        last = folder;
      }
    }
    if (job.depfile() != null) {
      refuseOutside(job.depfile(), UserPaths.parent(job.depfile()));
    }
    for (OwnedPath owned : stale) {
      refuseOutside(owned.path(), UserPaths.parent(owned.path()));
    }
  }

  private void refuseOutside(String product, String folder) throws IOException {
    Path outside = grounds.outside(folder);
    if (outside != null) {
      throw new AttemptFailure(AllowedRoots.refusal(product, outside));
    }
  }

  /**
   * Clears the places of all products of a job that is about to run.
   *
   * @param persist whether products that torc made stay in place
   * @param handed whether it is handed out: then what stands there is moved aside at its
   *     submission, or when it begins, and {@link #sort} decides about it
   * @param cleared takes the products that the store keeps
   * @param standing paths of products that are in place already, and stay
   * @return whether it saw the folders of all products; else some may have to be made
   */
  boolean clear(
      Job job, boolean persist, boolean handed, ClearedProducts cleared, Set<String> standing)
      throws IOException {
    Clearing clearing = new Clearing(persist, handed && !persist, cleared, standing);
    boolean there = true;
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        there &= clear(file.path(), clearing);
      } else if (ref instanceof Ref.OfFolder folder) {
        clear(folder.path(), clearing);
        there = false;
      } else if (ref instanceof Ref.OfGlob glob) {
        there = false;
        for (String path : clearing.stays ? List.<String>of() : matches(glob)) {
          clear(path, clearing);
        }
      }
    }
    if (job.depfile() != null) {
      there &= clear(job.depfile(), new Clearing(false, handed, cleared, standing));
    }
    return there;
  }

  private List<String> matches(Ref.OfGlob glob) throws IOException {
    return GlobWalk.of(place.root(), glob.glob(), glob.excludes(), digests.stop());
  }

  /** The files that match the globs of a handed-out job: they move aside before its submission. */
  List<String> matched(Job job, boolean persist) throws IOException {
    List<String> matched = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfGlob glob && !persist) {
        matched.addAll(matches(glob));
      }
    }
    return matched;
  }

  /**
   * How the places of a job's products are cleared.
   *
   * @param persist whether products that torc made stay where they are
   * @param stays whether everything stays where it is
   */
  private record Clearing(
      boolean persist, boolean stays, ClearedProducts cleared, Set<String> standing) {}

  private boolean clear(String path, Clearing how) throws IOException {
    Path file = place.root().resolve(path);
    Stamp self = digests.linkStamp(path);
    if (!self.exists()) {
      return clearAbove(file, how.cleared);
    }
    if (how.stays || how.standing.contains(path)) {
      return true;
    }
    FolderPart part = part(path, file);
    if (part != null && part.isEmpty(file)) {
      return true;
    }
    OwnedPath owned = cache.owned(path);
    Standing standing = ours(owned, self);
    if (standing == null) {
      keep(file, file, how.persist, ALTERED);
    } else if (!how.persist) {
      away(owned, file, standing, how.cleared);
    }
    return true;
  }

  /** Moves an unaltered product to the store, or deletes it if the store does not take it. */
  private void away(OwnedPath owned, Path file, Standing standing, ClearedProducts cleared)
      throws IOException {
    if (standing.linked || !cleared.take(owned, apart(owned, file), standing.bytes)) {
      remove(owned, file);
    }
  }

  /** Removes a product; what is excluded from it stays. */
  void remove(OwnedPath owned, Path file) throws IOException {
    FolderPart part = part(owned.path(), file);
    if (part == null) {
      FileTree.remove(file);
    } else {
      part.remove(file);
    }
  }

  /**
   * The path of a product without what is excluded from it: if anything is, its members move to a
   * new folder among torc's temporary ones.
   */
  Path apart(OwnedPath owned, Path file) throws IOException {
    FolderPart part = kept == null ? null : part(owned.path(), file);
    if (part == null) {
      return file;
    }
    Path fresh = kept.freshFolder();
    part.move(file, fresh);
    return fresh;
  }

  /** What to take of a folder product; null where nothing is excluded from it. */
  private FolderPart part(String path, Path file) {
    FolderDigest.Excluded excluded =
        Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) ? digests.excluded(path) : null;
    return excluded == null ? null : new FolderPart(excluded);
  }

  /**
   * Applies rule 15 to what was moved aside from the place of a product whose job began: what torc
   * made, unaltered, goes to the store or is deleted; anything else moves to the kept things.
   *
   * @param product the absolute path of that place
   * @param aside where the thing is now, if anything was moved
   */
  void sort(Path product, Path aside, ClearedProducts cleared) throws IOException {
    if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    FolderPart part = part(shown(product), aside);
    if (part != null) {
      part.restore(aside, product);
    }
    OwnedPath owned = cache.owned(shown(product));
    DigestMemo fresh = digests.endless(); // asked for one path, after a signal too
    Standing standing =
        owned == null || owned.adopted() ? null : standing(owned, aside.toString(), null, fresh);
    if (standing == null) {
      keep(product, aside, false, ALTERED);
    } else {
      away(owned, aside, standing, cleared);
    }
  }

  /**
   * Puts back what was moved aside from the place of a product whose job never began. If something
   * else stands there by now, does as {@link #sort}.
   *
   * @param product the absolute path of that place
   */
  void putBack(Path product, Path aside, ClearedProducts cleared) throws IOException {
    if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isDirectory(product, LinkOption.NOFOLLOW_LINKS)) {
      OwnFile.removeEmpty(product); // the job's script made it
    }
    if (Files.exists(product, LinkOption.NOFOLLOW_LINKS)) {
      sort(product, aside, cleared);
    } else {
      Files.createDirectories(product.getParent());
      move(aside, product);
    }
  }

  /**
   * What torc made, if it stands unaltered; null for anything else, and for what cannot be read.
   *
   * @param seen the stamp just taken there, for a link its own; null for none
   */
  private Standing ours(OwnedPath owned, Stamp seen) {
    try {
      return owned == null || owned.adopted() ? null : standing(owned, owned.path(), seen, digests);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Clears away an earlier product that stands where a folder above a product has to be.
   *
   * @return whether the product's folder is there
   */
  private boolean clearAbove(Path file, ClearedProducts cleared) throws IOException {
    Path above = file.getParent();
    Stamp stamp = digests.linkStamp(above.toString());
    if (stamp.kind() == Stamp.FileKind.FOLDER) {
      return true;
    }
    while (above.startsWith(place.root()) && !stamp.exists()) {
      above = above.getParent();
      stamp = digests.linkStamp(above.toString());
    }
    if (stamp.kind() != Stamp.FileKind.FOLDER
        && above.startsWith(place.root())
        && digests.stamp(above.toString()).kind() != Stamp.FileKind.FOLDER) {
      OwnedPath owned = cache.owned(place.root().relativize(above).toString());
      Standing standing = ours(owned, null);
      if (standing != null) {
        away(owned, above, standing, cleared);
      }
    }
    return false;
  }

  /** Whether torc made what stands at a path, may delete it, and finds it as it was recorded. */
  public boolean unaltered(OwnedPath owned) throws IOException {
    return owned != null && !owned.adopted() && asRecorded(owned);
  }

  /** Whether what stands at a recorded path is what was recorded. */
  public boolean asRecorded(OwnedPath owned) throws IOException {
    return standing(owned, owned.path(), null, digests) != null;
  }

  /**
   * What stands at a path, if it is what was recorded; else null.
   *
   * @param seen the stamp just taken there, for a link its own; null for none
   */
  private Standing standing(OwnedPath owned, String path, Stamp seen, DigestMemo memo)
      throws IOException {
    Stamp self = seen == null ? memo.linkStamp(path) : seen;
    if (owned.kind() == Stamp.FileKind.LINK) {
      Digest text = memo.standing(path, Stamp.FileKind.LINK);
      return owned.digest().equals(text) ? new Standing(0, false) : null;
    }
    if (self.kind() == Stamp.FileKind.LINK) {
      return null;
    }
    KnownDigest known = memo.of(path, self);
    if (known.stamp().kind() != owned.kind()) {
      return null;
    }
    if (owned.kind() == Stamp.FileKind.FILE) {
      return known.product().equals(owned.digest())
          ? new Standing(known.stamp().size(), known.stamp().hasOtherName())
          : null;
    }
    FolderDigest folder = memo.folder(path, memo.excluded(owned.path()));
    if (!folder.digest().equals(owned.digest()) || !folder.complete()) {
      return null;
    }
    boolean linked = folder.members().stream().anyMatch(each -> each.stamp().hasOtherName());
    return new Standing(folder.bytes(), linked);
  }

  /**
   * Moves a product that no job declares any more out of the way of a job whose needed glob or
   * folder matches it. Of several such jobs the first one moves it; the others find nothing there.
   */
  synchronized void keepStale(OwnedPath owned, ClearedProducts cleared) throws IOException {
    if (!digests.linkStamp(owned.path()).exists()) {
      return;
    }
    Standing standing = ours(owned, null);
    Path file = place.root().resolve(owned.path());
    String why = "no job produces it any more";
    if (standing == null || standing.linked || !cleared.take(owned, file, standing.bytes)) {
      keep(file, file, false, why);
    } else {
      note.accept("moved %s to %s: %s".formatted(owned.path(), shown(place.store()), why));
    }
  }

  /**
   * Moves (or copies) a thing to the folder of kept things, and says so.
   *
   * @param file where it stood
   * @param from where it is now
   */
  private void keep(Path file, Path from, boolean copy, String why) throws IOException {
    AllowedRoots.Spot spot = grounds.spot(file);
    Path to = free(keptPlace(spot, file));
    Path ground = spot == null ? place.root() : spot.ground();
    makeKept(ground, to.getParent(), spot == null ? place.group() : GroupAccess.of(ground));
    FolderPart part = part(shown(file), from);
    if (copy && part != null) {
      part.copy(from, to);
    } else if (copy) {
      FileTree.copy(from, to);
    } else if (part != null) {
      part.move(from, to);
    } else if (!move(from, to)) {
      return;
    }
    note.accept(
        "%s %s to %s: %s".formatted(copy ? "copied" : "moved", shown(file), shown(to), why));
  }

  /**
   * Makes the folders of kept things. If a group of users writes to the ground, its members may use
   * these folders, and no other user may.
   */
  private static void makeKept(Path ground, Path last, GroupAccess group) throws IOException {
    OwnFile.folders(ground, last);
    if (!group.isNone()) {
      Path at = ground;
      for (Path name : ground.relativize(last)) {
        at = at.resolve(name);
        if (!at.endsWith(".torc")) {
          group.giveAlone(at);
        }
      }
    }
  }

  /** Moves a file or folder; returns false if it is not there any more. */
  private static boolean move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      FileTree.copy(from, to); // across file systems a folder cannot be renamed
      FileTree.remove(from);
    }
    return true;
  }

  private String shown(Path path) {
    return shown(place, path);
  }

  /** A path as it is recorded: relative to the root if it lies below the root, else absolute. */
  static String shown(CachePlace place, Path path) {
    Path root = place.root();
    return path.startsWith(root) ? root.relativize(path).toString() : path.toString();
  }

  private Path keptPlace(AllowedRoots.Spot spot, Path file) {
    if (spot != null) {
      Path kept = spot.ground().resolve(CachePlace.KEPT_BELOW_ROOTS).resolve(build);
      return kept.resolve(spot.path().toString());
    }
    return file.startsWith(place.root())
        ? place.kept(build).resolve(place.root().relativize(file).toString())
        : place.kept(build).resolve("outside").resolve(file.getFileName().toString());
  }

  private static Path free(Path wanted) {
    Path free = wanted;
    for (int n = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); n++) {
      free = wanted.resolveSibling(wanted.getFileName() + "." + n);
    }
    return free;
  }

  /**
   * What one attempt clears away for later: unaltered products of good results go to the store, and
   * the first product of a result takes the result's record there. Files of the user are not its
   * job: {@link ProductRemoval} tells them apart. Used by the attempt, and by the loop to make
   * room.
   */
  final class ClearedProducts {

    /** Bytes of the largest log that belongs to a result. */
    private static final int LOG = 1 << 20;

    private final Map<String, Map<String, OwnedPath>> makers = new HashMap<>();
    private final List<OwnedPath> moved = new ArrayList<>();

    private ClearedProducts() {}

    /**
     * Takes over an unaltered product.
     *
     * @param file the absolute path where it stands
     * @return whether it is gone from there; false if the store does not keep it
     */
    boolean take(OwnedPath owned, Path file, long bytes) throws IOException {
      OwnedPath part = keep(owned.job()).get(owned.path());
      return part != null && part.isLike(owned) && kept.add(owned, file, bytes) && moved.add(owned);
    }

    /** Stores the record of a job's result; returns its parts by path, none if it is not kept. */
    Map<String, OwnedPath> keep(String job) throws IOException {
      if (kept == null || kept.isOff()) {
        return Map.of();
      }
      if (!makers.containsKey(job)) {
        makers.put(job, parts(Result.of(cache, job)));
      }
      return makers.get(job);
    }

    private Map<String, OwnedPath> parts(Result result) throws IOException {
      Map<String, OwnedPath> parts = new HashMap<>();
      if (result != null && kept.holds(result.size(), result.terms().files())) {
        result.parts().forEach(part -> parts.put(part.path(), part));
        kept.put(result, said(result, new JobFiles(place, result.job()).log()));
      }
      return parts;
    }

    /**
     * The log of a job, if it belongs to the result; null if it does not, is too long, or is gone.
     */
    static byte[] said(Result of, Path log) throws IOException {
      boolean belongs = of.terms().shown() && OwnFile.stands(log) && Files.size(log) <= LOG;
      return belongs ? OwnFile.read(log) : null;
    }

    /** Makes room on a disk that is nearly full, as far as the store holds anything. */
    void makeRoom() {
      try {
        if (kept != null) {
          kept.makeRoom();
        }
      } catch (IOException e) {
        return; // the next write that needs the room fails too, and that failure is told
      }
    }

    /**
     * Empties the store if an attempt failed, or may have failed, because the disk was full.
     *
     * @param failure the message of the failure
     * @return whether there is more room now
     */
    boolean relieve(String failure) {
      try {
        return kept != null && kept.relieve(failure.endsWith(Refusal.FULL));
      } catch (IOException e) {
        return false;
      }
    }

    /** Takes the products of the run: those made again with the same bytes leave the store. */
    void made(List<OwnedPath> now) throws IOException {
      Map<String, OwnedPath> before = new HashMap<>();
      moved.forEach(part -> before.put(part.path(), part));
      for (OwnedPath each : before.isEmpty() ? List.<OwnedPath>of() : now) {
        OwnedPath part = before.get(each.path());
        if (part != null && each.isLike(part)) {
          kept.madeAgain(part);
        }
      }
    }
  }
}
