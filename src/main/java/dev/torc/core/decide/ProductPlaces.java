package dev.torc.core.decide;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.model.FolderAlias;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether the real paths of a job's products are allowed (rule 13): below the root or a
 * folder in {@code roots}, not in {@code .git}, not a build file, and not a path that another job
 * produces or needs by another name. {@code GraphBuilder} compares the names as written. Before a
 * build, an error refuses the build. A job that ran before may have made the symlink itself; then
 * only this job fails. One object looks at each folder once, so it serves one check.
 */
public final class ProductPlaces {

  private final Graph graph;
  private final Path root;
  private final ProductRoots grounds;
  private final Map<Path, String> buildFiles = new LinkedHashMap<>(); // what each path is
  private final Set<String> buildNames = new HashSet<>(); // their file names
  private final Set<String> tables = new HashSet<>(); // files from which groups take values
  private final Map<String, Folder> folders = new HashMap<>();
  private final StampSource.FolderStamps links;
  private final long[] numbers = new long[Stamp.NUMBERS];
  private List<Wrong> errors;
  private boolean linked;

  /** An error; {@code linked} says whether only a symlink leads to the wrong place. */
  public record Wrong(Diagnostic error, boolean linked) {}

  /**
   * A folder that contains needs or products.
   *
   * @param name the folder's real path as the graph would write it; empty for the root
   * @param own whether {@code name} is the path that was given
   * @param there whether anything exists at the given path
   * @param allowed whether products may be in the folder
   */
  private record Folder(Path real, String name, boolean own, boolean there, boolean allowed) {

    public String name(String file) {
      return name.isEmpty() ? file : name.endsWith("/") ? name + file : name + "/" + file;
    }
  }

  public ProductPlaces(Graph graph, DigestMemo digests) throws IOException {
    this.graph = graph;
    this.root = graph.workflow().root();
    this.links = digests.links();
    this.grounds = new ProductRoots(root, graph.workflow().settings().roots());
    for (Group group : graph.workflow().groups()) {
      tables.addAll(group.sources().tables());
    }
    Workflow.Settings settings = graph.workflow().settings();
    for (Path file : settings.files()) {
      String what = settings.sources().ofVars().contains(file) ? "vars file" : "build file";
      buildFiles.put(file, what);
      if (Files.isSymbolicLink(file)) { // its folder was resolved when it was read
        buildFiles.put(Walk.real(file), what);
      }
    }
    buildFiles.keySet().forEach(file -> buildNames.add(file.getFileName().toString()));
  }

  /** Returns what is wrong with the places of a job's products and of its depfile. */
  public List<Wrong> of(int id, Job.Links links) throws IOException {
    errors = new ArrayList<>(0);
    if (links.depfile() != null) { // like a product, it is removed before each run
      Job job = graph.job(id);
      check(id, new Ref.OfFile(job.place(), job.depfile()), job.depfile());
      linked = false;
      if (isSource(job.depfile())) {
        error(
            job.place(),
            "depfile %s of job %s is a source; it is removed before each run, so give it another name"
                .formatted(job.depfile(), job.name()));
      }
    }
    for (Ref ref : Job.refs(links.produces())) {
      if (ref instanceof Ref.OfFile file) {
        check(id, ref, file.path());
      } else if (ref instanceof Ref.OfFolder folder) {
        check(id, ref, folder.path());
      } else if (ref instanceof Ref.OfGlob glob) {
        check(id, ref, Glob.of(glob.pattern()).fixedPrefix() + "/*");
      }
    }
    return errors;
  }

  /**
   * Returns why a job that is about to run must not do so, since a symlink was made since the
   * checks before the build; null if it may.
   */
  public static Diagnostic now(Graph graph, DigestMemo digests, int id) throws IOException {
    List<Wrong> all = new ProductPlaces(graph, digests).of(id, graph.links(id));
    return all.stream().filter(Wrong::linked).findFirst().map(Wrong::error).orElse(null);
  }

  /** Returns the real path of a file's folder, with the file's own name. */
  public String name(String path) throws IOException {
    Folder folder = folder(UserPaths.parent(path));
    return folder.own ? path : folder.name(last(path));
  }

  private boolean isSource(String path) {
    return graph.makerOf(path) < 0 && (graph.fileId(path) >= 0 || tables.contains(path));
  }

  private void check(int id, Ref ref, String path) throws IOException {
    String given = path.startsWith("/*") ? path.substring(1) : path;
    Folder folder = folder(UserPaths.parent(given));
    String last = last(given);
    boolean link = folder.there && isLink(given);
    // The product's path is its real path, and it is not named like a build file.
    boolean plain = !link && folder.allowed && folder.own && !buildNames.contains(last);
    boolean file = ref instanceof Ref.OfFile;
    linked = link || !folder.own;
    if (plain && file) {
      return;
    }
    Path exact = folder.real.resolve(last);
    Path target = link ? Walk.real(root.resolve(given)) : exact;
    if (!file) {
      refuseTaking(ref, folder, target);
    }
    if (plain) {
      return;
    }
    String name = folder.name(last);
    Place place = ref.place();
    // A link in place of a product is moved aside before the run; torc follows none that leads out.
    Path real = ref instanceof Ref.OfFolder ? target : folder.real;
    if (!grounds.hold(real)) {
      error(place, ProductRoots.refusal(path, real));
    }
    if (ref instanceof Ref.OfFolder && link && graph.job(id).has(Job.Trait.PERSIST)) {
      name = name(target); // it stays, and the job writes where it leads
    }
    int other = name.equals(given) ? -1 : graph.makerOf(name);
    if (other >= 0 && other != id) {
      error(place, "product %s is %s, a product of %s".formatted(path, name, graph.title(other)));
    } else if (!name.equals(given)) {
      boolean glob = ref instanceof Ref.OfGlob;
      String written = glob ? UserPaths.parent(given) : given;
      refuseOtherName(id, ref, new FolderAlias(written, glob ? folder.name : name));
    }
    String what = buildFiles.getOrDefault(exact, buildFiles.get(target));
    if (file && what != null) {
      error(place, "product " + path + " is the " + what);
    }
    if (List.of(name(real).split("/")).contains(".git")) {
      error(place, "product %s is in %s, which belongs to git".formatted(path, real));
    }
  }

  /**
   * Refuses a product that other jobs make or need by its real name, since the graph has no edge
   * between these jobs.
   */
  private void refuseOtherName(int id, Ref ref, FolderAlias alias) {
    Glob written = ProductIndex.inside(ref);
    Glob real = alias.real(written);
    String name = ref instanceof Ref.OfGlob ? real.toString() : alias.real();
    BitSet makers = graph.makersOf(real);
    makers.clear(id);
    BitSet readers = readers(written, real, ref instanceof Ref.OfFile ? name : null);
    readers.clear(id);
    int[] others = graph.inOrder(makers.isEmpty() ? readers : makers);
    if (others.length > 0) {
      String other = graph.title(others[0]) + (makers.isEmpty() ? " needs" : " produces");
      String line = "product %s is %s, which %s; use one name for it";
      error(ref.place(), line.formatted(ref.text(), name, other));
    }
  }

  /**
   * Returns the jobs whose needs a pattern of real names matches and the written names do not.
   * {@code path} is the only match, or null.
   */
  private BitSet readers(Glob written, Glob real, String path) {
    BitSet files = new BitSet();
    for (int file = 0; path == null && file < graph.files(); file++) {
      files.set(file, graph.maker(file) < 0 && real.matches(graph.path(file)));
    }
    if (path != null && graph.fileId(path) >= 0) {
      files.set(graph.fileId(path));
    }
    BitSet lists = graph.listsLike(real);
    lists.stream().filter(list -> graph.list(list).overlaps(written)).forEach(lists::clear);
    BitSet readers = new BitSet();
    for (int j : graph.inOrder(files.isEmpty() && lists.isEmpty() ? files : graph.allJobs())) {
      readers.set(
          j,
          files.stream().anyMatch(file -> graph.needs().has(j, file))
              || lists.stream().anyMatch(list -> graph.listNeeds().has(j, list)));
    }
    return readers;
  }

  private void refuseTaking(Ref ref, Folder folder, Path real) {
    Glob pattern = ref instanceof Ref.OfGlob glob ? glob.glob() : null;
    String what =
        pattern == null
            ? "product %s holds the %s %s; choose another folder"
            : "product %s matches the %s %s; narrow the pattern";
    for (Path file : buildFiles.keySet()) {
      if (pattern == null ? file.startsWith(real) : matches(pattern, folder, file)) {
        error(ref.place(), what.formatted(ref.text(), buildFiles.get(file), name(file)));
        return;
      }
    }
  }

  /** Returns whether a pattern matches a file, given the real path of the pattern's folder. */
  private static boolean matches(Glob pattern, Folder folder, Path file) {
    String prefix = pattern.fixedPrefix();
    String slash = prefix.isEmpty() || prefix.endsWith("/") ? "" : "/";
    return file.startsWith(folder.real)
        && pattern.matches(prefix + slash + folder.real.relativize(file));
  }

  private Folder folder(String path) throws IOException {
    Folder folder = folders.get(path);
    if (folder == null) {
      Path given = root.resolve(path);
      boolean there = Files.exists(given, LinkOption.NOFOLLOW_LINKS);
      boolean top = path.isEmpty() || path.equals("/");
      Path real =
          there || top
              ? Walk.real(given)
              : folder(UserPaths.parent(path)).real.resolve(given.getFileName());
      String name = name(real);
      folder = new Folder(real, name, name.equals(path), there, grounds.hold(real));
      folders.put(path, folder);
    }
    return folder;
  }

  private String name(Path real) {
    Path home = grounds.home();
    return real.startsWith(home) ? home.relativize(real).toString() : real.toString();
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns whether a path is a link; false if that cannot be found out. */
  private boolean isLink(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    // The job that makes the product reports an error.
    return Io.or(() -> links.look(name, 0, name.length, numbers) == FileKind.LINK, false);
  }

  private void error(Place place, String message) {
    errors.add(new Wrong(new Diagnostic(place, message), linked));
  }
}
