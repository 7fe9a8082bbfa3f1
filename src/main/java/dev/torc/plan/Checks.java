package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import dev.torc.hash.Stamp;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Job;
import dev.torc.workflow.Place;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of rule 13 that the disk decides: needed files that nobody makes and that do not exist,
 * things that cannot be read as files, products that lie elsewhere than they seem to. What the
 * build file alone decides was refused when the graph was built.
 */
public final class Checks {

  private final Graph graph;
  private final Digests digests;
  private final Path root;
  private final List<Path> allowed = new ArrayList<>();
  private final Set<Path> buildFiles = new HashSet<>();
  private final Map<Path, Path> realFolders = new HashMap<>();
  private final List<BadInput.Diagnostic> errors = new ArrayList<>();

  private Checks(Graph graph, Digests digests) throws IOException {
    this.graph = graph;
    this.digests = digests;
    this.root = graph.workflow().root();
    allowed.add(root.toRealPath());
    for (Path extra : graph.workflow().roots()) {
      allowed.add(real(extra));
    }
    for (Path file : graph.workflow().files()) {
      buildFiles.add(file);
      buildFiles.add(real(file));
    }
  }

  /** Checks the selected jobs; throws {@link BadInput} with every error found. */
  public static void check(Graph graph, Digests digests, BitSet selected) throws IOException {
    Checks checks = new Checks(graph, digests);
    for (int j = selected.nextSetBit(0); j >= 0; j = selected.nextSetBit(j + 1)) {
      checks.needs(j);
      checks.products(graph.job(j));
    }
    if (!checks.errors.isEmpty()) {
      throw new BadInput(checks.errors);
    }
  }

  private void needs(int id) throws IOException {
    for (Ref ref : graph.job(id).needRefs()) {
      if (ref instanceof Ref.OfFile file && graph.makerOf(file.path()) < 0) {
        source(id, file);
      } else if (ref instanceof Ref.OfFolder folder && graph.makerOf(folder.path()) < 0) {
        folder(id, folder);
      }
    }
  }

  private void source(int id, Ref.OfFile file) throws IOException {
    Stamp stamp = digests.linkStamp(file.path());
    if (stamp.kind() == Stamp.Kind.LINK) {
      stamp = digests.stamp(file.path());
      alias(id, file, real(root.resolve(file.path())));
    } else {
      Path there = root.resolve(file.path());
      alias(id, file, realFolder(there.getParent()).resolve(there.getFileName()));
    }
    switch (stamp.kind()) {
      case FILE -> {}
      case MISSING ->
          error(
              file.place(),
              "job %s needs %s, which does not exist and which no job produces"
                  .formatted(graph.job(id).name(), file.path()));
      case FOLDER ->
          error(
              file.place(),
              "needed file %s is a folder; write %s/".formatted(file.path(), file.path()));
      default ->
          error(
              file.place(),
              "needed file %s is no regular file; torc reads files and folders only"
                  .formatted(file.path()));
    }
  }

  /** A product that is needed under another name would be read before it is made. */
  private void alias(int id, Ref.OfFile file, Path real) {
    String path = name(real);
    int maker = path.equals(file.path()) ? -1 : graph.makerOf(path);
    if (maker >= 0) {
      error(
          file.place(),
          "job %s needs %s, which is %s, a product of job %s; need it by that name"
              .formatted(graph.job(id).name(), file.path(), path, graph.name(maker)));
    }
  }

  /** A real path as the graph would name it. */
  private String name(Path real) {
    Path home = allowed.getFirst();
    return real.startsWith(home) ? home.relativize(real).toString() : real.toString();
  }

  private Path realFolder(Path folder) throws IOException {
    Path real = realFolders.get(folder);
    if (real == null) {
      real = real(folder);
      realFolders.put(folder, real);
    }
    return real;
  }

  /** A folder may be missing if products are to appear in it. */
  private void folder(int id, Ref.OfFolder folder) throws IOException {
    Stamp stamp = digests.stamp(folder.path());
    boolean made = false;
    for (int i = graph.listNeeds().from(id); i < graph.listNeeds().to(id); i++) {
      var list = graph.list(graph.listNeeds().at(i));
      made |= list.text().equals(folder.path()) && !list.makers().isEmpty();
    }
    if (stamp.kind() == Stamp.Kind.FILE) {
      error(
          folder.place(),
          "needed folder %s/ is a file; write it without the slash".formatted(folder.path()));
    } else if (!stamp.exists() && !made) {
      error(
          folder.place(),
          "job %s needs folder %s/, which does not exist and which no job produces"
              .formatted(graph.job(id).name(), folder.path()));
    }
  }

  private void products(Job job) throws IOException {
    if (job.depfile() != null) { // it is removed before a run, as a product is
      product(job, new Ref.OfFile(job.place(), job.depfile()), job.depfile());
    }
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        product(job, ref, file.path());
      } else if (ref instanceof Ref.OfFolder folder) {
        product(job, ref, folder.path());
      } else if (ref instanceof Ref.OfGlob glob) {
        product(job, ref, Glob.of(glob.pattern()).fixedPrefix() + "/*");
      }
    }
  }

  private void product(Job job, Ref ref, String path) throws IOException {
    Place place = ref.place();
    Path file = root.resolve(path.startsWith("/*") ? path.substring(1) : path);
    Path real = realFolder(file.getParent());
    Path exact = real.resolve(file.getFileName());
    Path target = Files.isSymbolicLink(file) ? real(file) : exact;
    if (ref instanceof Ref.OfFolder) {
      real = target; // a file's link moves aside, but who links a folder away wants it filled
    }
    if (allowed.stream().noneMatch(real::startsWith)) {
      error(
          place,
          "product %s lies in %s, which is neither below the root nor below a folder in `roots`"
              .formatted(path, real));
    }
    int other = name(exact).equals(path) ? -1 : graph.makerOf(name(exact));
    if (other >= 0 && !graph.name(other).equals(job.name())) {
      error(
          place,
          "product %s is %s, a product of job %s".formatted(path, name(exact), graph.name(other)));
    }
    if (buildFiles.contains(exact) || buildFiles.contains(target)) {
      error(place, "product " + path + " is the build file");
    }
  }

  /** The real path of what may not exist yet: links of the part that exists are followed. */
  private static Path real(Path path) throws IOException {
    Path existing = path.toAbsolutePath().normalize();
    List<Path> rest = new ArrayList<>();
    while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      rest.add(existing.getFileName());
      existing = existing.getParent();
    }
    if (existing == null) {
      return path;
    }
    Path real;
    try {
      real = existing.toRealPath();
    } catch (java.nio.file.NoSuchFileException e) {
      real = existing; // a link that leads nowhere
    }
    for (Path name : rest.reversed()) {
      real = real.resolve(name);
    }
    return real;
  }

  private void error(Place place, String message) {
    errors.add(new BadInput.Diagnostic(place, message));
  }
}
