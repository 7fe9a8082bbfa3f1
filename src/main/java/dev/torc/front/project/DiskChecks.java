package dev.torc.front.project;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Submodules;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.ProductPlaces;
import dev.torc.core.decide.ProductPlaces.Wrong;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Links;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Surroundings;
import dev.torc.features.groups.RowPlaces;
import dev.torc.features.intents.Frozen;
import dev.torc.features.reading.TextLists;
import dev.torc.features.reading.Vars;
import dev.torc.front.buildfile.GivenKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checks of rule 13 that depend on the disk: no needed source may be missing, and products must
 * lie where they may ({@link ProductPlaces}). The builder of the graph finds the errors that the
 * build file alone shows. Needs that cannot be read are reported, but they are not errors.
 */
public final class DiskChecks {

  private static final String BEGIN = "; paths in needs and produces begin at the root: write ";

  private static final String NOWHERE = ", which does not exist and which no job produces";

  private final Graph graph;
  private final DigestMemo digests;
  private final Path root;
  private final ProductPlaces places;
  private final BitSet sound = new BitSet(); // needed files that have no error
  private final ToolSearch tools;
  private final RowPlaces rows = new RowPlaces();
  private final NearestPath near;
  private final long[] numbers = new long[Stamp.NUMBERS];
  private final StringTable.Taker<FileKind> kind;
  private List<Path> modules; // submodules that are not checked out; null before use
  private final List<Diagnostic> errors = new ArrayList<>();
  private final List<Diagnostic> unreadable = new ArrayList<>();
  private final Map<String, Diagnostic> searched = new TreeMap<>(); // PATHs without a tool

  private DiskChecks(Graph graph, DigestMemo digests, Map<String, String> caller)
      throws IOException {
    this.tools = new ToolSearch(digests.root(), caller, digests.counting());
    StampSource.FolderStamps links = digests.links();
    this.kind = (names, from, to) -> links.look(names, from, to, numbers);
    this.graph = graph;
    this.near = JobSelection.likelyPaths(graph);
    this.digests = digests;
    this.root = graph.workflow().root();
    this.places = new ProductPlaces(graph, digests);
  }

  /**
   * Checks the selected jobs. Throws {@link BadInput} with all errors. Returns the problems that
   * fail only one job: unreadable needs, missing files that come from a row, and products behind
   * symlinks that may have been made since the job ran.
   *
   * @param caller the caller's environment; its PATH is used
   * @param ran whether a job has run, by its name
   */
  public static List<Diagnostic> check(
      Graph graph,
      DigestMemo digests,
      Map<String, String> caller,
      BitSet selected,
      Predicate<String> ran)
      throws IOException {
    if (selected.isEmpty()) {
      return List.of(); // a check of places looks at each build file
    }
    DiskChecks checks = new DiskChecks(graph, digests, caller);
    BitSet still = Frozen.still(graph);
    for (int j : graph.inOrder(selected)) {
      Links links = graph.links(j);
      if (!still.get(j)) {
        checks.checkNeeds(j);
        if (!links.tools().isEmpty()) {
          checks.checkTools(graph.job(j));
        }
      }
      for (Wrong wrong : checks.places.of(j, links)) {
        boolean since = wrong.linked() && ran.test(graph.name(j));
        (since ? checks.unreadable : checks.errors).add(wrong.error());
      }
    }
    if (!checks.errors.isEmpty()) {
      checks.errors.addAll(checks.searched.values());
      throw new BadInput(checks.errors);
    }
    return checks.unreadable;
  }

  private void checkNeeds(int id) throws IOException {
    if (areSound(id) && graph.listNeeds().count(id) == 0) {
      return;
    }
    Job job = graph.job(id);
    Surroundings in = job.surroundings();
    boolean enters = in != null && !job.name().equals(in.maker());
    for (Ref ref : job.needRefs()) {
      if (enters && ref.place() == job.place() && in.files().contains(ref.text())) {
        continue; // the job that makes its environment reports it
      }
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
    } else if (ref instanceof Ref.OfGlob glob && mayBeMeantBelow(id, glob)) {
      checkPattern(id, glob);
    }
  }

  private void checkTools(Job job) {
    for (Tool tool : ToolSearch.unmade(graph, job)) {
      if (job.surroundings() != null && !tool.isPath()) {
        continue; // known when its environment is made
      }
      String path = tools.path(tool);
      try {
        if (path == null) {
          error(
              tool.place(),
              "job %s has the tool %s, which is %s"
                  .formatted(job.name(), SafeText.name(tool.name()), tools.lack(job, tool)));
          tools.tell(job, tool, searched);
          continue;
        }
        String real = graph.makerOf(path) >= 0 ? path : tools.real(path);
        if (graph.makerOf(real) >= 0) {
          error(
              tool.place(),
              "tool %s of job %s is %s, a product of %s; write it so in tools"
                  .formatted(tool.name(), job.name(), real, graph.title(graph.makerOf(real))));
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
    String real = places.name(path);
    return real.equals(path) || graph.makerOf(real) < 0;
  }

  private void checkSource(int id, Ref.OfFile file) throws IOException {
    Stamp stamp = digests.linkStamp(file.path());
    String real = places.name(file.path());
    if (stamp.kind() == FileKind.LINK) {
      stamp = digests.stamp(file.path());
      real = Walk.name(root, file.path());
    }
    if (refuseAlias(id, file, real)) {
      return;
    }
    switch (stamp.kind()) {
      case FILE -> {}
      case MISSING -> {
        String unset = Vars.lacking(file.path());
        String refusal = unset == null ? GivenKeys.refusal(file.path()) : Vars.isUnset(unset);
        if (refusal != null) {
          refuse(graph.job(id), file.place(), refusal);
        } else if (!file.optional()) {
          String list = TextLists.ofMissing(file.path());
          String next =
              graph.nodesOf(file.path()) == null
                  ? locks(graph.job(id)) + near(id, file, file.path())
                  : "; to need the products of the job of that name, write {job: %s}"
                      .formatted(file.path());
          String lack = NOWHERE + row(id, file) + (list.isEmpty() ? next : list);
          missing(id, file, SafeText.name(file.path()) + lack);
        }
      }
      case FOLDER ->
          unreadable(file.place(), file.path(), "it is a folder; write " + file.path() + "/");
      default ->
          unreadable(file.place(), file.path(), "it is a FIFO, socket or device, not a file");
    }
  }

  /** Returns a hint for a missing path, which may be relative to a folder other than the root. */
  private String near(int id, Ref ref, String path) {
    for (String meant : meant(id, ref, path)) {
      if (graph.makerOf(meant) >= 0 || Files.exists(root.resolve(meant))) {
        return BEGIN + SafeText.name(meant + (path.endsWith("/") ? "/" : ""));
      }
    }
    return near.hint(path);
  }

  /**
   * Returns the paths that a need means if it was written relative to the job's folder or to that
   * of its build file, where these are not the root.
   */
  private List<String> meant(int id, Ref ref, String path) {
    List<Step> steps = graph.job(id).runs().steps();
    Path build = Path.of(ref.place().file()).getParent();
    Path dir = root.resolve(steps.isEmpty() ? "" : steps.getFirst().dir()).normalize();
    List<String> meant = new ArrayList<>(2);
    for (Path base : List.of(dir, build == null ? root : root.resolve(build))) {
      Path below = base.resolve(root.relativize(root.resolve(path))).normalize();
      if (!base.equals(root) && below.startsWith(root) && !below.equals(root)) {
        meant.add(root.relativize(below).toString());
      }
    }
    return meant;
  }

  /** Refuses a need in a submodule that is not checked out; returns whether it did. */
  private boolean refuseModule(int id, Ref ref, String path) {
    modules = modules == null ? Submodules.missing(root) : modules;
    for (Path module : modules) {
      if (root.resolve(path).startsWith(module)) {
        String lack = "; its submodule is not checked out: " + Submodules.command(root, module);
        missing(id, ref, SafeText.name(ref.text()) + lack);
        return true;
      }
    }
    return false;
  }

  /** Returns whether no job makes what a pattern matches, and another folder may have matches. */
  private boolean mayBeMeantBelow(int id, Ref.OfGlob need) {
    return !need.optional() && !need.pattern().startsWith("**") && !isMade(id, need.pattern());
  }

  /** Returns whether jobs make any of the files that a needed pattern or folder stands for. */
  private boolean isMade(int id, String text) {
    return Arrays.stream(graph.listNeeds().row(id))
        .mapToObj(graph::list)
        .anyMatch(list -> list.text().equals(text) && !list.makers().isEmpty());
  }

  /** Refuses a pattern that matches nothing from the root, but files where it may be meant. */
  private void checkPattern(int id, Ref.OfGlob need) {
    if (refuseModule(id, need, Glob.of(need.pattern()).fixedPrefix())) {
      return;
    }
    for (String meant : meant(id, need, need.pattern())) {
      boolean starts = Files.isDirectory(root.resolve(Glob.of(meant).fixedPrefix()));
      if (starts && matches(meant) && !matches(need.pattern())) {
        missing(id, need, need.pattern() + ", which matches nothing" + BEGIN + meant);
        return;
      }
    }
  }

  /** Returns whether files match; false if that cannot be read, which the need's reader reports. */
  private boolean matches(String pattern) {
    try {
      return !GlobWalk.files(root, Glob.of(pattern)).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns which command writes the lock that a job needs to make an environment; else empty. */
  private static String locks(Job job) {
    Surroundings in = job.surroundings();
    Matcher locked =
        Pattern.compile("\"kind\":\"(uv|pixi)\"").matcher(in == null ? "" : in.entry());
    return locked.find() ? "; `%s lock` writes it".formatted(locked.group(1)) : "";
  }

  /** Refuses a need that is another name of a product: it would be read before it is made. */
  private boolean refuseAlias(int id, Ref.OfFile file, String path) {
    int maker = path.equals(file.path()) ? -1 : graph.makerOf(path);
    if (maker >= 0) {
      error(
          file.place(),
          "job %s needs %s, which is %s, a product of %s; need it by that name"
              .formatted(graph.job(id).name(), file.path(), path, graph.title(maker)));
    }
    return maker >= 0;
  }

  /** Checks a needed folder. The folder may be missing if jobs make products in it. */
  private void checkFolder(int id, Ref.OfFolder folder) throws IOException {
    Stamp stamp = digests.stamp(folder.path());
    boolean made = isMade(id, folder.path());
    if (stamp.exists() && stamp.kind() != FileKind.FOLDER) {
      unreadable(folder.place(), folder.path() + "/", "not a folder; write it without the slash");
    } else if (!made && refuseModule(id, folder, folder.path())) {
      return;
    } else if (!stamp.exists() && !made) {
      String path = folder.path() + "/";
      String lack = NOWHERE + row(id, folder) + near(id, folder, path);
      missing(id, folder, "folder " + SafeText.name(path) + lack);
    }
  }

  /** Reports what a job lacks besides files; once for a group. */
  private void refuse(Job job, Place place, String why) {
    String name = job.group() == null ? job.name() : job.group();
    String message = "job " + name + " cannot run: " + why;
    if (errors.stream().noneMatch(error -> error.message().equals(message))) {
      error(place, message);
    }
  }

  /**
   * Reports a missing need. Only that job fails if the path comes from an instance's values, or if
   * a build file may make it that is not made yet. {@code what} is the need and what it lacks.
   */
  private void missing(int id, Ref ref, String what) {
    String slash = ref.text().indexOf('\\') >= 0 ? "; use / between folders" : "";
    String message = "job " + graph.job(id).name() + " needs " + what + slash;
    boolean own = rows.isFromInstance(graph.workflow(), graph.job(id), ref.text());
    boolean open = !graph.workflow().settings().isAllRead();
    (own || open ? unreadable : errors).add(new Diagnostic(ref.place(), message));
  }

  private String row(int id, Ref ref) {
    Place place = rows.place(graph.workflow(), graph.job(id), ref.text());
    return place == null ? "" : "; its row is " + place;
  }

  private void unreadable(Place place, String path, String why) {
    unreadable.add(
        new Diagnostic(place, "need " + SafeText.name(path) + " cannot be read: " + why));
  }

  private void error(Place place, String message) {
    errors.add(new Diagnostic(place, message));
  }
}
