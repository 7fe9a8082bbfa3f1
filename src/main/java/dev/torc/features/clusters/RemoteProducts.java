package dev.torc.features.clusters;

import dev.torc.base.syntax.Glob;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.here.ProcessEnd.MadeFile;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How the products of a job on another machine differ from what that machine saw at the job's end:
 * another program wrote to them, or the file system does not show them yet. Contents are compared
 * by digest, or by size without one. No file is changed.
 *
 * @param altered products that are not as the job made them, each with a message
 * @param touched files with a different modification time and, as far as is known, the same bytes
 */
record RemoteProducts(Map<String, String> altered, List<String> touched) {

  static final RemoteProducts SAME = new RemoteProducts(Map.of(), List.of());

  /**
   * Compares the files that a scan saw with {@code made}, what the other machine saw, by path.
   * {@code known} tells which paths need not be among the files that the scan saw.
   */
  static RemoteProducts of(
      Map<String, MadeFile> made,
      Job job,
      Path root,
      List<ProductScan.Seen> seen,
      Predicate<String> known) {
    Map<String, String> altered = new LinkedHashMap<>();
    List<String> touched = new ArrayList<>();
    Set<String> here = new HashSet<>();
    for (ProductScan.Seen each : seen) {
      String path = root.resolve(each.path()).toString();
      here.add(path);
      MadeFile then = made.get(path);
      String line = difference(each, then);
      if (line != null && path.indexOf('\n') < 0) {
        altered.putIfAbsent(each.product(), line);
      } else if (then != null
          && then.time() != TimeUnit.NANOSECONDS.toSeconds(each.stamp().mtime())) {
        touched.add(each.path());
      }
    }
    made.forEach(
        (path, then) -> {
          boolean there = here.contains(path) || known.test(path);
          String product = there ? null : product(job, root, path);
          if (product != null) {
            altered.putIfAbsent(product, missing(root, path, then));
          }
        });
    return new RemoteProducts(altered, touched);
  }

  private static String missing(Path root, String path, MadeFile then) {
    String name = root.relativize(Path.of(path)).toString();
    return path.endsWith("/")
        ? name + "/ is missing here but was on the node"
        : "%s is missing here but was %s on the node".formatted(name, bytes(then.bytes()));
  }

  private static String bytes(long bytes) {
    return bytes + (bytes == 1 ? " byte" : " bytes");
  }

  /** Returns a message about how a file differs; null if it does not. */
  private static String difference(ProductScan.Seen seen, MadeFile then) {
    if (then == null) {
      return seen.path() + " exists here but was not on the node";
    }
    long size = seen.stamp().size();
    if (size != then.bytes()) {
      return "%s is %s here but was %s on the node"
          .formatted(seen.path(), bytes(size), bytes(then.bytes()));
    }
    return then.digest() == null || then.digest().equals(seen.digest().hex())
        ? null
        : "%s has other contents here than on the node".formatted(seen.path());
  }

  /** Returns the product that a missing file is or belongs to; null if there is none. */
  private static String product(Job job, Path root, String path) {
    Path file = Path.of(path);
    String inner = file.startsWith(root) ? root.relativize(file).toString() : path;
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile one && root.resolve(one.path()).equals(file)) {
        return one.path();
      }
      if (ref instanceof Ref.OfFolder folder
          && (inner.equals(folder.path()) || folder.holds(inner))) {
        return folder.path();
      }
      if (ref instanceof Ref.OfGlob glob && glob.holds(inner)) {
        return inner;
      }
    }
    return null;
  }

  /** Converts a glob to a pattern for {@code find}, which may match more files. */
  static RemoteAttempt.ProductPattern pattern(Path root, String pattern) {
    Path folder = root.resolve(Glob.of(pattern).fixedPrefix());
    String end = pattern.replaceFirst("(?s).*[*?\\]}/]", ""); // in the last name, behind wildcards
    String in = plain(folder.equals(folder.getRoot()) ? "" : folder.toString());
    boolean deep = pattern.contains("**") || pattern.contains("{");
    int levels = root.resolve(pattern).getNameCount() - folder.getNameCount();
    return new RemoteAttempt.ProductPattern(
        folder,
        deep ? "-" : in + "/*".repeat(levels),
        in + "/*" + plain(end.startsWith("/") ? end.substring(1) : end));
  }

  private static String plain(String text) {
    return text.replaceAll("[^A-Za-z0-9._/+,=@%-]", "*");
  }
}
