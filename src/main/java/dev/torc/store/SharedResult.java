package dev.torc.store;

import dev.torc.cache.StoredValue;
import dev.torc.hash.Digest;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A good run of a job, as a shared store has it: what it left and what has to be known to put that
 * back. The bytes of files lie beside it as blobs. All paths are relative to the root.
 *
 * @param key what decides the result, in 32 bytes
 * @param job its name where it ran; it is only for people
 * @param products sorted by the bytes of their paths
 * @param depfile the depfile where the job has one, else null
 * @param data what it stored, in the order it did
 * @param found needed files that the depfile named, sorted; they may lie anywhere
 * @param log all that it wrote, where that is shown at each end ({@code output: always}), else null
 * @param build which build made it, for people: its number there
 * @param host where it ran
 * @param time when it ended, in nanoseconds since 1970
 * @param wall how long it ran, in nanoseconds
 * @param programs what its command called, a line each, as the engine writes and compares them
 * @param inputs what decided it, a line each, as the planner writes them to tell later what
 *     differs; may be empty
 * @param root the real path of the root where it ran, if the result holds that path: then it counts
 *     only there; else null
 */
public record SharedResult(
    Digest key,
    String job,
    List<SharedProduct> products,
    SharedProduct depfile,
    List<StoredValue> data,
    List<String> found,
    SharedBlob log,
    String build,
    String host,
    long time,
    long wall,
    List<String> programs,
    List<String> inputs,
    String root)
    implements SharedRecord {

  private static final int MOST_LINKS = 40;

  @Override
  public Type type() {
    return Type.RESULT;
  }

  /** All files, each with its path from the root: those of the products, and the depfile. */
  public List<SharedProduct> files() {
    List<SharedProduct> files = made();
    if (depfile != null && !files.contains(depfile)) {
      files.add(depfile);
    }
    return files;
  }

  /** The files among products and members. */
  public List<SharedProduct> made() {
    List<SharedProduct> files = new ArrayList<>();
    for (SharedProduct product : products) {
      if (product.isFile()) {
        files.add(product);
      }
      for (SharedProduct member : product.members()) {
        if (member.isFile()) {
          String path = product.path() + "/" + member.path();
          files.add(SharedProduct.file(path, member.digest(), member.size()));
        }
      }
    }
    return files;
  }

  /**
   * The digests of the files that links among the products lead to, by the paths of the links. One
   * that leads to no file of the products is not there: nobody else knows what that is.
   */
  public Map<String, Digest> behindLinks() {
    if (products.stream().noneMatch(product -> product.kind() == Stamp.Kind.LINK)) {
      return Map.of();
    }
    Map<String, SharedProduct> places = new HashMap<>();
    products.forEach(product -> places.put(product.path(), product));
    made().forEach(file -> places.put(file.path(), file));
    Map<String, Digest> behind = new HashMap<>();
    for (SharedProduct link : products) {
      SharedProduct at = link;
      for (int i = 0; i < MOST_LINKS && at != null && at.kind() == Stamp.Kind.LINK; i++) {
        Path folder = Path.of("/" + at.path()).getParent();
        at = places.get(folder.resolve(at.text()).normalize().toString().substring(1));
      }
      if (link.kind() == Stamp.Kind.LINK && at != null && at.isFile()) {
        behind.put(link.path(), at.digest());
      }
    }
    return behind;
  }

  /** The number of the build where it was made; 0 where that is none. */
  public long number() {
    return build.matches("[0-9]{1,18}") ? Long.parseLong(build) : 0;
  }

  /** What has to be fetched or sent besides the record itself: each once. */
  public Set<SharedBlob> blobs() {
    Set<SharedBlob> blobs = new LinkedHashSet<>();
    for (SharedProduct file : files()) {
      blobs.add(new SharedBlob(file.digest(), file.size()));
    }
    if (log != null) {
      blobs.add(log);
    }
    return blobs;
  }

  /** How many bytes all blobs have. */
  public long bytes() {
    return blobs().stream().mapToLong(SharedBlob::size).sum();
  }

  /** The same with its products and found needs in the order that a record wants. */
  public SharedResult sorted() {
    List<SharedProduct> rising = new ArrayList<>(products);
    rising.sort(Comparator.comparing(SharedProduct::path, FolderDigest.BYTE_ORDER));
    List<String> names = new ArrayList<>(found);
    names.sort(FolderDigest.BYTE_ORDER);
    return new SharedResult(
        key, job, rising, depfile, data, names, log, build, host, time, wall, programs, inputs,
        root);
  }

  /** The same result as one that holds the root's path, or none. */
  SharedResult withRoot(String path) {
    return new SharedResult(
        key, job, products, depfile, data, found, log, build, host, time, wall, programs, inputs,
        path);
  }
}
