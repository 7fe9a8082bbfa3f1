package dev.torc.core.model;

import dev.torc.base.digests.FolderDigest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * What an entry of {@code needs}, {@code produces} or {@code after} refers to. Startup code must
 * not {@code switch} over its types: see development.md, laws.
 */
public sealed interface Ref {

  Place place();

  /** Returns a text for messages and manifests; refs to different things have different texts. */
  String text();

  /** Returns whether what is needed or produced may be missing. */
  default boolean optional() {
    return false;
  }

  /** Returns whether a product must not be empty. */
  default boolean nonEmpty() {
    return false;
  }

  /**
   * A file, by normalized path. Of a need with {@code keys}, only the values of these keys count.
   * An optional product is a glob that matches the file alone.
   */
  record OfFile(Place place, String path, boolean optional, List<String> keys, boolean nonEmpty)
      implements Ref {

    public OfFile(Place place, String path) {
      this(place, path, false, List.of(), false);
    }

    @Override
    public String text() {
      return path;
    }
  }

  /** A ref to many files. Only products have excludes here; needs have {@link Exclude} entries. */
  sealed interface OfMany extends Ref {

    List<Glob> excludes();

    OfMany without(List<Glob> excludes);

    boolean holds(String path);

    /** Returns whether a path would belong to this ref but is excluded. */
    boolean leavesOut(String path);
  }

  /** A folder, by normalized path without the trailing slash. */
  record OfFolder(Place place, String path, List<Glob> excludes, boolean optional, boolean nonEmpty)
      implements OfMany {

    public OfFolder(Place place, String path) {
      this(place, path, List.of(), false, false);
    }

    @Override
    public String text() {
      return path + "/";
    }

    @Override
    public OfMany without(List<Glob> excludes) {
      return new OfFolder(place, path, excludes, optional, nonEmpty);
    }

    @Override
    public boolean holds(String other) {
      return other.startsWith(path + "/") && !isExcluded(other);
    }

    @Override
    public boolean leavesOut(String other) {
      return !excludes.isEmpty() && other.startsWith(path + "/") && isExcluded(other);
    }

    /** Returns the excludes, for paths relative to the folder; null for none. */
    public FolderDigest.Excluded excluded() {
      return excludes.isEmpty()
          ? null
          : new FolderDigest.Excluded() {
            @Override
            public boolean member(String inner) {
              return Excludes.path(excludes, path + "/" + inner);
            }

            @Override
            public boolean whole(String inner) {
              return Excludes.folder(excludes, path + "/" + inner);
            }
          };
    }

    private boolean isExcluded(String other) {
      return Excludes.path(excludes, other) || Excludes.folder(excludes, other);
    }
  }

  /** A pattern of {@code * ** ? [a-z] {a,b}} over normalized paths. */
  record OfGlob(
      Place place, String pattern, List<Glob> excludes, boolean optional, boolean nonEmpty)
      implements OfMany {

    public OfGlob(Place place, String pattern) {
      this(place, pattern, List.of(), false, false);
    }

    @Override
    public String text() {
      return pattern;
    }

    public Glob glob() {
      return Glob.of(pattern).without(excludes);
    }

    @Override
    public OfMany without(List<Glob> excludes) {
      return new OfGlob(place, pattern, excludes, optional, nonEmpty);
    }

    @Override
    public boolean holds(String path) {
      return glob().matches(path);
    }

    @Override
    public boolean leavesOut(String path) {
      return Excludes.path(excludes, path) && Glob.of(pattern).matches(path);
    }
  }

  /** A pattern or path that removes its matches from the globs and folders of the same list. */
  record Exclude(Place place, String pattern) implements Ref {
    @Override
    public String text() {
      return "!" + pattern;
    }
  }

  /**
   * All products of a job, or its manifest if it has none. If {@code skips}, instances of a group
   * that failed or were blocked are left out. If {@code optional}, so is a job whose condition does
   * not hold. With {@code rows}, a group's products are in the order of its instances. With a
   * {@code product}, only the products of that name are meant.
   */
  record OfJob(
      Place place, String job, boolean skips, boolean optional, boolean rows, String product)
      implements Ref {

    /** The end of the text of a need that skips failed instances. */
    public static final String SKIPS = " (failed: skip)";

    private static final String ROWS = " (order: rows)";
    private static final String PRODUCT = " (product: ";

    public OfJob(Place place, String job) {
      this(place, job, false, false, false, null);
    }

    @Override
    public String text() {
      return text(job, product, skips, rows);
    }

    static String text(String job, String product, boolean skips, boolean rows) {
      String one = product == null ? "" : PRODUCT + product + ")";
      return "job " + job + one + (skips ? SKIPS : "") + (rows ? ROWS : "");
    }

    /** Returns whether a {@link #text} says that the order of the instances counts. */
    public static boolean hasRows(String text) {
      return text.endsWith(ROWS);
    }

    /** Returns the job's name from a {@link #text}. */
    public static String name(String text) {
      int end = text.length() - (hasRows(text) ? ROWS.length() : 0);
      end -= text.startsWith(SKIPS, end - SKIPS.length()) ? SKIPS.length() : 0;
      int product = text.lastIndexOf(PRODUCT, end);
      return text.substring("job ".length(), product < 0 ? end : product);
    }
  }

  /** A value that a job stores; with a null {@code job}, one of the {@code data} section. */
  record OfData(Place place, String job, String key, boolean skips) implements Ref {

    /**
     * Reads {@code JOB.KEY}, where the key follows the last dot, or the name of a static value.
     * Which dot really precedes the key depends on the names of all jobs: see {@link #readings}.
     */
    public static OfData of(Place place, String written, boolean skips) {
      if (written.indexOf('.') < 0 && isKey(written)) {
        return new OfData(place, null, written, skips);
      }
      List<OfData> readings = readings(place, written, skips);
      if (readings.isEmpty()) {
        throw new BadInput(
            place,
            "no name of a value: %s; write JOB.KEY, or the name of one in the data section"
                .formatted(written));
      }
      return readings.getFirst();
    }

    private static List<OfData> readings(Place place, String written, boolean skips) {
      List<OfData> readings = new ArrayList<>(1);
      for (int dot = written.lastIndexOf('.'); dot > 0; dot = written.lastIndexOf('.', dot - 1)) {
        String key = written.substring(dot + 1);
        if (isKey(key)) {
          readings.add(new OfData(place, written.substring(0, dot), key, skips));
        }
      }
      return readings;
    }

    /** Returns the possible meanings of the name; the one with the longest job name comes first. */
    public List<OfData> readings() {
      return job == null ? List.of(this) : readings(place, written(), skips);
    }

    /**
     * Returns whether a job can store a value under this name. It must not be empty or contain
     * {@code =}, {@code <<}, line ends, control characters, or spaces at its ends.
     */
    public static boolean isKey(String text) {
      return !text.isEmpty()
          && text.indexOf('=') < 0
          && !text.contains("<<")
          && text.strip().length() == text.length()
          && text.codePoints().noneMatch(SafeText::isHidden);
    }

    @Override
    public String text() {
      return "data " + written() + (skips ? OfJob.SKIPS : "");
    }

    public String written() {
      return job == null ? key : job + "." + key;
    }
  }
}
