package dev.torc.front.buildfile;

import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.About;
import dev.torc.core.model.Workflow.Apart;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.core.model.Workflow.ReportFiles;
import dev.torc.core.model.Workflow.Settings;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.clusters.ExecutorReader;
import dev.torc.features.environments.EnvironmentReader;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.features.groups.Deciders;
import dev.torc.features.groups.FactoryReader;
import dev.torc.features.groups.GroupExpansion;
import dev.torc.features.groups.Unit;
import dev.torc.features.hooks.HookReader;
import dev.torc.features.packages.BrokenPackages;
import dev.torc.features.packages.MadeFiles;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.features.reading.BuildFile;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.PackageNames;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import dev.torc.features.stores.StoresReader;
import dev.torc.features.when.WhenReader;
import dev.torc.front.buildfile.JobSettings.DeclaredNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The content of build files, with groups not yet expanded, so that all of it is known without
 * results. This class reads the top level; {@link FileLayers} joins files, {@link JobEntryReader}
 * and {@link JobReader} read jobs and groups, and {@link GroupExpansion} expands groups.
 *
 * <p>{@code defaults} is a job laid under every job. Its {@code env}, {@code resources} (after
 * class names are replaced), {@code retry} and similar maps are joined with the job's, key by key,
 * and the job's keys win. {@link Additions} adds its lists. Every other key of {@code defaults}
 * applies only to jobs that lack the key.
 *
 * <p>Not thread-safe: it remembers what it has read.
 */
public final class ParsedBuildFile {

  private static final Pattern STATIC_NAME = Pattern.compile("[\\p{L}\\p{Nd}_-]+");

  private final FileLayers layers;
  private final Vars vars;
  private final SortedMap<String, List<String>> packageFiles = new TreeMap<>(); // by pattern
  private final Map<String, List<String>> prefixes = new HashMap<>(0); // by file, and folder/
  private final SortedMap<String, Optional<String>> asked = new TreeMap<>(); // of the caller
  private final Paths paths;
  private final WhenReader when;
  private final List<EnvironmentReader> environments = new ArrayList<>(0);
  private final Workflow blank; // without jobs
  private final Set<String> manual = new TreeSet<>(); // names of jobs, instances and groups
  private final GroupExpansion expansion;

  /**
   * Reads and joins build files.
   *
   * @param files at least one file; each is laid over the previous ones, and the folder of the
   *     first is the root
   * @param input the text of the file named {@link BuildFile#INPUT}; null if there is none
   * @param over the overrides of the command line
   * @param made receives the build files that jobs make
   * @param unchanged the packages that need not be read
   * @throws BadInput with all errors, if any is found without expanding groups
   * @throws IOException if a file exists but cannot be read
   */
  public static ParsedBuildFile read(
      List<Path> files, byte[] input, Overrides over, MadeFiles made, UnchangedPackages unchanged)
      throws IOException {
    return read(files, input, over, new BrokenPackages(null, made, unchanged));
  }

  /** Reads build files as they are, without those that jobs have still to make. */
  public static ParsedBuildFile read(List<Path> files, byte[] input, Overrides over)
      throws IOException {
    return read(files, input, over, new MadeFiles(null), UnchangedPackages.NONE);
  }

  private static ParsedBuildFile read(
      List<Path> files, byte[] input, Overrides over, BrokenPackages broken) throws IOException {
    Problems problems = new Problems();
    ParsedBuildFile parsed = new ParsedBuildFile(files, input, over, broken, problems);
    if (!problems.isEmpty()) {
      // Also expand the groups, so that their errors are reported together with these.
      parsed.expansion.run(parsed.blank, ResultSource.nothing(), problems);
      problems.throwIfAny();
    }
    return parsed;
  }

  /** Reads build files as {@link #read} does, and leaves out the packages that are in error. */
  public static ParsedBuildFile readBeside(
      List<Path> files, byte[] input, Overrides over, BrokenPackages broken) throws IOException {
    while (true) {
      try {
        ParsedBuildFile parsed = read(files, input, over, broken);
        Problems problems = new Problems();
        parsed.expansion.run(parsed.blank, ResultSource.nothing(), problems);
        for (BadInput.Diagnostic each : problems.found()) {
          parsed
              .prefixes(each.place().file())
              .forEach(prefix -> broken.note(prefix, List.of(each)));
        }
        problems.throwIfAny();
        return parsed;
      } catch (BadInput refused) {
        if (!broken.grew()) {
          throw refused;
        }
      }
    }
  }

  /** Adds the problems of a package, and notes which files are its own. */
  private void note(FileScope of, BrokenPackages broken, Problems problems) {
    problems.addAll(of.problems(), PackageReader.label(of));
    broken.note(of.home().prefix(), of.problems().found());
    isOf(of.home().folder() + "/", of.home());
    of.layers().own().forEach(file -> isOf(Paths.named(paths.root(), file), of.home()));
  }

  private void isOf(String file, Home home) {
    prefixes.computeIfAbsent(file, _ -> new ArrayList<>(1)).add(home.prefix());
  }

  /** Returns the packages that a file is of: a build file, or a table in the folder of one. */
  private List<String> prefixes(String file) {
    List<String> found = prefixes.get(file);
    for (int end = file.length(); found == null && end > 0; end = file.lastIndexOf('/', end - 1)) {
      found = prefixes.get(file.substring(0, end) + "/");
    }
    return found == null ? List.of() : found;
  }

  private ParsedBuildFile(
      List<Path> files, byte[] input, Overrides over, BrokenPackages broken, Problems problems)
      throws IOException {
    Path root = BuildFile.located(files.getFirst()).getParent();
    FileLayers layers = new FileLayers(root, input, broken.made(), problems);
    Node.Mapping all = layers.read(files);
    refuseSingle(all);
    MapFields keys = new MapFields(all, null, problems);
    if (all.get("vars") == null) {
      keys.only(KnownKeys.TOP, "the build file"); // an unknown key may be a mistyped vars
    }
    Node.Mapping given = MapFields.map(all.get("vars"), "vars", problems);
    Home home = new Home("", ".", null, new PackageNames());
    this.vars = VariableReader.resolve(given, layers, over, home, Map.of(), problems);
    // Every use of a wrong var would be another error, so stop here.
    problems.throwIfAny();
    if (all.get("vars") != null) {
      keys.only(KnownKeys.TOP, "the build file");
    }

    this.paths = new Paths(root);
    FileScope project = FileScope.of(layers, all, vars, paths, GivenNeeds.NONE, over, problems);
    all = null; // so that the trees of 100 000 jobs can be freed as the jobs are read
    List<FileScope> scopes = List.of(project);
    if (!layers.packages().isEmpty()) {
      scopes = PackageReader.read(project, files, packageFiles, broken);
      problems.throwIfAny();
      scopes.forEach(each -> each.tellNames(broken.unchanged()));
    }
    scopes.forEach(each -> asked.putAll(each.scope().vars().asked()));
    Node.Mapping top = project.top();
    Scope scope = project.scope();
    MapFields fields = project.fields();
    SortedMap<String, Long> limits = LimitsReader.limits(scopes);
    List<Executor> executors = executors(scopes);
    ReportFiles report = new ItemReader(paths, GivenNeeds.NONE, problems).report(fields);
    checkOn(over.executor(), executors, problems);
    this.when = new WhenReader(over.env(), paths);
    SortedMap<String, Boolean> counters = LimitsReader.counters(scopes);
    List<JobReader> readers = readers(scopes, counters, executors);
    shared(readers, scopes);
    WorkflowCodec codec = broken.unchanged().codec();
    Map<String, Place> places = HashMap.newHashMap(project.jobs().size());
    List<Unit> units = units(scopes, readers, codec, places, broken.unchanged());
    broken.jobs().forEach(job -> units.add(new Unit.Single(codec, codec.packed(job))));
    addLast(broken.made(), codec, units);
    SortedMap<String, String> data = new TreeMap<>();
    for (FileScope each : scopes) {
      data(each.fields().inner("data"), data);
    }
    scopes.subList(1, scopes.size()).forEach(each -> note(each, broken, problems));
    this.layers = layers;
    Settings settings =
        new Settings(
            layers.files(PackageReader.files(scopes, readers, broken)),
            about(fields),
            LimitsReader.withDownloads(limits, counters),
            absolute(fields, paths, "roots"),
            fields.texts("default"),
            data,
            HookReader.read(
                top.get("hooks"), scope, readers.getFirst().shell(), places.keySet(), problems),
            executors,
            new StoresReader(scope, paths, problems).read(top.get("stores")),
            stamps(scopes),
            report);
    this.blank =
        new Workflow(root, settings, List.of(), List.of(), List.of(), List.of(), Apart.NONE);
    this.expansion =
        new GroupExpansion(
            root, units, codec, when, problems.warnings(), manual, called(scopes, over, broken));
  }

  private static List<Executor> executors(List<FileScope> scopes) {
    List<Executor> all = new ArrayList<>(0);
    for (FileScope each : scopes) {
      all.addAll(ExecutorReader.read(each.top().get("executors"), each.scope(), each.problems()));
    }
    return List.copyOf(all);
  }

  /** Adds the jobs that stand for build files which jobs have still to make. */
  private void addLast(MadeFiles made, WorkflowCodec codec, List<Unit> units) {
    for (Job job : made.jobs()) {
      units.add(new Unit.Single(codec, codec.packed(job)));
      if (made.isManual(job)) {
        manual.add(job.name());
      }
    }
  }

  /** Returns what the options of the call mean in the package in which it is made. */
  private static Called called(List<FileScope> scopes, Overrides over, BrokenPackages broken) {
    Called called = over.called().beside(broken.prefixes());
    for (FileScope each : over.member() == null ? List.<FileScope>of() : scopes) {
      if (over.member().equals(each.layers().real())) {
        return called.in(each.home().prefix());
      }
    }
    return called;
  }

  /** Returns the readers of the jobs of each build file. */
  private List<JobReader> readers(
      List<FileScope> scopes, SortedMap<String, Boolean> counters, List<Executor> executors) {
    Map<Place, Set<String>> exempt = new HashMap<>(0);
    Map<String, Map<String, Job>> makers = new HashMap<>(); // of environments, by prefix
    List<JobReader> readers = new ArrayList<>(scopes.size());
    for (FileScope each : scopes) {
      Home outer = each.home().outer();
      Map<String, Job> made = outer == null ? Map.of() : makers.get(outer.prefix());
      if (each.top().get("environments") != null) {
        environments.add(
            EnvironmentReader.of(each.fields(), StepReader.defaultShell(each.top()), each.paths()));
        made = new LinkedHashMap<>(made);
        made.putAll(environments.getLast().read());
      }
      makers.put(each.home().prefix(), made);
      Node.Mapping top = each.top();
      Problems problems = each.problems();
      FactoryReader factories = new FactoryReader(top, each.scope(), problems);
      Map<String, List<Item>> parents = factories.parents(each.jobs().keySet());
      Additions adds = Additions.of(top, exempt, problems);
      DeclaredNames known = new DeclaredNames(counters, executors, made, adds, each.given());
      WhenReader asks = outer == null ? when : when.in(each.paths());
      Vars vars = each.scope().vars();
      JobSettings common =
          new JobSettings(vars, top, parents, known, each.layers().env, asks, each.over());
      readers.add(new JobReader(common, problems));
    }
    return readers;
  }

  /** Returns the jobs and groups of all build files, then the jobs that make environments. */
  private List<Unit> units(
      List<FileScope> scopes,
      List<JobReader> readers,
      WorkflowCodec codec,
      Map<String, Place> places,
      UnchangedPackages unchanged) {
    List<Unit> units = new ArrayList<>();
    for (int s = 0; s < scopes.size(); s++) {
      FileScope each = scopes.get(s);
      AxisReader axes = new AxisReader(each.scope(), each.paths(), each.problems());
      units.addAll(
          new JobEntryReader(readers.get(s), axes, codec, places, manual).read(each.jobs()));
      for (byte[] job : unchanged.jobs(each.home(), places, manual)) {
        units.add(new Unit.Single(codec, job));
      }
    }
    FileScope project = scopes.getFirst();
    if (units.isEmpty()) {
      project.problems().warn(project.top().place(), "no jobs; add one below jobs:");
    }
    Map<String, Job> makers = new LinkedHashMap<>();
    readers.forEach(
        each ->
            each.environments()
                .forEach((name, maker) -> makers.put(maker == null ? name : maker.name(), maker)));
    addMakers(makers, codec, places, units, project.problems());
    return units;
  }

  /**
   * Checks what all jobs share, and finds the jobs that {@code defaults} adds to others, by what
   * the jobs need themselves.
   */
  private static void shared(List<JobReader> readers, List<FileScope> scopes) throws IOException {
    readers.forEach(JobReader::checkShared);
    if (readers.stream().noneMatch(each -> each.additions().mayName())) {
      return;
    }
    List<Unit> units = new ArrayList<>();
    for (int s = 0; s < scopes.size(); s++) {
      FileScope each = scopes.get(s);
      Problems own = new Problems();
      AxisReader axes = new AxisReader(each.scope().withProblems(own), each.paths(), own);
      JobReader bare = readers.get(s).bare();
      var jobs =
          new JobEntryReader(bare, axes, new WorkflowCodec(), new HashMap<>(), new TreeSet<>());
      units.addAll(jobs.read(new LinkedHashMap<>(each.jobs())));
    }
    Additions.exempt(units, readers);
  }

  /** Adds the jobs that make environments to those of the user. */
  private void addMakers(
      Map<String, Job> makers,
      WorkflowCodec codec,
      Map<String, Place> places,
      List<Unit> units,
      Problems problems) {
    for (Job maker : makers.values()) {
      Place other = maker == null ? null : places.putIfAbsent(maker.name(), maker.place());
      if (other != null) {
        problems.add(
            other, maker.name() + " is the job that makes an environment; rename this job");
      } else if (maker != null) {
        units.add(new Unit.Single(codec, codec.packed(maker)));
        manual.add(maker.name());
      }
    }
  }

  private About about(MapFields top) {
    Path folder = paths.root().getFileName();
    return new About(
        top.text("name", folder == null ? "torc" : folder.toString()), top.text("description", ""));
  }

  private static void refuseSingle(Node.Mapping all) {
    if (all.get("jobs") == null && all.get("tasks") instanceof Node.Mapping tasks) {
      throw new BadInput(tasks.place(), "the jobs of a build file stand below jobs, not tasks");
    }
    if (all.get("jobs") == null && (all.get("tasks") != null || all.get("command") != null)) {
      throw new BadInput(
          all.place(), "a build file has jobs, and this is a single one; write {\"jobs\": [ … ]}");
    }
  }

  /** Reports a {@code --on} that names none of the executors. */
  private static void checkOn(String on, List<Executor> executors, Problems problems) {
    if (on != null) {
      try {
        ExecutorReader.requireKnown(on, executors);
      } catch (IllegalArgumentException e) {
        problems.add(Place.NONE, "--on " + on + ": " + e.getMessage());
      }
    }
  }

  /**
   * Returns the workflow as far as these results determine it. A group that depends on missing
   * results has only the instances known so far. Repeated calls are cheap: plain jobs and unchanged
   * instances are not read again.
   *
   * @throws BadInput with the errors that do not depend on results; all other errors are in {@link
   *     Group.Further}
   * @throws IOException if a file or folder that a group reads cannot be read
   */
  public Workflow expand(ResultSource found) throws IOException {
    Problems problems = new Problems();
    Workflow expanded = expansion.run(blank, found, problems);
    problems.throwIfAny();
    Workflow.ReadFiles read = layers.files(blank.settings().packages());
    boolean more = read.files().size() > blank.settings().files().size();
    return more ? expanded.with(read) : expanded; // the env of groups may name more
  }

  public Set<String> variables() {
    return vars.names();
  }

  /** Returns the files that were read, including tables, once for each path that named them. */
  public List<BuildFile.Read> sources() {
    List<BuildFile.Read> all = new ArrayList<>(layers.sources());
    all.addAll(expansion.sources().read());
    environments.forEach(each -> all.addAll(each.looked().read()));
    return all;
  }

  /** Returns what decided the last expansion, besides {@link #sources}. */
  public Deciders deciders() {
    Deciders groups = expansion.deciders();
    SortedMap<String, List<String>> files = new TreeMap<>(groups.files());
    files.putAll(paths.ways());
    files.putAll(layers.absent());
    files.putAll(when.files());
    environments.forEach(each -> files.putAll(each.looked().found()));
    files.putAll(packageFiles);
    SortedMap<String, Optional<String>> variables = new TreeMap<>(asked);
    variables.putAll(when.variables());
    return new Deciders(groups.jobs(), files, variables, groups.complete());
  }

  private static StampPaths stamps(List<FileScope> scopes) {
    List<Path> never = new ArrayList<>();
    List<Path> trust = new ArrayList<>();
    for (FileScope each : scopes) {
      MapFields fields = each.fields().inner("stamps").only(KnownKeys.STAMPS, "stamps");
      never.addAll(absolute(fields, each.paths(), "never"));
      trust.addAll(absolute(fields, each.paths(), "trust"));
    }
    return new StampPaths(List.copyOf(never), List.copyOf(trust));
  }

  private static List<Path> absolute(MapFields fields, Paths paths, String key) {
    return fields.list(
        key,
        node -> {
          String text = fields.scope().text(node);
          Paths.refuseForeign(text, node.place());
          return paths.root().resolve(paths.normalize(text)).normalize();
        });
  }

  /**
   * Adds the values of a data section as JSON, by outside name. An unquoted scalar that is valid
   * JSON is kept as JSON; any other scalar becomes a JSON string.
   */
  private static void data(MapFields data, SortedMap<String, String> values) {
    String prefix = data.scope().vars().home().prefix();
    Problems problems = data.problems();
    for (Map.Entry<String, Entry> each : data.map().entries().entrySet()) {
      String name = each.getKey();
      if (STATIC_NAME.matcher(name).matches()) {
        problems.guard(
            () -> values.put(prefix + name, json(value(name, each.getValue()), data.scope())));
      } else {
        String line = "the name of a value is letters, digits, _ and -; this is " + name;
        problems.add(each.getValue().place(), line);
      }
    }
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
   * The overrides of the command line. The same files with other overrides are another workflow.
   *
   * @param defines values of vars, by name
   * @param containers false to run everything on the host; images are then read but ignored
   * @param executor the executor of jobs that name none, or {@code local} for all jobs; null for no
   *     override
   * @param env the caller's environment, which vars may name
   * @param called the jobs that are left out, and those that count as frozen
   * @param sandbox whether jobs run in folders of their own
   * @param member the real path of the build file whose vars and jobs the call means first, if it
   *     is that of a package and the call names any; else null
   */
  public record Overrides(
      SortedMap<String, String> defines,
      boolean containers,
      String executor,
      Map<String, String> env,
      Called called,
      boolean sandbox,
      Path member) {

    public static final Overrides NONE =
        new Overrides(Collections.emptySortedMap(), true, null, Map.of(), Called.NONE, false, null);

    /**
     * Returns the overrides of a package: the values that {@code -D NAME:x=1} gives its vars.
     *
     * @param called all overrides, if the call is made in the package; else null
     */
    Overrides inside(String name, Overrides called) {
      SortedMap<String, String> own = new TreeMap<>();
      if (called != null) {
        own.putAll(called.defines);
        own.keySet().removeIf(key -> key.indexOf(':') > 0);
      }
      defines.forEach(
          (key, value) -> {
            if (key.startsWith(name + ":")) {
              own.put(key.substring(name.length() + 1), value);
            }
          });
      return new Overrides(own, containers, executor, env, this.called, sandbox, null);
    }
  }
}
