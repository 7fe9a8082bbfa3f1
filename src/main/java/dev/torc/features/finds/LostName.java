package dev.torc.features.finds;

import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides whether a name in a depfile that leads to no file is lost: the command seems to have read
 * a file that torc cannot watch, so the job is not up to date. Temporary files, products and files
 * of another machine are not lost. {@link DiscoveredNeeds} has found that the name leads nowhere
 * from the job's folder.
 */
record LostName(Graph graph, int id, NeedSnapshot snapshot) {

  /** Where commands make temporary files, besides {@code {tmp}} and {@code TMPDIR}. */
  private static final List<String> TEMPORARY = List.of("/tmp", "/var/tmp");

  /**
   * Returns whether a name, which means {@code path}, is lost.
   *
   * @throws AttemptFailure if it leads from another folder to a file that the job does not need
   */
  boolean isLost(String name, String path) {
    boolean outside =
        path.startsWith("/")
            && graph.workflow().settings().roots().stream().noneMatch(Path.of(path)::startsWith);
    return !path.startsWith(".torc/") // in {tmp}
        && !(outside && name.startsWith("/") && isTemporary(Path.of(name)))
        && !(outside && !graph.job(id).runs().executors().isEmpty())
        && !isElsewhere(name, path);
  }

  private boolean isTemporary(Path file) {
    Set<String> folders = new TreeSet<>(TEMPORARY);
    for (Step step : graph.job(id).runs().steps()) {
      Optional<Template> own = step.env().getOrDefault("TMPDIR", Optional.empty());
      own.map(Template::declared).or(() -> snapshot.ofVariable("TMPDIR")).ifPresent(folders::add);
    }
    return folders.stream().anyMatch(folder -> !folder.isEmpty() && file.startsWith(folder));
  }

  /**
   * Returns whether the name leads to a need or product of the job, from the root or from the
   * folder of the depfile or a need. Fails the job if the name leads to another file there: the
   * command changed its folder, and a change of that file would go unseen.
   */
  private boolean isElsewhere(String name, String path) {
    Job job = graph.job(id);
    Path root = graph.workflow().root();
    Set<String> folders = new TreeSet<>(List.of("", UserPaths.parent(job.depfile())));
    for (Ref need : job.needRefs()) {
      if (need instanceof Ref.OfFile file) {
        folders.add(UserPaths.parent(file.path()));
      }
    }
    boolean known = false;
    for (String folder : folders) {
      String there = new Paths(root).below(folder.isEmpty() ? "." : folder, name);
      if (there.equals(path) || !Files.isRegularFile(root.resolve(there))) {
        continue;
      }
      if (!snapshot.declares(there) && !Tracing.isOwn(graph, id, there)) {
        String dir = shown(job.runs().steps().getFirst().dir());
        String why =
            "exit 0, but depfile %s names %s, which exists from %s and not from %s;"
                + " its names are relative to dir: set dir instead of using cd";
        throw new AttemptFailure(why.formatted(job.depfile(), name, shown(folder), dir));
      }
      known = true;
    }
    return known;
  }

  private static String shown(String folder) {
    return folder.isEmpty() || folder.equals(".") ? "the root" : folder;
  }
}
