package dev.torc.buildfile;

import dev.torc.hash.StampSource.StampPaths;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.JsonText;
import dev.torc.syntax.Node;
import dev.torc.syntax.Node.Entry;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import dev.torc.syntax.Quantity;
import dev.torc.workflow.Group;
import dev.torc.workflow.Paths;
import dev.torc.workflow.Workflow;
import dev.torc.workflow.Workflow.Executor;
import dev.torc.workflow.Workflow.ReportFile;
import dev.torc.workflow.Workflow.Settings;
import dev.torc.workflow.Workflow.Stores;
import dev.torc.workflow.WorkflowCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Build files as read, with their groups not expanded: what is known without results. It reads the
 * top level; {@link FileLayers} joins files, {@link JobEntryReader} and {@link JobReader} read jobs
 * and groups, {@link GroupExpansion} finds the values of groups.
 *
 * <p>{@code defaults} is a job laid under every job: its {@code env}, {@code resources} (after
 * class names are replaced) and {@code retry} are joined with the job's key by key, and the job's
 * keys win; every other key counts only if the job does not have it.
 *
 * <p>Not thread-safe: it remembers what it has read.
 */
public final class ParsedBuildFile {

  private static final Pattern STATIC_NAME = Pattern.compile("[\\p{L}\\p{Nd}_-]+");

  private final List<BuildFile.Read> sources;
  private final Vars vars;
  private final Workflow blank; // without jobs
  private final Set<String> manual = new TreeSet<>(); // names of jobs, instances and groups
  private final GroupExpansion expansion;

  /**
   * Reads and joins build files.
   *
   * @param files at least one; later ones are laid over earlier ones, the first one's folder is the
   *     root
   * @param input the text of the file named {@link BuildFile#INPUT}; null if there is none
   * @param over the overrides of the command line
   * @throws BadInput with all errors that show without expanding groups
   * @throws IOException if a file exists but cannot be read
   */
  public static ParsedBuildFile read(List<Path> files, byte[] input, Overrides over)
      throws IOException {
    Problems problems = new Problems();
    ParsedBuildFile parsed = new ParsedBuildFile(files, input, over, null, problems);
    if (!problems.isEmpty()) {
      // Expanded too, so that what is wrong with groups is told with the rest.
      parsed.expansion.run(parsed.blank, ResultSource.nothing(), problems);
      problems.throwIfAny();
    }
    return parsed;
  }

  /**
   * Reads one build file again, with the overrides of the earlier reading; jobs with the same text
   * are taken over.
   *
   * @param text the earlier text of the file
   * @param earlier the workflow of that text, with packed jobs
   * @throws BadInput as {@link #read}
   */
  public static ParsedBuildFile readAgain(Path file, Overrides over, byte[] text, Workflow earlier)
      throws IOException {
    Problems problems = new Problems();
    try {
      UnchangedJobs unchanged = new UnchangedJobs(text, earlier);
      ParsedBuildFile parsed = new ParsedBuildFile(List.of(file), null, over, unchanged, problems);
      if (problems.isEmpty()) {
        return parsed;
      }
    } catch (BadInput e) {
      problems.add(e); // not told: reading all below tells all that is wrong
    }
    return read(List.of(file), null, over);
  }

  private ParsedBuildFile(
      List<Path> files, byte[] input, Overrides over, UnchangedJobs unchanged, Problems problems)
      throws IOException {
    Path root = BuildFile.located(files.getFirst()).getParent();
    FileLayers layers = new FileLayers(root, input, unchanged, problems);
    Node.Mapping all = layers.read(files);
    MapFields keys = new MapFields(all, null, problems);
    if (all.get("vars") == null) {
      keys.only(KnownKeys.TOP, "the build file"); // an unknown key may be the mistyped vars
    }
    Node.Mapping given = MapFields.map(all.get("vars"), "vars", problems);
    this.vars = VariableReader.resolve(given, layers.varFiles(), over.defines(), problems);
    // With wrong vars every use of them would be told again.
    problems.throwIfAny();
    if (all.get("vars") != null) {
      keys.only(KnownKeys.TOP, "the build file");
    }

    Scope scope = new Scope(vars, null, problems);
    SequencedMap<String, Entry> jobs =
        new LinkedHashMap<>(new FactoryReader(all, scope, problems).jobs().entries());
    Node.Mapping top = all.without("jobs");
    all = null; // so that the tree of 100 000 jobs can be freed as they are read
    MapFields fields = new MapFields(top, scope, problems);
    SortedMap<String, Long> limits = limits(top, scope, problems);
    Paths paths = new Paths(root);
    List<Executor> executors = ExecutorReader.read(top.get("executors"), scope, problems);
    Stores stores = new StoresReader(scope, paths, problems).read(top.get("stores"));
    List<ReportFile> report = new ItemReader(paths, problems).report(fields);
    List<String> names = names(executors, over.executor(), problems);
    JobReader reader =
        new JobReader(
            new JobReader.Common(
                vars,
                top,
                new FactoryReader(top, scope, problems).parents(jobs.keySet()),
                counters(limits),
                paths,
                over,
                names),
            problems);
    reader.checkShared();
    AxisReader axes = new AxisReader(scope, paths, problems);
    WorkflowCodec codec = unchanged == null ? new WorkflowCodec() : unchanged.codec();
    Map<String, Place> places = HashMap.newHashMap(jobs.size());
    List<Unit> units =
        new JobEntryReader(reader, axes, codec, places, manual).read(jobs, unchanged);
    Path folder = root.getFileName();
    this.sources = layers.sources();
    Settings settings =
        new Settings(
            layers.files(),
            fields.text("name", folder == null ? "torc" : folder.toString()),
            fields.text("description", ""),
            limits,
            absolute(fields, "roots", root),
            data(fields.inner("data")),
            HookReader.read(top.get("hooks"), scope, reader.shell(), places.keySet(), problems),
            executors,
            stores,
            stamps(fields.inner("stamps").only(KnownKeys.STAMPS, "stamps"), root),
            report);
    this.blank =
        new Workflow(root, settings, List.of(), List.of(), List.of(), List.of(), List.of());
    if (units.isEmpty()) {
      problems.warn(top.place(), "no jobs; add one below jobs:");
    }
    this.expansion = new GroupExpansion(root, units, codec, reader, problems.warnings(), manual);
  }

  /** Returns the limits that are counters, not resources of the machine. */
  private static TreeSet<String> counters(SortedMap<String, Long> limits) {
    TreeSet<String> counters = new TreeSet<>(limits.keySet());
    KnownKeys.LIMITS.forEach(counters::remove);
    return counters;
  }

  /** Returns the names of the executors; reports an unknown executor of {@code --on}. */
  private static List<String> names(List<Executor> executors, String on, Problems problems) {
    List<String> names = executors.stream().map(Executor::name).toList();
    if (on != null) {
      try {
        ExecutorReader.requireKnown(on, names);
      } catch (IllegalArgumentException e) {
        problems.add(Place.NONE, "--on " + on + ": " + e.getMessage());
      }
    }
    return names;
  }

  /**
   * Returns the workflow as far as it is known with these results: if missing results decide about
   * a group, it has the instances that are known. Repeating it is cheap: plain jobs, and instances
   * that stay, are the same objects again.
   *
   * @throws BadInput with the errors that do not depend on results; the others are in {@link
   *     Group#problems}
   * @throws IOException if a file or folder that a group asks for cannot be read
   */
  public Workflow expand(ResultSource found) throws IOException {
    Problems problems = new Problems();
    Workflow expanded = expansion.run(blank, found, problems);
    problems.throwIfAny();
    return expanded;
  }

  public Set<String> variables() {
    return vars.names();
  }

  /** Returns the files that were read, with tables, by the paths that were asked for. */
  public List<BuildFile.Read> sources() {
    List<BuildFile.Read> all = new ArrayList<>(sources);
    all.addAll(expansion.sources().read());
    return all;
  }

  /** Returns what decided the last expansion, besides {@link #sources}. */
  public Deciders deciders() {
    return expansion.deciders();
  }

  private static SortedMap<String, Long> limits(Node.Mapping top, Scope scope, Problems problems) {
    MapFields fields = MapFields.of(top.get("limits"), "limits", scope, problems);
    SortedMap<String, Long> limits = new TreeMap<>();
    for (Map.Entry<String, Entry> each : fields.map().entries().entrySet()) {
      String name = each.getKey();
      if (!KnownKeys.LIMITS.contains(name) && KnownKeys.RESOURCES.contains(name)) {
        problems.add(each.getValue().place(), name + " cannot be limited here");
      } else if (!Placeholder.isIdentifier(name)) {
        problems.add(
            each.getValue().place(), "the name of a counter is letters, digits and _: " + name);
      } else if (name.equals("memory")) {
        limits.put(name, fields.amount(name, 0, Quantity::size));
      } else {
        limits.put(name, fields.whole(name, 1, name.equals("cpus") ? 1 : 0, Integer.MAX_VALUE));
      }
    }
    return limits;
  }

  private static StampPaths stamps(MapFields fields, Path root) {
    return new StampPaths(absolute(fields, "never", root), absolute(fields, "trust", root));
  }

  private static List<Path> absolute(MapFields fields, String key, Path root) {
    return fields.list(
        key,
        node -> {
          String text = fields.scope().text(node);
          Paths.refuseForeign(text, node.place());
          return root.resolve(text).normalize();
        });
  }

  /**
   * Returns the values of the data section as JSON, by name. An unquoted scalar that is JSON stays
   * that value; any other scalar is a string.
   */
  private static SortedMap<String, String> data(MapFields data) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Map.Entry<String, Entry> each : data.map().entries().entrySet()) {
      String name = each.getKey();
      data.problems()
          .guard(
              () -> {
                if (!STATIC_NAME.matcher(name).matches()) {
                  throw new BadInput(
                      each.getValue().place(),
                      "the name of a value is letters, digits, _ and -; this is " + name);
                }
                values.put(name, json(value(name, each.getValue()), data.scope()));
              });
    }
    return values;
  }

  private static String json(Node node, Scope scope) {
    return switch (node) {
      case Node.Scalar scalar when scalar.isNothing() -> "null";
      case Node.Scalar scalar ->
          scalar.quoted() ? JsonText.string(scope.text(scalar)) : JsonText.of(scope.text(scalar));
      case Node.Sequence list ->
          list.items().stream()
              .map(item -> json(item, scope))
              .collect(Collectors.joining(",", "[", "]"));
      case Node.Mapping map -> {
        Map<String, String> members = new TreeMap<>();
        map.entries().forEach((key, entry) -> members.put(key, json(value(key, entry), scope)));
        yield JsonText.object(members);
      }
    };
  }

  private static Node value(String key, Entry entry) {
    if (entry.value() instanceof Node.Scalar scalar
        && !scalar.quoted()
        && scalar.text().isEmpty()) {
      throw new BadInput(
          entry.place(),
          key + " has no value; write null, or quote {" + key + "} if a text was meant");
    }
    return entry.value();
  }

  /**
   * What the command line overrides. Other overrides make another workflow of the same files.
   *
   * @param defines values of vars, by name
   * @param containers false if everything runs on the host: images are read then, and ignored
   * @param executor of the jobs that name none, or {@code local} for all jobs; null for neither
   */
  public record Overrides(SortedMap<String, String> defines, boolean containers, String executor) {

    public static final Overrides NONE = new Overrides(Collections.emptySortedMap(), true, null);
  }

  /**
   * What decided which instances the groups have, besides build files and tables. As long as it
   * gives the same answers, the groups have the same instances.
   *
   * @param jobs names of jobs and groups whose products were asked for
   * @param files patterns that looked for files on disk, each with what it found, sorted
   * @param complete false if a pattern found nothing, or skipped products of an earlier build: then
   *     this is not everything
   */
  public record Deciders(
      SortedSet<String> jobs, SortedMap<String, List<String>> files, boolean complete) {

    /** Returns whether build files and tables alone decide. */
    public boolean isNone() {
      return jobs.isEmpty() && files.isEmpty() && complete;
    }
  }

  /**
   * Answers the questions of groups about results when they are expanded. The readers of build
   * files know no results; callers that have them implement this.
   */
  public interface ResultSource {

    /**
     * Returns the files that a job (plain or an instance) has made: paths as products have them,
     * for folders the files inside, in any order. Empty until it has ended well, or if it will run
     * again; an ended job without products has an empty list.
     */
    Optional<List<String>> products(String job);

    /**
     * Returns whether a normalized path holds the unmodified product of an earlier build. If no job
     * declares it any more, it does not become a source: {@code glob} and {@code match} of groups
     * skip it.
     */
    default boolean isRecorded(String path) {
      return false;
    }

    /**
     * Returns an object for the era of answers: as long as it is the same, no answer about products
     * is withdrawn; further jobs may end.
     */
    default Object era() {
      return this;
    }

    /** Returns a source without results: groups that depend on results are not expanded. */
    static ResultSource nothing() {
      return job -> Optional.empty();
    }
  }
}
