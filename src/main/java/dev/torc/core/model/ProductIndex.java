package dev.torc.core.model;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.base.syntax.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Finds the jobs and groups that may make a path, the matches of a glob or the members of a folder.
 * Only this class knows all declared files, folders and globs. Owners are numbers that the caller
 * chooses. The products of groups that are not expanded yet are patterns, which are tried last. An
 * index is immutable: a copy with more owners shares its parts. Thread-safe.
 *
 * @param files all files and folders
 * @param folders the folders among them
 * @param open the patterns of groups that are not expanded yet
 * @param sources paths that these groups do not make, although a pattern of theirs matches
 */
public record ProductIndex(
    PersistentMap<Claim> files,
    NavigableMap<String, Claim> folders,
    PatternIndex globs,
    PatternIndex open,
    Set<String> sources)
    implements FolderDigest.Exclusions {

  /** A file or folder that an owner declares; {@code folder} is null for a file. */
  public record Claim(int owner, Place place, Ref.OfFolder folder) {

    /** Returns the pattern of a file, or of all paths that a folder may contain. */
    public Glob glob(String path) {
      return folder == null ? Glob.of(Glob.escape(path)) : inside(path).without(folder.excludes());
    }
  }

  /** Called for two declarations of one path; the earlier one counts. */
  public interface Clash {
    void of(String path, Claim earlier, Claim later);
  }

  public static final ProductIndex NONE =
      new ProductIndex(
          PersistentMap.none(), new TreeMap<>(), new PatternIndex(), new PatternIndex(), Set.of());

  /** Returns the index of a graph whose products are all files; the claims have no places. */
  static ProductIndex of(StringTable paths, int[] maker) {
    Map<String, Claim> claims = HashMap.newHashMap(maker.length);
    for (int file = 0; file < maker.length; file++) {
      if (maker[file] >= 0) {
        claims.put(paths.text(file), new Claim(maker[file], Place.NONE, null));
      }
    }
    return new ProductIndex(NONE.files.with(claims), NONE.folders, NONE.globs, NONE.open, Set.of());
  }

  /** Returns the index of some owners. */
  public static ProductIndex of(int[] owners, IntFunction<List<Ref>> products, Clash clash) {
    return NONE.with(owners, products, Map.of(), Set.of(), new HashMap<>(), clash);
  }

  /**
   * Returns this index with more owners.
   *
   * @param groups the groups that are still not expanded, by owner; replace those of earlier calls
   * @param notTheirs the sources from now on
   * @param claims gets the files and folders of the owners; must not change after that
   */
  ProductIndex with(
      int[] owners,
      IntFunction<List<Ref>> products,
      Map<Integer, Group> groups,
      Set<String> notTheirs,
      Map<String, Claim> claims,
      Clash clash) {
    NavigableMap<String, Claim> inside = folders;
    PatternIndex patterns = globs;
    for (int owner : owners) {
      for (Ref ref : products.apply(owner)) {
        if (ref instanceof Ref.OfGlob glob) {
          patterns = patterns == globs ? globs.copy() : patterns;
          patterns.add(glob.glob(), owner, glob.place());
          continue;
        }
        Ref.OfFolder folder = ref instanceof Ref.OfFolder of ? of : null;
        String path = folder == null ? ((Ref.OfFile) ref).path() : folder.path();
        Claim claim = new Claim(owner, ref.place(), folder);
        Claim earlier = files.get(path);
        earlier = earlier == null ? claims.putIfAbsent(path, claim) : earlier;
        if (earlier != null) {
          clash.of(path, earlier, claim);
        }
        if (folder != null) {
          inside = inside == folders ? new TreeMap<>(folders) : inside;
          inside.putIfAbsent(path, claim);
        }
      }
    }
    PatternIndex coming = new PatternIndex();
    groups.forEach(
        (owner, group) ->
            group
                .further()
                .products()
                .forEach(ref -> coming.add(pattern(ref), owner, ref.place())));
    return new ProductIndex(files.with(claims), inside, patterns, coming, notTheirs);
  }

  /** Returns the pattern of all paths that a product can have, including a folder's own path. */
  private static Glob pattern(Ref product) {
    return product instanceof Ref.OfFolder folder
        ? Glob.of(Glob.escape(folder.path()) + "{,/**}").without(folder.excludes())
        : inside(product);
  }

  /** Returns the pattern of all paths that a product can match, even those a folder excludes. */
  public static Glob inside(Ref product) {
    return switch (product) {
      case Ref.OfFile file -> Glob.of(Glob.escape(file.path()));
      case Ref.OfGlob glob -> glob.glob();
      case Ref.OfFolder folder -> inside(folder.path());
      case Ref.Exclude _, Ref.OfJob _, Ref.OfData _ ->
          throw new IllegalArgumentException("no kind of product: " + product);
    };
  }

  public static Glob inside(String folder) {
    return Glob.of(folder.equals(".") ? "**" : Glob.escape(folder) + "/**");
  }

  /** Returns whether this index differs from {@code base}, which has files, only by more files. */
  public boolean addsFilesTo(ProductIndex base) {
    return folders == base.folders && globs == base.globs && !base.files.isEmpty();
  }

  /** Returns the patterns of other owners that overlap the given pattern of an owner. */
  public List<Glob> rivals(int owner, Glob produced) {
    List<Glob> rivals = new ArrayList<>(0);
    globs.overlapping(
        produced,
        other -> {
          if (other.job() != owner) {
            rivals.add(other.glob());
          }
        });
    return rivals;
  }

  public long compared() {
    return globs.compared() + open.compared();
  }

  /** Returns the owner of a path, -1 for none. */
  public int owner(String path) {
    Claim claim = files.get(path);
    if (claim == null) {
      claim = folderAround(path, Ref.OfFolder::holds);
    }
    if (claim != null) {
      return claim.owner;
    }
    PatternIndex.Pattern pattern = globs.matching(path);
    pattern = pattern == null && !sources.contains(path) ? open.matching(path) : pattern;
    return pattern == null ? -1 : pattern.job();
  }

  /** Adds the folders that are products, and those in which globs find products. */
  void addFolders(Set<String> to) {
    to.addAll(folders.keySet());
    globs.all().forEach(pattern -> to.add(pattern.glob().fixedPrefix()));
    open.all().forEach(pattern -> to.add(pattern.glob().fixedPrefix()));
  }

  /** Returns whether a path is excluded from the folder product in which it lies. */
  public boolean leavesOut(String path) {
    return folderAround(path, Ref.OfFolder::leavesOut) != null;
  }

  /** Returns the innermost folder around a path for which the test is true; null for none. */
  private Claim folderAround(String path, BiPredicate<Ref.OfFolder, String> test) {
    int slash = folders.isEmpty() ? 0 : path.lastIndexOf('/');
    for (; slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      Claim claim = folders.get(path.substring(0, slash));
      if (claim != null && test.test(claim.folder, path)) {
        return claim;
      }
    }
    return null;
  }

  @Override
  public FolderDigest.Excluded excluded(String folder) {
    Claim claim = folders.get(folder);
    return claim == null ? null : claim.folder.excluded();
  }

  /** Returns whether all products are files, so that no other path has an owner. */
  public boolean arePlain() {
    return folders.isEmpty() && globs.all().isEmpty() && open.all().isEmpty();
  }

  /** Finds the owners of products that a glob could match and that are not entirely excluded. */
  public void matching(Glob glob, List<Glob> excludes, IntConsumer found) {
    String prefix = glob.literalPrefix();
    files.range(
        prefix,
        prefix + Character.MAX_VALUE,
        (path, claim) -> {
          if (glob.matches(path)
              && (excludes.isEmpty() || !Excludes.all(excludes, claim.glob(path)))) {
            found.accept(claim.owner);
          }
        });
    foldersNear(prefix)
        .forEach(
            (path, claim) -> {
              Glob inside = claim.glob(path);
              if (glob.overlaps(inside) && !Excludes.all(excludes, inside)) {
                found.accept(claim.owner);
              }
            });
    Consumer<PatternIndex.Pattern> take = taking(excludes, found);
    globs.overlapping(glob, take);
    open.overlapping(glob, take);
  }

  /** Finds a folder's owner and those of products in it that are not entirely excluded. */
  public void within(String folder, List<Glob> excludes, IntConsumer found) {
    int outer = owner(folder);
    if (outer >= 0) {
      found.accept(outer);
    }
    boolean all = folder.equals(".");
    files.range(
        all ? "" : folder + "/",
        all ? null : folder + "0",
        (path, claim) -> {
          if (excludes.isEmpty() || !Excludes.all(excludes, claim.glob(path))) {
            found.accept(claim.owner);
          }
        });
    Consumer<PatternIndex.Pattern> take = taking(excludes, found);
    for (PatternIndex patterns : List.of(globs, open)) {
      if (all) {
        patterns.all().forEach(take);
      } else {
        patterns.overlapping(inside(folder), take);
      }
    }
  }

  private static Consumer<PatternIndex.Pattern> taking(List<Glob> excludes, IntConsumer found) {
    return pattern -> {
      if (!Excludes.all(excludes, pattern.glob())) {
        found.accept(pattern.job());
      }
    };
  }

  /** Returns the declared folders whose paths start with a text, or that contain it as a path. */
  public Map<String, Claim> foldersNear(String prefix) {
    if (folders.isEmpty()) {
      return Map.of();
    }
    Map<String, Claim> near =
        new TreeMap<>(folders.subMap(prefix, true, prefix + Character.MAX_VALUE, false));
    for (int slash = prefix.indexOf('/'); slash > 0; slash = prefix.indexOf('/', slash + 1)) {
      Claim claim = folders.get(prefix.substring(0, slash));
      if (claim != null) {
        near.put(prefix.substring(0, slash), claim);
      }
    }
    return near;
  }
}
