package dev.torc.front.session;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.AllowedRoots;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.decide.ToolSearch;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import dev.torc.front.buildfile.RowPlaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checks of rule 13 that depend on the disk: no needed source may be missing, and no product
 * may be reached through a forbidden link. The builder of the graph finds the errors that the build
 * file alone shows. Needs that cannot be read are reported, but they are not errors.
 */
public final class DiskChecks {

  private final Graph graph;
  private final DigestMemo digests;
  private final Path root;
  private final AllowedRoots grounds;
  private final Set<Path> buildFiles = new LinkedHashSet<>(); // given and real paths
  private final Set<String> buildNames = new HashSet<>(); // their file names
  private final Set<String> tables = new HashSet<>(); // files from which groups take values
  private final Map<String, Folder> folders = new HashMap<>();
  private final BitSet sound = new BitSet(); // needed files that have no error
  private final ToolSearch tools;
  private final RowPlaces rows = new RowPlaces();
  private final NearestPath near;
  private final StampSource.FolderStamps links;
  private final long[] numbers = new long[Stamp.NUMBERS];
  private final StringTable.Taker<FileKind> kind;
  private final List<Diagnostic> errors = new ArrayList<>();
  private final List<Diagnostic> unreadable = new ArrayList<>();

  /**
   * A folder that contains needs or products.
   *
   * @param name the folder's real path as the graph would write it; empty for the root
   * @param own whether {@code name} is the path that was given
   * @param there whether anything exists at the given path
   * @param allowed whether products may be in the folder
   */
  private record Folder(Path real, String name, boolean own, boolean there, boolean allowed) {

    String name(String file) {
      return name.isEmpty() ? file : name.endsWith("/") ? name + file : name + "/" + file;
    }
  }

  private DiskChecks(Graph graph, DigestMemo digests, Map<String, String> caller)
      throws IOException {
    this.tools = new ToolSearch(digests.root(), caller, digests.counting());
    this.links = digests.links();
    this.kind = (names, from, to) -> links.look(names, from, to, numbers);
    this.graph = graph;
    this.near = JobSelection.likelyPaths(graph);
    this.digests = digests;
    this.root = graph.workflow().root();
    this.grounds = new AllowedRoots(root, graph.workflow().settings().roots());
    for (Group group : graph.workflow().groups()) {
      tables.addAll(group.sources().tables());
    }
    for (Path file : graph.workflow().settings().files()) {
      buildFiles.add(file);
      buildFiles.add(AllowedRoots.real(file));
    }
    buildFiles.forEach(file -> buildNames.add(file.getFileName().toString()));
  }

  /**
   * Checks the selected jobs. Throws {@link BadInput} with all errors. Returns the problems that
   * fail only the jobs with the need: unreadable needs, and missing files that come from a row.
   *
   * @param caller the caller's environment; its PATH is used
   */
  public static List<Diagnostic> check(
      Graph graph, DigestMemo digests, Map<String, String> caller, BitSet selected)
      throws IOException {
    DiskChecks checks = new DiskChecks(graph, digests, caller);
    for (int j : graph.inOrder(selected)) {
      checks.checkNeeds(j);
      checks.checkTools(graph.job(j));
      checks.checkProducts(graph.job(j));
    }
    if (!checks.errors.isEmpty()) {
      throw new BadInput(checks.errors);
    }
    return checks.unreadable;
  }

  private void checkNeeds(int id) throws IOException {
    if (areSound(id) && graph.listNeeds().count(id) == 0) {
      return;
    }
    for (Ref ref : graph.job(id).needRefs()) {
      try {
        checkNeed(id, ref);
      } catch (IOException e) {
        unreadable(ref.place(), ref.text(), Refusal.why(e));
      }
    }
  }

  private void checkNeed(int id, Ref ref) throws IOException {
    if (ref instanceof Ref.OfFile file) {
      int source = graph.fileId(file.path());
      if (graph.maker(source) < 0 && !sound.get(source)) {
        int told = errors.size() + unreadable.size();
        checkSource(id, file);
        sound.set(source, !file.optional() && errors.size() + unreadable.size() == told);
      }
    } else if (ref instanceof Ref.OfFolder folder && graph.makerOf(folder.path()) < 0) {
      checkFolder(id, folder);
    }
  }

  private void checkTools(Job job) {
    for (Tool tool : ToolSearch.unmade(graph, job)) {
      String path = tools.path(tool);
      try {
        if (path == null) {
          error(
              tool.place(),
              "job %s has the tool %s, which is not on its PATH (%s)%s"
                  .formatted(
                      job.name(),
                      SafeText.name(tool.name()),
                      tools.folders(tool),
                      tools.hint(tool)));
        } else if (graph.makerOf(path) >= 0) {
          error(
              tool.place(),
              "tool %s of job %s is %s, a product of %s; write it so in tools"
                  .formatted(tool.name(), job.name(), path, graph.title(graph.makerOf(path))));
        } else if (!digests.stamp(path).exists()) {
          error(
              tool.place(),
              "job %s has the tool %s, which does not exist and which no job produces%s"
                  .formatted(job.name(), SafeText.name(tool.name()), near.hint(path)));
        } else if (digests.stamp(path).kind() != FileKind.FILE) {
          error(tool.place(), "tool %s of job %s is not a file".formatted(tool.name(), job.name()));
        }
      } catch (IOException e) {
        unreadable(tool.place(), tool.name(), Refusal.why(e));
      }
    }
  }

  /** Returns whether a job's needed sources have no error. Each file is checked once. */
  private boolean areSound(int id) throws IOException {
    boolean all = true;
    for (int file : graph.needs().row(id)) {
      if (graph.maker(file) < 0 && !sound.get(file)) {
        sound.set(file, isSound(file));
        all &= sound.get(file);
      }
    }
    return all;
  }

  private boolean isSound(int file) throws IOException {
    try {
      if (graph.handPath(file, kind) != FileKind.FILE) {
        return false;
      }
    } catch (IOException e) {
      return false; // checkSource() reports the error
    }
    String path = graph.path(file);
    Folder folder = folder(UserPaths.parent(path));
    return folder.own || graph.makerOf(folder.name(last(path))) < 0;
  }

  private void checkSource(int id, Ref.OfFile file) throws IOException {
    Stamp stamp = digests.linkStamp(file.path());
    if (stamp.kind() == FileKind.LINK) {
      stamp = digests.stamp(file.path());
      refuseAlias(id, file, name(AllowedRoots.real(root.resolve(file.path()))));
    } else {
      refuseAlias(id, file, folder(UserPaths.parent(file.path())).name(last(file.path())));
    }
    switch (stamp.kind()) {
      case FILE -> {}
      case MISSING -> {
        if (!file.optional()) {
          missing(
              id,
              file,
              "job %s needs %s, which does not exist and which no job produces%s%s"
                  .formatted(
                      graph.job(id).name(),
                      SafeText.name(file.path()),
                      row(id, file),
                      graph.nodesOf(file.path()) == null
                          ? near.hint(file.path())
                          : "; to need the products of the job of that name, write {job: %s}"
                              .formatted(file.path())));
        }
      }
      case FOLDER ->
          unreadable(file.place(), file.path(), "it is a folder; write " + file.path() + "/");
      default ->
          unreadable(file.place(), file.path(), "it is a FIFO, socket or device, not a file");
    }
  }

  /** Refuses a need that is another name of a product: it would be read before it is made. */
  private void refuseAlias(int id, Ref.OfFile file, String path) {
    int maker = path.equals(file.path()) ? -1 : graph.makerOf(path);
    if (maker >= 0) {
      error(
          file.place(),
          "job %s needs %s, which is %s, a product of %s; need it by that name"
              .formatted(graph.job(id).name(), file.path(), path, graph.title(maker)));
    }
  }

  private String name(Path real) {
    Path home = grounds.home();
    return real.startsWith(home) ? home.relativize(real).toString() : real.toString();
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private Folder folder(String path) throws IOException {
    Folder folder = folders.get(path);
    if (folder == null) {
      Path given = root.resolve(path);
      boolean there = Files.exists(given, LinkOption.NOFOLLOW_LINKS);
      boolean top = path.isEmpty() || path.equals("/");
      Path real =
          there || top
              ? AllowedRoots.real(given)
              : folder(UserPaths.parent(path)).real.resolve(given.getFileName());
      String name = name(real);
      folder = new Folder(real, name, name.equals(path), there, grounds.hold(real));
      folders.put(path, folder);
    }
    return folder;
  }

  /** Checks a needed folder. The folder may be missing if jobs make products in it. */
  private void checkFolder(int id, Ref.OfFolder folder) throws IOException {
    Stamp stamp = digests.stamp(folder.path());
    boolean made = false;
    for (int each : graph.listNeeds().row(id)) {
      NeedList list = graph.list(each);
      made |= list.text().equals(folder.path()) && !list.makers().isEmpty();
    }
    if (stamp.exists() && stamp.kind() != FileKind.FOLDER) {
      unreadable(folder.place(), folder.path() + "/", "not a folder; write it without the slash");
    } else if (!stamp.exists() && !made) {
      missing(
          id,
          folder,
          "job %s needs folder %s, which does not exist and which no job produces%s%s"
              .formatted(
                  graph.job(id).name(),
                  SafeText.name(folder.path() + "/"),
                  row(id, folder),
                  near.hint(folder.path() + "/")));
    }
  }

  /** Reports a missing need. If its path comes from an instance's values, only that job fails. */
  private void missing(int id, Ref ref, String missing) {
    boolean slash = ref.text().indexOf('\\') >= 0;
    String message = missing + (slash ? "; use / between folders" : "");
    boolean own = rows.isFromInstance(graph.workflow(), graph.job(id), ref.text());
    (own ? unreadable : errors).add(new Diagnostic(ref.place(), message));
  }

  private String row(int id, Ref ref) {
    Place place = rows.place(graph.workflow(), graph.job(id), ref.text());
    return place == null ? "" : "; its row is " + place;
  }

  private void checkProducts(Job job) throws IOException {
    if (job.depfile() != null) { // like a product, it is removed before each run
      checkProduct(job, new Ref.OfFile(job.place(), job.depfile()), job.depfile());
      if (isSource(job.depfile())) {
        error(
            job.place(),
            "depfile %s of job %s is a source; it is removed before each run, so give it another name"
                .formatted(job.depfile(), job.name()));
      }
    }
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        checkProduct(job, ref, file.path());
      } else if (ref instanceof Ref.OfFolder folder) {
        checkProduct(job, ref, folder.path());
      } else if (ref instanceof Ref.OfGlob glob) {
        checkProduct(job, ref, Glob.of(glob.pattern()).fixedPrefix() + "/*");
      }
    }
  }

  private boolean isSource(String path) {
    return graph.makerOf(path) < 0 && (graph.fileId(path) >= 0 || tables.contains(path));
  }

  private void checkProduct(Job job, Ref ref, String path) throws IOException {
    String given = path.startsWith("/*") ? path.substring(1) : path;
    Folder folder = folder(UserPaths.parent(given));
    String last = last(given);
    boolean link = folder.there && isLink(given);
    // The product's path is its real path, and it is not named like a build file.
    boolean plain = !link && folder.allowed && folder.own && !buildNames.contains(last);
    boolean file = ref instanceof Ref.OfFile;
    if (plain && file) {
      return;
    }
    Path exact = folder.real.resolve(last);
    Path target = link ? AllowedRoots.real(root.resolve(given)) : exact;
    if (!file) {
      refuseTaking(ref, folder, target);
    }
    if (plain) {
      return;
    }
    String name = folder.name(last);
    Place place = ref.place();
    // A link in place of a file is moved aside, but a linked folder is filled where the link leads.
    Path real = ref instanceof Ref.OfFolder ? target : folder.real;
    if (!grounds.hold(real)) {
      error(place, AllowedRoots.refusal(path, real));
    }
    int other = name.equals(path) ? -1 : graph.makerOf(name);
    if (other >= 0 && !graph.name(other).equals(job.name())) {
      error(place, "product %s is %s, a product of %s".formatted(path, name, graph.title(other)));
    }
    if (file && (buildFiles.contains(exact) || buildFiles.contains(target))) {
      error(place, "product " + path + " is the build file");
    }
    if (List.of(name(real).split("/")).contains(".git")) {
      error(place, "product %s is in %s, which belongs to git".formatted(path, real));
    }
  }

  private void refuseTaking(Ref ref, Folder folder, Path real) {
    Glob pattern = ref instanceof Ref.OfGlob glob ? glob.glob() : null;
    String what =
        pattern == null
            ? "product %s holds the build file %s; choose another folder"
            : "product %s matches the build file %s; narrow the pattern";
    for (Path file : buildFiles) {
      if (pattern == null ? file.startsWith(real) : matches(pattern, folder, file)) {
        error(ref.place(), what.formatted(ref.text(), name(file)));
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

  /** Returns whether a path is a link; false if that cannot be found out. */
  private boolean isLink(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    try {
      return links.look(name, 0, name.length, numbers) == FileKind.LINK;
    } catch (IOException e) {
      return false; // the job that makes the product reports the error
    }
  }

  private void unreadable(Place place, String path, String why) {
    unreadable.add(
        new Diagnostic(place, "need " + SafeText.name(path) + " cannot be read: " + why));
  }

  private void error(Place place, String message) {
    errors.add(new Diagnostic(place, message));
  }
}
