package dev.torc.features.remarks;

import dev.torc.base.posix.Io;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Submodules;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.ProductIndex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds needs for which git has put something in their place: a submodule that is not checked out
 * and that a wildcard reaches, and pointers of Git LFS. A need whose fixed part lies in such a
 * submodule is an error instead.
 */
final class GitPlaceholders {

  private static final byte[] POINTER =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.UTF_8);

  private final Graph graph;
  private final Path root;
  private final Map<Path, Boolean> lfs = new HashMap<>(); // by folder
  private List<Path> modules; // null before the first question

  GitPlaceholders(Graph graph) {
    this.graph = graph;
    this.root = graph.workflow().root();
  }

  /** Returns the rest of a sentence about a submodule; null if there is nothing to say. */
  String module(RemarkedJob of) {
    for (int id : graph.listNeeds().row(of.id())) {
      modules = modules == null ? Submodules.missing(root) : modules;
      NeedList list = graph.list(id);
      for (Path module : list.ofJobs() ? List.<Path>of() : modules) {
        String name = Paths.named(root, module);
        Glob need = list.glob() == null ? ProductIndex.inside(list.text()) : list.glob();
        if (need.overlaps(ProductIndex.inside(name)) && !Excludes.folder(list.excludes(), name)) {
          return " needs %s, which reaches the submodule %s, which is not checked out; %s"
              .formatted(list.written(), SafeText.name(name), Submodules.command(root, module));
        }
      }
    }
    return null;
  }

  /** Returns the rest of a sentence about pointers of Git LFS; null if there is nothing to say. */
  String pointers(RemarkedJob of) {
    List<String> pointers = new ArrayList<>(0);
    for (int file : graph.needs().row(of.id())) {
      addPointer(graph.path(file), pointers);
    }
    for (int id : graph.listNeeds().row(of.id())) {
      if (!graph.list(id).ofJobs()) {
        of.contents().members(id).files().forEach(path -> addPointer(path, pointers));
      }
    }
    return pointers.isEmpty()
        ? null
        : " needs %s, a pointer of Git LFS; run `git lfs pull`"
            .formatted(SafeText.names(pointers, 1));
  }

  private void addPointer(String path, List<String> pointers) {
    Path file = root.resolve(path);
    if (graph.makerOf(path) < 0
        && usesLfs(file.getParent())
        && Io.or(() -> isPointer(file), false)) {
      pointers.add(path);
    }
  }

  private static boolean isPointer(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(POINTER.length), POINTER);
    }
  }

  /** Returns whether the attributes of a folder, or of one above in its repository, name LFS. */
  private boolean usesLfs(Path folder) {
    Boolean known = lfs.get(folder);
    if (known == null) {
      Path file = folder.resolve(".gitattributes");
      boolean names =
          Files.exists(file) && Io.or(() -> Files.readString(file).contains("filter=lfs"), false);
      boolean top = folder.getParent() == null || Files.exists(folder.resolve(".git"));
      known = names || !top && usesLfs(folder.getParent());
      lfs.put(folder, known);
    }
    return known;
  }
}
