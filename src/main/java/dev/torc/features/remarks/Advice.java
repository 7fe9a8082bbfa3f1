package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Place;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.ToolSearch;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.FoldedLines;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds input that is accepted but looks wrong, for {@code torc check} and builds. {@link
 * dev.torc.features.remarks.CommandWarnings} finds undeclared files that commands read.
 */
public final class Advice {

  /** Variables that many programs read: language, time zone, places of files and modules. */
  private static final Set<String> READ =
      Set.of("LANG TZ TMPDIR PYTHONPATH PYTHONHOME R_HOME R_LIBS PERL5LIB JAVA_HOME".split(" "));

  private Advice() {}

  /** Returns the build file's warnings for {@code jobs}. A warning belongs to the job above it. */
  public static List<BadInput.Diagnostic> ofJobs(Graph graph, BitSet jobs) {
    List<BadInput.Diagnostic> warnings = graph.workflow().warnings();
    if (warnings.isEmpty() || jobs.isEmpty()) {
      return List.of();
    }
    NavigableMap<Place, Boolean> known = new TreeMap<>();
    for (int j = 0; j < graph.jobs(); j++) {
      known.merge(graph.job(j).place(), jobs.get(j), Boolean::logicalOr);
    }
    return warnings.stream()
        .filter(
            warning -> {
              Map.Entry<Place, Boolean> job = known.floorEntry(warning.place());
              return job != null
                  && job.getValue()
                  && job.getKey().file().equals(warning.place().file());
            })
        .toList();
  }

  /** Returns remarks about sources that torc made, as far as the context looked at them. */
  static List<BadInput.Diagnostic> made(PlanContext context) {
    return context.contents().stale().remarks().stream().map(BadInput.Diagnostic::new).toList();
  }

  /** Warns of parameters whose names are variables that many programs read. */
  public static List<BadInput.Diagnostic> parameters(List<Group> groups) {
    List<BadInput.Diagnostic> lines = new ArrayList<>();
    for (Group group : groups) {
      for (String name : namedBy(group)) {
        if (READ.contains(name) || name.startsWith("LC_")) {
          String line =
              "parameter %s of %s is in the environment of its jobs, where programs read it; if"
                  + " that is not meant, rename it, or name the other columns of its table in"
                  + " `columns`";
          lines.add(new BadInput.Diagnostic(group.place(), line.formatted(name, group.name())));
        }
      }
    }
    return lines;
  }

  private static Set<String> namedBy(Group group) {
    return group.instances().isEmpty()
        ? Set.of()
        : InstanceName.parse(group.instances().getFirst()).values().keySet();
  }

  /** Warns of needed values whose name fits two jobs, as {@code train} and {@code train.val}. */
  public static List<BadInput.Diagnostic> readings(Graph graph) {
    Set<String> seen = new HashSet<>();
    List<BadInput.Diagnostic> lines = new ArrayList<>();
    for (int j : graph.inOrder(graph.allJobs())) {
      for (Ref ref : graph.job(j).needRefs()) {
        if (ref instanceof Ref.OfData data && data.readings().size() > 1 && seen.add(data.text())) {
          readings(graph, data)
              .map(line -> new BadInput.Diagnostic(data.place(), line))
              .forEach(lines::add);
        }
      }
    }
    return lines;
  }

  private static Stream<String> readings(Graph graph, Ref.OfData data) {
    Ref.OfData meant = graph.readingOf(data);
    String group = InstanceName.parse(meant.job()).group();
    return data.readings().stream()
        // Another dot in a parameter's value still means the same group.
        .filter(other -> !InstanceName.parse(other.job()).group().equals(group))
        .filter(other -> graph.nodesInNeed(other.job()) != null)
        .map(
            other ->
                "data %s is %s of job %s; %s of job %s has the same name; rename one"
                    .formatted(data.written(), meant.key(), meant.job(), other.key(), other.job()));
  }

  /** Returns the warnings about the values of groups that are targets or needed. */
  public static List<BadInput.Diagnostic> groups(
      Graph graph, JobSelection selection, List<String> targets) {
    Set<String> asked = new HashSet<>();
    List<Group> odd =
        graph.workflow().groups().stream().filter(g -> !g.sources().warnings().isEmpty()).toList();
    if (!odd.isEmpty() && selection.targeted()) {
      targets.forEach(target -> asked.add(InstanceName.parse(target).group()));
      for (int id : selection.jobs().stream().toArray()) {
        Job job = graph.job(id);
        job.links().after().forEach(ref -> asked.add(InstanceName.parse(ref.job()).group()));
        for (Ref ref : job.needRefs()) {
          if (ref instanceof Ref.OfJob of) {
            asked.add(InstanceName.parse(of.job()).group());
          }
        }
      }
    }
    return odd.stream()
        .filter(group -> !selection.targeted() || asked.contains(group.name()))
        .flatMap(group -> group.sources().warnings().stream())
        .distinct() // two groups may read one table
        .toList();
  }

  /** Adds a line for each needed glob, folder or part of a group that gives nothing. */
  public static FoldedLines emptyNeeds(Graph graph, BitSet jobs, FoldedLines lines)
      throws IOException {
    emptyGlobs(graph, jobs, lines);
    for (int j : graph.inOrder(jobs)) {
      emptyParts(graph, graph.job(j), lines);
    }
    return lines;
  }

  /** Adds a line for each needed glob or folder that gives nothing. */
  public static FoldedLines emptyGlobs(Graph graph, BitSet jobs, FoldedLines lines)
      throws IOException {
    EmptyGlobs globs = new EmptyGlobs(graph);
    for (int j : graph.inOrder(jobs)) {
      Job job = graph.job(j);
      Map<Place, Integer> alike = new HashMap<>(0); // a variable may give several items there
      for (Ref ref : globs.emptyNeeds(j)) {
        String key = ref.place() + " " + alike.merge(ref.place(), 1, Integer::sum);
        if (!lines.counts(job, key)) {
          String line = " needs %s, which matches nothing: %s";
          lines.add(job, key, ref.place(), "job ", line.formatted(ref.text(), globs.hint(ref)));
        }
      }
    }
    return lines;
  }

  /** Returns whether a group has no instances: then a glob over its products may be empty. */
  public static boolean anyEmptyGroup(Graph graph) {
    return graph.workflow().groups().stream()
        .map(group -> graph.nodesOf(group.name()))
        .anyMatch(nodes -> nodes == null || nodes.length == 0);
  }

  /** Warns of needed globs and folders that cannot be listed. */
  public static List<BadInput.Diagnostic> unlisted(Graph graph, BitSet jobs) {
    Set<Integer> seen = new HashSet<>();
    List<BadInput.Diagnostic> lines = new ArrayList<>();
    for (int j : graph.inOrder(jobs)) {
      for (int id : graph.listNeeds().row(j)) {
        NeedList list = graph.list(id);
        if (!list.ofJobs() && seen.add(id)) {
          Glob glob = list.glob() == null ? ProductIndex.inside(list.text()) : list.glob();
          try {
            GlobWalk.find(graph.workflow().root(), glob, list.excludes());
          } catch (IOException e) {
            String line = "need " + list.written() + " cannot be read: " + Refusal.line(e);
            graph.job(j).needRefs().stream()
                .filter(ref -> ref.text().equals(list.written()))
                .forEach(ref -> lines.add(new BadInput.Diagnostic(ref.place(), line)));
          }
        }
      }
    }
    return lines;
  }

  /** Adds a line for each needed part of a group that turned out to have no instances. */
  public static void emptyParts(Graph graph, Job job, FoldedLines lines) {
    for (Ref ref : job.needRefs()) {
      String name =
          ref instanceof Ref.OfJob made
              ? made.job()
              : ref instanceof Ref.OfData value ? graph.readingOf(value).job() : null;
      if (name != null && graph.isEmptyPart(name)) {
        String key = "part of " + InstanceName.parse(name).group();
        if (!lines.counts(job, key)) {
          lines.add(job, key, ref.place(), "", " reads nothing: " + graph.unknown(name));
        }
      }
    }
  }

  /**
   * Warns once of each tool that is a script outside the root, such as the shims of pyenv and
   * conda: the program that the script runs may change while the script stays the same.
   */
  public static List<BadInput.Diagnostic> scripts(Graph graph, NeedContents contents, BitSet jobs)
      throws IOException {
    Set<String> seen = new HashSet<>();
    List<BadInput.Diagnostic> lines = new ArrayList<>();
    for (int j : graph.inOrder(jobs)) {
      for (Tool tool : ToolSearch.unmade(graph, graph.job(j))) {
        String path =
            contents.isLocked(graph.job(j), tool) ? null : contents.machine().tools().path(tool);
        if (path != null && path.startsWith("/") && seen.add(path) && isScript(Path.of(path))) {
          String line =
              "tool %s of job %s is the script %s: the program behind it does not count; name that"
                  + " one by its path";
          String said = line.formatted(tool.name(), graph.job(j).name(), path);
          lines.add(new BadInput.Diagnostic(tool.place(), said));
        }
      }
    }
    return lines;
  }

  private static boolean isScript(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '#' && in.read() == '!';
    } catch (AccessDeniedException e) {
      return false; // executable but not readable: reported elsewhere
    }
  }

  /** Warns of a cache on a network file system, which LMDB does not support. */
  public static Optional<String> network(ThisHost here, CachePlace settled) {
    String line =
        "the cache is on a network file system (%s), where it is not safe;"
            + " set TORC_CACHE to a folder on a local disk";
    return here.networkKind(settled.database()).map(line::formatted);
  }
}
