package dev.torc.features.adopt;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.FileTree;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.decide.OccupiedPlaces;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds jobs that are about to run although {@code torc adopt} could take over what is there (rule
 * 15): results or needs that were moved, and files from before torc. It only tells; {@link
 * Adoption} does it. A file is hashed only if a recorded product has its size.
 */
public final class Adoptable {

  /** The most instances that one line names. */
  private static final int MANY = 10;

  private final Plan plan;
  private final PlanContext context;
  private final Path root;
  private final Map<String, Set<String>> listings = new HashMap<>();
  private final Map<Integer, String> readers;
  private final OccupiedPlaces taken;
  private Map<Long, List<Made>> recorded; // by size; null until needed

  private record Made(String job, RecordedProduct product) {}

  /** What a job could take over, and what adopt does with that of one job and of many. */
  private record Found(String what, String does, String doesMany) {}

  private Adoptable(Plan plan) {
    this.plan = plan;
    this.context = plan.context();
    this.root = context.graph().workflow().root();
    this.readers = Adoption.dataReaders(context.graph());
    this.taken = context.taken();
  }

  /** Returns one line for each job or group of which something could be adopted. */
  public static List<Diagnostic> of(Plan plan) {
    List<Integer> likely = new ArrayList<>(0);
    for (int j : plan.context().graph().inOrder(plan.selected())) {
      if (plan.verdict(j) instanceof Verdict.WillRun will && isLikely(will.reasons())) {
        likely.add(j);
      }
    }
    return likely.isEmpty() ? List.of() : new Adoptable(plan).lines(likely);
  }

  /** Returns whether a job runs only because it is new, or because paths are. */
  private static boolean isLikely(List<Reason> reasons) {
    boolean paths = false;
    for (Reason reason : reasons) {
      Kind kind = reason.kind();
      boolean path =
          kind == Kind.NEVER_RAN
              || kind == Kind.PRODUCTS_DECLARED
              || kind == Kind.PRODUCT_MISSING
              || kind == Kind.NEED_ADDED
              || kind == Kind.NEED_REMOVED;
      if (!path && (kind != Kind.SETTING_CHANGED || !reason.name().startsWith("command"))) {
        return false;
      }
      paths |= path;
    }
    return paths;
  }

  private List<Diagnostic> lines(List<Integer> jobs) {
    Map<String, Map<Integer, Found>> groups = new LinkedHashMap<>();
    for (int j : jobs) {
      Job job = context.graph().job(j);
      try {
        boolean adopts = !job.has(Trait.ALWAYS) && !readers.containsKey(j);
        Found found = adopts ? found(j, job) : null;
        if (found != null) {
          String key = (job.group() == null ? job.name() : job.group()) + "\0" + found.does;
          groups.computeIfAbsent(key, _ -> new LinkedHashMap<>()).put(j, found);
        }
      } catch (IOException e) {
        continue; // only a hint: the job reports what it cannot read
      }
    }
    return groups.values().stream().map(this::line).toList();
  }

  private Diagnostic line(Map<Integer, Found> alike) {
    int first = alike.keySet().iterator().next();
    Job job = context.graph().job(first);
    Found found = alike.get(first);
    int more = alike.size() - 1;
    String others = more == 0 ? "" : " (and " + more + " more of group " + job.group() + ")";
    String names =
        isAll(job.group(), alike.keySet())
            ? SafeText.name(job.group())
            : alike.keySet().stream()
                .limit(MANY)
                .map(j -> SafeText.name(context.graph().name(j)))
                .collect(Collectors.joining(" "));
    return new Diagnostic(
        job.place(),
        found.what
            + others
            + "; torc adopt "
            + names
            + " "
            + (more == 0 ? found.does : found.doesMany));
  }

  /** Returns whether the whole group can be adopted at once. */
  private boolean isAll(String group, Set<Integer> known) {
    Graph graph = context.graph();
    return group != null
        && graph.open().values().stream().noneMatch(open -> open.name().equals(group))
        && Arrays.stream(graph.nodesOf(group))
            .allMatch(j -> known.contains(j) || plan.verdict(j) instanceof Verdict.UpToDate);
  }

  private Found found(int id, Job job) throws IOException {
    JobResult last = context.records().result(id);
    List<Reason> reasons = plan.verdict(id).reasons();
    Map<String, String> moved = new LinkedHashMap<>();
    if (last != null && !movedNeeds(id, reasons, moved)) {
      return null;
    }
    List<String> fresh = new ArrayList<>();
    if (!stand(job, fresh)) {
      return null;
    }
    List<Made> made = new ArrayList<>();
    for (String path : fresh) {
      Made was = made(path, job.name());
      if (was == null) {
        return taken.of(id) == null ? foreign(job, path) : null;
      }
      moved.put(was.product.path(), path);
      made.add(was);
    }
    if (moved.isEmpty() || last != null && !explained(reasons, moved)) {
      return null;
    }
    if (made.isEmpty()) {
      Map.Entry<String, String> need = moved.entrySet().iterator().next();
      String line =
          "need %s has the bytes that need %s had"
              .formatted(name(need.getValue()), name(need.getKey()));
      return new Found(line, "keeps the result", "keeps the results");
    }
    Made was = made.getFirst();
    String line =
        "%s is what %s made as %s"
            .formatted(name(fresh.getFirst()), name(was.job), name(was.product.path()));
    return new Found(line, "takes it over", "takes them over");
  }

  private static Found foreign(Job job, String path) {
    String line = "%s is not made by torc and would move to .torc/kept";
    return job.has(Trait.PERSIST)
        ? null
        : new Found(line.formatted(name(path)), "keeps it", "keeps them");
  }

  private static String name(String path) {
    return SafeText.name(path);
  }

  /** Pairs needs that are gone with new ones of the same bytes; returns whether all have one. */
  private boolean movedNeeds(int id, List<Reason> reasons, Map<String, String> moved) {
    Map<String, List<String>> gone = new HashMap<>();
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.NEED_REMOVED) {
        for (ManifestEntry each : members(reason.name(), reason.old())) {
          gone.computeIfAbsent(each.now(), _ -> new ArrayList<>()).add(each.name());
        }
      }
    }
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.NEED_ADDED) {
        for (ManifestEntry each : present(id, reason)) {
          List<String> same = gone.getOrDefault(each.now(), List.of());
          if (same.isEmpty()) {
            return false;
          }
          String then = same.removeFirst();
          if (!then.equals(each.name())) { // else needed in another way
            moved.put(then, each.name());
          }
        }
      }
    }
    return gone.values().stream().allMatch(List::isEmpty);
  }

  /** Returns the members of a list that the last run read; for a file, the file. */
  private List<ManifestEntry> members(String name, String digest) {
    boolean may = digest.length() == 2 * Digest.LENGTH;
    List<ManifestEntry> members = may ? context.records().list(Digest.ofHex(digest)) : null;
    return members == null ? List.of(new ManifestEntry(0, name, "", digest)) : members;
  }

  private List<ManifestEntry> present(int id, Reason need) {
    for (int each : context.graph().listNeeds().row(id)) {
      if (context.graph().list(each).written().equals(need.name())) {
        return context.contents().members(each).entries();
      }
    }
    return List.of(new ManifestEntry(0, need.name(), "", need.now()));
  }

  /** Returns whether a changed command and missing products differ only in paths that moved. */
  private static boolean explained(List<Reason> reasons, Map<String, String> moved) {
    for (Reason reason : reasons) {
      if (reason.kind() == Kind.PRODUCT_MISSING && !moved.containsKey(reason.name())) {
        return false;
      }
      if (reason.kind() == Kind.SETTING_CHANGED) {
        String text = reason.old();
        for (Map.Entry<String, String> each : moved.entrySet()) {
          text = text.replace(each.getKey(), each.getValue());
        }
        if (!text.equals(reason.now())) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Returns whether each product of a job exists; of globs alone, one match is enough. Adds to
   * {@code fresh} those that no job made at this path.
   */
  private boolean stand(Job job, List<String> fresh) throws IOException {
    boolean any = false;
    for (Ref ref : job.productRefs()) {
      boolean glob = ref instanceof Ref.OfGlob;
      List<String> paths = glob ? matches((Ref.OfGlob) ref) : List.of(path(ref));
      for (String path : paths) {
        if (!glob && !listing(UserPaths.parent(path)).contains(path)) {
          return false;
        }
        any = true;
        if (context.records().owned(path) == null) {
          fresh.add(path);
        }
      }
    }
    return any && (job.depfile() == null || Files.isRegularFile(root.resolve(job.depfile())));
  }

  private static String path(Ref ref) {
    return ref instanceof Ref.OfFolder folder ? folder.path() : ref.text();
  }

  private List<String> matches(Ref.OfGlob of) throws IOException {
    Glob glob = of.glob();
    String prefix = glob.fixedPrefix();
    boolean flat = of.pattern().indexOf('/', prefix.isEmpty() ? 0 : prefix.length() + 1) < 0;
    Set<String> there = listing(prefix);
    return flat || there.isEmpty()
        ? there.stream().filter(of::holds).sorted().toList()
        : GlobWalk.files(root, glob, of.excludes(), context.basis().digests().stop());
  }

  /** Returns the paths in a folder, which many jobs may share; empty if it does not exist. */
  private Set<String> listing(String folder) throws IOException {
    Set<String> paths = listings.get(folder);
    if (paths == null) {
      Path at = root.resolve(folder);
      paths = new HashSet<>();
      for (Path each : Files.isDirectory(at) ? FileTree.entries(at) : List.<Path>of()) {
        String name = each.getFileName().toString();
        paths.add(folder.isEmpty() ? name : folder.equals("/") ? "/" + name : folder + "/" + name);
      }
      listings.put(folder, paths);
    }
    return paths;
  }

  /**
   * Returns the recorded product elsewhere with the same bytes, of the job if possible, or null.
   */
  private Made made(String path, String job) throws IOException {
    Path file = root.resolve(path);
    boolean folder = Files.isDirectory(file);
    if (!folder && !Files.isRegularFile(file)) {
      return null;
    }
    Made made = null;
    DigestMemo digests = context.basis().digests();
    for (Made each : recorded().getOrDefault(folder ? bytes(file) : Files.size(file), List.of())) {
      boolean alike = (each.product.kind() == FileKind.FOLDER) == folder;
      if (alike && (made == null || each.job.equals(job)) && !each.product.path().equals(path)) {
        Digest now = folder ? digests.folder(path, false).digest() : digests.of(path).product();
        made = each.product.digest().equals(now) ? each : made;
      }
    }
    return made;
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      return inside.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Map<Long, List<Made>> recorded() {
    if (recorded == null) {
      recorded = new HashMap<>();
      context
          .basis()
          .cache()
          .eachResult(
              (job, result) -> {
                if (result.outcome().isGood()) {
                  for (RecordedProduct each : result.products()) {
                    recorded
                        .computeIfAbsent(each.size(), _ -> new ArrayList<>(1))
                        .add(new Made(job, each));
                  }
                }
              });
    }
    return recorded;
  }
}
