package dev.torc.core.attempt;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io.Make;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ways to a job's products as its attempt found them (rule 15): the folders from a trusted one
 * to each product, and where those lead that are symlinks. A link that comes to a way while the job
 * runs may lead to files of the user, so nothing behind it is the job's, and nothing moves through
 * it. Rule 13 decides about earlier links.
 *
 * @param base a trusted folder; the way to a path outside it begins at the top
 * @param folders the folders that hold the products; a product itself may be a link
 * @param seen the text of each link by its path; empty for what was no link
 */
public record ProductWays(Path base, List<Path> folders, Map<Path, String> seen) {

  private static final int LINKS = 40; // the kernel's limit

  /** Looks at the ways to a job's products and to its depfile. */
  public static ProductWays of(Path root, Job job) throws IOException {
    return new ProductWays(root, folders(root, job), Map.of()).now();
  }

  /** Returns the ways of a job that an earlier torc handed out, with the links that it saw. */
  public static ProductWays earlier(Path root, Job job, Map<Path, String> seen) {
    return new ProductWays(root, folders(root, job), seen);
  }

  /**
   * Returns the ways of a killed attempt that began at a time (ns since 1970): a link that came
   * since is none of them, since nothing tells whether the job made it.
   */
  static ProductWays killed(Path root, Job job, long began) throws IOException {
    ProductWays now = of(root, job);
    Map<Path, String> seen = new LinkedHashMap<>();
    for (Map.Entry<Path, String> each : now.seen.entrySet()) {
      if (FileStatus.of(each.getKey().toString(), false).ctime() < began) {
        seen.put(each.getKey(), each.getValue());
      }
    }
    return new ProductWays(root, now.folders, seen);
  }

  private static List<Path> folders(Path root, Job job) {
    Set<String> folders = new LinkedHashSet<>();
    for (Ref ref : job.productRefs()) {
      folders.add(
          ref instanceof Ref.OfFolder of ? UserPaths.parent(of.path()) : ProductScan.folder(ref));
    }
    if (job.depfile() != null) {
      folders.add(UserPaths.parent(job.depfile()));
    }
    return folders.stream().map(root::resolve).toList();
  }

  /** Returns the same ways as they are now. */
  ProductWays now() throws IOException {
    Map<Path, String> now = new LinkedHashMap<>();
    for (Path folder : folders) {
      end(folder, path -> now.containsKey(path) ? now.get(path) : look(path, now));
    }
    return new ProductWays(base, folders, now);
  }

  private static String look(Path path, Map<Path, String> now) throws IOException {
    boolean link = FileStatus.of(path.toString(), false).isLink();
    now.put(path, link ? Files.readSymbolicLink(path).toString() : "");
    return now.get(path);
  }

  /** Returns a link that came to a way since, or leads elsewhere since; null for none. */
  public Path changed() throws IOException {
    for (Map.Entry<Path, String> now : now().seen.entrySet()) {
      if (!now.getValue().isEmpty() && !now.getValue().equals(seen.get(now.getKey()))) {
        return now.getKey();
      }
    }
    return null;
  }

  /** Opens a folder for products, and makes it if it is missing; follows only links seen before. */
  public FolderHandle open(RemovedOrSetAside removal, Path folder) throws IOException {
    Path real = end(folder);
    Path ground = removal.grounds().ground(real);
    if (ground == null) {
      throw new IOException(ProductRoots.refusal(folder.toString(), real));
    }
    return FolderHandle.below(
        ground,
        real,
        (above, name) -> {
          boolean there = above.status(name).exists();
          FolderHandle inner = above.make(name);
          if (!there) {
            removal.place().give(inner.path());
          }
          return inner;
        });
  }

  /** Fails the attempt if a link came to a way. */
  public void refuseChanged(CachePlace place) throws IOException {
    Path link = changed();
    if (link != null) {
      throw refusal(MovesAside.shown(place, link), link);
    }
  }

  /** Returns the failure about a link that came to a way. */
  public static AttemptFailure refusal(String shown, Path link) throws IOException {
    String to = Files.readSymbolicLink(link).toString();
    return new AttemptFailure(
        "%s became a symlink to %s while the job ran; make the link before the build"
            .formatted(SafeText.name(shown), SafeText.name(to)));
  }

  /**
   * Sets aside links that came to the ways, since the next attempt would clear what is behind them.
   * Returns whether there were any.
   */
  boolean setAside(RemovedOrSetAside removal) throws IOException {
    Path last = null;
    for (Path link = changed(); link != null && !link.equals(last); link = changed()) {
      last = link;
      try (FolderHandle holder = removal.grounds().holder(link)) {
        String why = "it came to the path of a product while the job ran";
        removal.aside().move(link, holder, link.getFileName(), null, why);
      }
    }
    return last != null;
  }

  /** Returns where a path leads if only links are followed that were seen. */
  public Path end(Path path) throws IOException {
    return end(path, at -> seen.getOrDefault(at, ""));
  }

  /** Returns where a path leads; {@code look} returns the text of a link, or an empty text. */
  private Path end(Path path, Make<Path, String> look) throws IOException {
    boolean inside = path.startsWith(base);
    Path from = inside ? base : path.getRoot();
    return path.equals(from) ? path : end(from, from.relativize(path), look, new int[] {LINKS});
  }

  private static Path end(Path from, Path way, Make<Path, String> look, int[] links)
      throws IOException {
    Path at = from;
    for (Path name : way) {
      Path next = at.resolve(name).normalize();
      String text = name.toString().equals("..") || links[0] == 0 ? "" : look.of(next);
      if (text.isEmpty()) {
        at = next;
        continue;
      }
      links[0]--;
      Path to = Path.of(text);
      at =
          to.isAbsolute()
              ? end(to.getRoot(), to.getRoot().relativize(to), look, links)
              : end(at, to, look, links);
    }
    return at;
  }
}
