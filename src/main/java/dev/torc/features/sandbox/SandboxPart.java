package dev.torc.features.sandbox;

import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.FolderHandle;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.attempt.JobRoot;
import dev.torc.core.attempt.MovesAside;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.attempt.ProductWays;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs an attempt in a folder of its own, which holds the job's needs and nothing else. If the
 * attempt ends well, moves the products to their places before anything looks at them; the rest
 * goes with the folder. After a failure the folder stays for the user. It is not a wall: a job that
 * leaves its folder can read and write everything.
 */
public final class SandboxPart implements AttemptPart, JobRoot {

  /**
   * What is told of other files and of links.
   *
   * @param always whether each run tells it, and not only the first one
   * @param once the jobs and groups of which something was told
   */
  public record Telling(boolean always, Consumer<Event> events, Set<String> once) {}

  private final AttemptContext common;
  private final int id;
  private final Job job;
  private final Path root;
  private final Telling telling;
  private SandboxFolder folder; // null before the attempt begins
  private NeedSnapshot needs;
  private boolean resumed; // a killed torc may have moved products
  private boolean moved;
  private ProcessEnd ended;
  private String depfile = ""; // as the job wrote it

  public SandboxPart(AttemptContext common, int id, Telling telling) {
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.root = common.graph().workflow().root();
    this.telling = telling;
  }

  @Override
  public boolean surrounds() {
    return true;
  }

  @Override
  public void prepare(NeedSnapshot snapshot) throws IOException {
    needs = snapshot;
    renew();
  }

  @Override
  public void renew() throws IOException {
    try {
      fill(true);
    } catch (IOException e) {
      if (folder != null) {
        remove(); // a full disk needs the room
      }
      throw e;
    }
    if (isTold() && !folder.linked.isEmpty()) {
      List<String> files = new ArrayList<>();
      folder.linked.forEach((file, size) -> files.add(Sandbox.linked(shown(file), size)));
      say("links", Sandbox.linking(job, files));
    }
  }

  private void fill(boolean copies) throws IOException {
    Set<String> products = new HashSet<>();
    for (Ref ref : job.productRefs()) {
      products.add(ref.text());
      products.add(ProductScan.folder(ref));
    }
    CachePlace place = common.launches().place();
    folder = new SandboxFolder(place, JobFiles.name(job.name()), Sandbox.of(job), products, copies);
    if (copies) {
      folder.make();
    }
    new SandboxNeeds(common, id, folder).put(needs);
    for (Ref ref : job.productRefs()) {
      folder.folder(place(ProductScan.folder(ref)));
    }
    if (job.depfile() != null) {
      folder.folder(place(job.depfile()).getParent());
    }
    for (Step step : job.runs().steps()) {
      if (Files.isDirectory(root.resolve(step.dir()))) {
        folder.folder(place(step.dir()));
      }
    }
  }

  /** Returns where the job finds a path that is relative to the root, or absolute. */
  private Path place(String path) {
    return folder.of(root.resolve(path));
  }

  @Override
  public String variable() {
    return "TORC_SANDBOX";
  }

  @Override
  public JobRoot root() {
    return folder == null ? null : this;
  }

  @Override
  public Path of(Path file) {
    return folder.of(file);
  }

  @Override
  public boolean hasMoved() {
    return moved;
  }

  /** Notes what a torc put there that has ended since. */
  @Override
  public void resume(ProcessEnd how) {
    resumed = true;
    ended = how;
  }

  @Override
  public void end(NeedSnapshot snapshot) {
    if (resumed) {
      needs = snapshot;
      Io.unchecked(() -> fill(false));
    }
  }

  @Override
  public void over(ProcessEnd how) {
    ended = how;
  }

  /** A product, or a match of a produced glob, and where the job has to make it. */
  private record Made(Ref ref, Path path) {}

  @Override
  public void read() {
    if (ended.how() == ProcessEnd.How.EXITED && job.runs().skip().contains(ended.code())) {
      remove();
    }
  }

  /** Moves the products, if the job made all of them. */
  @Override
  public void move(ProductWays ways) throws IOException {
    ProductWays inside = ways();
    Path link = inside.changed();
    if (link != null) {
      AttemptFailure refusal = ProductWays.refusal(shown(source(link)), link);
      throw new AttemptFailure(refusal.getMessage() + hint(null));
    }
    List<Made> made = new ArrayList<>();
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfGlob glob) {
        matches(glob).forEach(match -> made.add(new Made(ref, match)));
      } else {
        made.add(new Made(ref, place(ref.text())));
      }
    }
    Set<Path> moving = made.stream().map(Made::path).collect(Collectors.toSet());
    for (Made each : made) {
      check(each.ref, each.path, moving);
    }
    ProductMove move = new ProductMove(common.removal(), ways);
    for (Made each : made) {
      move(each, inside, move);
    }
    moved = true;
    Path written = job.depfile() == null ? null : place(job.depfile());
    if (written != null && Files.isRegularFile(written)) {
      Path all = folder.top.getParent();
      Path translated = all.resolve(folder.top.getFileName() + "@depfile"); // no job's
      translateDepfile(written, translated);
      try (FolderHandle from = open(written.getParent(), inside);
          FolderHandle own = FolderHandle.of(all)) {
        move.move(own, translated.getFileName(), root.resolve(job.depfile()));
        from.removeFile(written.getFileName());
      }
    }
  }

  private void move(Made made, ProductWays inside, ProductMove move) throws IOException {
    if (!exists(made.path)) {
      return; // written in its place
    }
    Path name = made.path.getFileName();
    try (FolderHandle from = open(made.path.getParent(), inside)) {
      if (made.ref instanceof Ref.OfFolder of && from.status(name).isFolder()) {
        move.members(from, name, source(made.path), common.removal().part(of.path(), made.path));
      } else {
        move.move(from, name, source(made.path));
      }
    }
  }

  /** Returns the ways to the products in the folder, with the links that torc put there. */
  private ProductWays ways() {
    Set<Path> folders = new LinkedHashSet<>();
    for (Ref ref : job.productRefs()) {
      folders.add(
          ref instanceof Ref.OfGlob
              ? place(ProductScan.folder(ref))
              : place(ref.text()).getParent());
    }
    if (job.depfile() != null) {
      folders.add(place(job.depfile()).getParent());
    }
    return new ProductWays(folder.top.getParent(), List.copyOf(folders), folder.links);
  }

  /** Opens a folder in which the job worked, which it may have made read-only. */
  private FolderHandle open(Path made, ProductWays inside) throws IOException {
    return FolderHandle.below(inside.base(), inside.end(made), FolderHandle::enter);
  }

  /** Throws an {@link AttemptFailure} if a product is missing, of another kind, or leads away. */
  private void check(Ref ref, Path made, Set<Path> moving) throws IOException {
    boolean isFolder = ref instanceof Ref.OfFolder;
    String path = ref instanceof Ref.OfFolder of ? of.path() : ref.text();
    Path link = exists(made) ? folder.link(made, moving) : null;
    if (link != null) {
      String line = "product %s is a symlink to %s, which is not part of it; copy the file";
      line = line.formatted(name(source(link)), name(Files.readSymbolicLink(link)));
      throw new AttemptFailure(line + hint(null));
    }
    if (Files.exists(made)) {
      if (isFolder && Files.isSymbolicLink(made)) {
        refuseOutside(path, made);
      }
      if (Files.isDirectory(made) != isFolder) {
        FileKind there = isFolder ? FileKind.FILE : FileKind.FOLDER;
        throw new AttemptFailure(ProductScan.lack(SafeText.name(path), there, "") + hint(null));
      }
    } else if (!ref.optional()
        && (!(resumed || path.startsWith("/")) || !Files.exists(root.resolve(path)))) {
      String near = NearestPath.inParentheses(made, path);
      throw new AttemptFailure(
          "exit 0, but " + SafeText.name(path) + " was not written" + near, path);
    }
  }

  /** Fails the attempt if a folder product is a link that would lead out of the root (rule 13). */
  private void refuseOutside(String path, Path made) throws IOException {
    Path to = source(made).resolveSibling(Files.readSymbolicLink(made));
    if (!common.removal().grounds().hold(Walk.real(to))) {
      throw new AttemptFailure(ProductRoots.refusal(path, Walk.real(to)) + hint(null));
    }
  }

  private static boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the files that match a produced glob in the folder. */
  private List<Path> matches(Ref.OfGlob of) throws IOException {
    Path top = folder.top; // as torc's own folders above it match nothing
    Glob glob = Glob.of(top.relativize(place(of.pattern())).toString());
    List<Path> matches = new ArrayList<>();
    for (String match : GlobWalk.files(top, glob, List.of(), common.digests().stop())) {
      if (of.holds(shown(source(top.resolve(match))))) {
        matches.add(top.resolve(match));
      }
    }
    return matches;
  }

  @Override
  public Path source(Path made) {
    return made.startsWith(folder.top)
        ? root.resolve(folder.home.relativize(made)).normalize()
        : made;
  }

  /** Writes a depfile in which names below the folder are those of the same files in the root. */
  private void translateDepfile(Path made, Path to) throws IOException {
    byte[] bytes = Files.readAllBytes(made);
    depfile =
        new String(bytes, StandardCharsets.UTF_8)
            .replaceAll("\\\\([ #:])", "$1")
            .replace("$$", "$");
    Path all = folder.top.getParent();
    String top = "/.torc/sandbox/" + folder.top.getFileName() + "/";
    String home = "/.torc/sandbox/" + all.relativize(folder.home) + "/";
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    text = text.replace(home, "/").replace(top, "/" + "../".repeat(Sandbox.of(job).up()));
    OwnFile.write(
        to, text.getBytes(StandardCharsets.ISO_8859_1)); // never through a link of the job
  }

  /** Takes away names of files that were only in the folder; keeps those read in the root. */
  @Override
  public void find(FoundNeeds needs, NeedSnapshot snapshot, Stamp begin, String message) {
    for (Collection<String> names : List.of(needs.found(), needs.moved(), needs.lost())) {
      names.removeIf(
          name ->
              root.resolve(name).startsWith(root)
                  && !depfile.contains(root.resolve(name).toString()));
    }
  }

  /** Removes the folder when the products are known. */
  @Override
  public void look(ProductScan products) {
    List<String> others = isTold() ? Io.or(folder::others, List.of()) : List.of();
    if (!others.isEmpty()) {
      String line = "job %s also wrote %s: not in its produces, removed with its folder";
      say("others", line.formatted(SafeText.name(job.name()), SafeText.names(others, Sandbox.FEW)));
    }
    remove();
  }

  private void remove() {
    try {
      FileTree.remove(folder.top);
    } catch (IOException e) {
      String line = "cannot remove the folder of job " + job.name() + ": " + Refusal.line(e);
      common.removal().note().accept(line);
    }
  }

  @Override
  public String hint(String missing) {
    return exists(folder.top) ? "; its folder is " + name(folder.top) : "";
  }

  private String name(Path file) {
    return SafeText.name(shown(file));
  }

  private String shown(Path file) {
    return MovesAside.shown(common.launches().place(), file);
  }

  private boolean isTold() {
    return telling.always() || common.plan().records().result(id) == null;
  }

  /** Tells a line; without {@code always}, one of a kind about a job or group. */
  private void say(String kind, String line) {
    String whom = job.group() == null ? job.name() : job.group();
    if (telling.always() || telling.once().add(kind + " " + whom)) {
      telling.events().accept(new Event.Note(Event.Level.INFO, line));
    }
  }
}
