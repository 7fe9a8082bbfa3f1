package dev.torc.front.project;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.StampSource;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.UserPaths;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.PlanContext.CallFacts;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Job;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.containers.Containers;
import dev.torc.features.containers.ImageSupply;
import dev.torc.features.environments.MadeEnvironment;
import dev.torc.features.environments.ModuleTool;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.features.groups.RowPlaces;
import dev.torc.features.packages.Members;
import dev.torc.features.reading.BuildFile;
import dev.torc.features.secrets.CountedSecret;
import dev.torc.features.secrets.SecretValues;
import dev.torc.features.stores.KnownResults;
import dev.torc.features.stores.LocalStore;
import dev.torc.features.stores.SharedStores;
import dev.torc.front.buildfile.ParsedBuildFile;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import dev.torc.front.project.ProjectOptions.Named;
import dev.torc.front.project.ProjectOptions.Reuse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A project: its build file as read, its graph, and the place of its cache. It opens nothing:
 * {@code ReadSession} opens the project for reading, {@code WriteSession} for writing.
 *
 * @param source expands the workflow again, with the results known so far
 * @param reused the graph file of the last build if the graph comes from it, else null
 */
public record Project(
    Caller caller,
    ProjectOptions options,
    Graph graph,
    CachePlace place,
    Expander.Source source,
    Containers containers,
    ModuleTool modules,
    GraphFile reused,
    BuildFiles buildFiles) {

  /** Hides the secrets of all jobs of the graph from here on. */
  public Project {
    BitSet secret = graph.having(SecretValues.KEY);
    if (!secret.isEmpty()) {
      caller.hidden().add(SecretValues.known(graph, secret, caller.env()));
    }
  }

  /**
   * Loads the graph of the last build if the build files are unchanged. Otherwise reads the build
   * files, and throws {@link dev.torc.base.syntax.BadInput} with all errors in them. A loaded graph
   * has the instances that results decided in the last build: {@code FastPath} checks whether these
   * results are still valid, {@link #withoutResults} removes the instances. If the nearest build
   * file is a member of another project, loads that one.
   */
  public static Project load(Caller caller, ProjectOptions options) throws IOException {
    Wholes wholes = Wholes.of(caller, options);
    Project whole = wholes == null ? null : wholes.load();
    return whole == null ? alone(caller, options) : whole;
  }

  /** Returns this project as its build files are now. */
  public Project again() throws IOException {
    return alone(caller, options);
  }

  /** Loads a project as {@link #load} does, even if its build file is a member of another one. */
  static Project alone(Caller caller, ProjectOptions options) throws IOException {
    return alone(caller, options, () -> true);
  }

  /** Loads a project as {@link #alone} does; null if it must be read and {@code may} says no. */
  static Project alone(Caller caller, ProjectOptions options, BooleanSupplier may)
      throws IOException {
    List<Path> files = options.layers(caller);
    CachePlace place = caller.place(BuildFile.root(files.getFirst()));
    GraphFile.Inputs origin = origin(options, files, caller);
    boolean contained = origin.over().containers();
    StampSource stamps = caller.stamps(place);
    GraphFile last = last(caller, place, origin, stamps);
    BuildFiles from =
        new BuildFiles(origin, stamps, options.named().input(), last, new Heap(caller));
    GraphFile reused = from.reused;
    if (reused == null && !may.getAsBoolean()) {
      return null;
    }
    Graph graph = reused == null ? readable(from, last) : reused.graph();
    Containers containers =
        new Containers(contained ? options.containers() : null, place.root(), caller.env());
    ModuleTool modules = new ModuleTool(caller.env(), place.root());
    Project project =
        new Project(caller, options, graph, place, from, containers, modules, reused, from);
    if (from.refused() != null && !project.isBeside(from.broken().prefixes())) {
      throw from.refused();
    }
    return project;
  }

  private static GraphFile last(
      Caller caller, CachePlace place, GraphFile.Inputs origin, StampSource stamps)
      throws IOException {
    DigestMemo digests = DigestMemo.readOnly(place.root(), stamps, _ -> null);
    return GraphFile.read(place.graph(), origin, digests, caller.host().process().handedOn());
  }

  /**
   * Returns the graph of the build file that the last build accepted, for what records do not tell
   * while the present one is refused; null if it is unknown.
   */
  public static Graph lastGraph(Caller caller, ProjectOptions options) throws IOException {
    try {
      Path whole = Wholes.file(caller, options);
      return lastOf(caller, whole == null ? options : options.in(whole, null));
    } catch (BadInput e) {
      return null; // the file may be one of two
    }
  }

  /** Returns the graph that {@link #lastGraph} returns, of these very build files. */
  static Graph lastOf(Caller caller, ProjectOptions options) throws IOException {
    List<Path> files = options.layers(caller);
    CachePlace place = caller.place(BuildFile.root(files.getFirst()));
    GraphFile last = last(caller, place, origin(options, files, caller), caller.stamps(place));
    return last == null ? null : last.graph();
  }

  /** Returns a project without jobs, for a watch that has read no valid build file yet. */
  public static Project without(Caller caller) throws IOException {
    byte[] text = "jobs: {}".getBytes(StandardCharsets.UTF_8);
    List<Path> file = List.of(caller.cwd().resolve(BuildFile.INPUT));
    Named named = new Named(file, null, text, true);
    var none = Collections.<String, String>emptySortedMap();
    return load(caller, new ProjectOptions(named, none, null, null, Reuse.NOTHING));
  }

  /** Returns the inputs of a graph that is made from these files with these options. */
  static GraphFile.Inputs origin(ProjectOptions options, List<Path> files, Caller caller)
      throws IOException {
    boolean contained = !ProjectOptions.HOST.equals(options.containers());
    UserPaths paths = new UserPaths(BuildFile.root(files.getFirst()), caller.cwd());
    Path member = options.named().member();
    List<String> asPaths = new ArrayList<>(0);
    for (String pattern : options.reuse().frozen()) {
      asPaths.add(paths.path(pattern));
    }
    return new GraphFile.Inputs(
        InstalledTorc.id(),
        files,
        new Overrides(
            options.variables(),
            contained,
            options.executor(),
            caller.env(),
            Called.of(options.reuse().excluded(), options.reuse().frozen(), asPaths),
            options.reuse().sandbox(),
            member == null || options.isPlain() ? null : member.toRealPath()));
  }

  /** Reads the build file and returns its variables. */
  public static Set<String> variables(Caller caller, ProjectOptions options) throws IOException {
    GraphFile.Inputs origin = origin(options, options.layers(caller), caller);
    return ParsedBuildFile.read(origin.files(), null, origin.over()).variables();
  }

  /** Returns how many jobs a build file has when no results are known. */
  public static int jobs(Path file) throws IOException {
    ParsedBuildFile parsed = ParsedBuildFile.read(List.of(file), null, Overrides.NONE);
    return unexpanded(parsed::expand, null).jobs();
  }

  /** Derives the graph, if need be without build files that jobs make and that are in error. */
  private static Graph readable(BuildFiles from, GraphFile last) throws IOException {
    while (true) {
      try {
        return unexpanded(from, last);
      } catch (BadInput bad) {
        if (!from.passesOver(bad)) {
          throw bad;
        }
      }
    }
  }

  private static Graph unexpanded(Expander.Source source, GraphFile last) throws IOException {
    Graph earlier = last == null ? null : last.graph();
    return GraphBuilder.build(source.expand(ResultSource.nothing()), earlier);
  }

  /** Returns this project, but does not expand groups whose instances depend on results. */
  public Project withoutResults() throws IOException {
    return reused == null || reused.deciding().isEmpty() ? this : anew();
  }

  /** Returns this project with a graph that is derived again. */
  public Project anew() throws IOException {
    return with(caller, unexpanded(source, null), null);
  }

  public Project with(Graph expanded) {
    return with(caller, expanded, reused);
  }

  private Project with(Caller by, Graph now, GraphFile file) {
    return new Project(by, options, now, place, source, containers, modules, file, buildFiles);
  }

  /** Returns this project with the arguments behind {@code --}, by the names of variables. */
  Project with(Map<String, String> given) {
    Caller by = new Caller(caller.env(), caller.cwd(), caller.host(), given, caller.hidden());
    return with(by, graph, reused);
  }

  public Workflow workflow() {
    return graph.workflow();
  }

  public Path folder() {
    return place.folder();
  }

  /** Finds the place of the cache again, after a build has given the root its id. */
  public CachePlace settled() {
    return caller.place(place.root());
  }

  /** Returns the build files' names in records: relative to the root if they are below it. */
  public List<String> fileNames() {
    Path root = place.root();
    return buildFiles.origin.files().stream()
        .map(BuildFile::located)
        .map(file -> Paths.named(root, file))
        .toList();
  }

  /** Returns what distinguishes this call from one with other build files or other {@code -D}. */
  public BuildRecord.Said said() {
    return said(null);
  }

  /** Returns what {@link #said()} does, with the git commit of the root. */
  public BuildRecord.Said said(String commit) {
    String variables = options.variables().toString();
    return new BuildRecord.Said(
        fileNames(), options.variables().isEmpty() ? null : Digest.ofText(variables), commit);
  }

  public FileClock clock() {
    return FileClock.of(place.clock(), stamps());
  }

  public LocalStore results(Cache cache) {
    return new LocalStore(cache, workflow().settings().stores().keep(), options.reuse().results());
  }

  public PlanContext.Basis basis(
      Cache cache, DigestMemo digests, LocalStore of, SharedStores asked, List<String> known) {
    KnownResults.Places places = new KnownResults.Places(cache, digests, of, asked);
    JobConditions conditions = new JobConditions(options.reuse(), digests);
    CallOutside outside = new CallOutside(place.root(), caller.env(), said(), graph, known);
    CallFacts facts = new CallFacts(outside, new RowPlaces());
    return new PlanContext.Basis(
        cache, digests, places, conditions, machineInputs(), facts, new AtomicBoolean());
  }

  /** Returns the inputs of manifests that come from the machine, not from needs. */
  public MachineInputs machineInputs() {
    Identities identities = new Identities(containers, modules, caller.env(), place);
    return new MachineInputs(place.root(), caller.variables(), stamps(), identities);
  }

  /** A class, since the JVM links a lambda again at every start. */
  private record Identities(
      Containers containers, ModuleTool modules, Map<String, String> env, CachePlace place)
      implements ImageSource {
    @Override
    public Here of(Image image) {
      Containers.LocalImage here = containers.find(ImageSupply.name(image));
      return here == null ? null : new Here(here.id(), here.file());
    }

    @Override
    public String lack(Image image, boolean waits) {
      return ImageSupply.lack(containers, image, waits);
    }

    @Override
    public Effects effects(Job job, Digest environment) {
      return MadeEnvironment.effects(place.root(), job, environment, env);
    }

    @Override
    public boolean loads(String entry) {
      return ModuleTool.loads(entry);
    }

    @Override
    public Loaded loaded(String entry, List<String> known) {
      return modules.loaded(entry, known);
    }

    @Override
    public String hidden(String slot) {
      return CountedSecret.of(slot, env, place);
    }
  }

  /**
   * Returns the source of the stamps of all files of the project, except torc's own. Without rules
   * in the build file, a loaded project has only one, so that each mount is examined once.
   */
  public StampSource stamps() {
    StampPaths rules = workflow().settings().stamps();
    return rules.equals(StampPaths.NONE) ? buildFiles.stamps : caller.stamps(place, rules);
  }

  /**
   * Returns a memo that reads files and stores nothing. {@code stored} returns what an earlier
   * build knew about a path.
   */
  public DigestMemo looking(Function<String, KnownDigest> stored) {
    return DigestMemo.readOnly(place.root(), stamps(), stored);
  }

  /** Creates an expander of groups; {@code select} finds the requested jobs after an expansion. */
  public Expander expander(Function<Project, JobSelection> select, Expander.Check check) {
    boolean lasting = reused != null && reused.lasting();
    return new Expander(source, found -> select.apply(with(found)), check, lasting);
  }

  /** Creates an expander of groups that only checks that added jobs can be built. */
  public Expander expander(
      Function<Project, JobSelection> select, DigestMemo digests, Predicate<String> ran) {
    return expander(
        select, (graph, jobs) -> DiskChecks.check(graph, digests, caller.env(), jobs, ran));
  }

  /** Refuses jobs that cannot be built; returns a line for each need that cannot be read. */
  public List<BadInput.Diagnostic> check(BitSet jobs) throws IOException {
    return DiskChecks.check(graph, looking(_ -> null), caller.env(), jobs, this::hasRun);
  }

  /** Returns whether a job began in an earlier build; the cache must not be open. */
  private boolean hasRun(String job) {
    try (Cache cache = Cache.look(place, _ -> {})) {
      return cache.hasRun(job)
          || StartMarks.read(place).stream().anyMatch(mark -> mark.job().equals(job));
    }
  }

  /** Returns the jobs that targets name; files are relative to the working directory. */
  public JobSelection select(List<String> targets) {
    BitSet named = Targets.nodes(graph, targets, paths(), Targets.all(graph, paths()));
    return JobSelection.of(graph, named, ExcludingTargets.areNamed(graph, targets));
  }

  /** Returns a selection in which only jobs with these names are named. */
  public JobSelection among(JobSelection all, List<String> names) {
    BitSet named = JobChoice.nodes(graph, names);
    BitSet before = (BitSet) all.named().clone();
    before.or(all.namedOpen());
    named.and(before);
    return JobSelection.of(graph, named, all.targeted());
  }

  /** Returns the jobs of a build. */
  public JobSelection select(JobChoice choice) {
    return choice.select(graph, paths(), false);
  }

  /** Returns the jobs of a build. */
  public JobSelection select(BuildRequest request) {
    return request.choice().select(graph, paths(), request.rerun() == Rerun.ALL);
  }

  /** Returns the named jobs for display, each group or each of its instances as one vertex. */
  public DisplayGraph folded(JobSelection selection, boolean instances) {
    return DisplayGraph.of(graph, selection.named(), selection.namedOpen(), instances);
  }

  public Collection<String> tags() {
    return reused != null ? reused.tags() : ((PackedJobs) workflow().jobs()).tags();
  }

  /** Returns the user's names of files, which are relative to the working directory. */
  public UserPaths paths() {
    PackageFile part = part();
    String home = part == null ? "" : part.prefix();
    return new UserPaths(workflow().root(), caller.cwd(), home);
  }

  /** Returns whether the call is about no job of some packages; refuses what needs such jobs. */
  private boolean isBeside(Set<String> broken) {
    List<String> named = options.named().targets();
    List<String> targets =
        named == null ? null : JobChoice.of(named, false).targets(graph, paths());
    if (targets == null || !Targets.areBeside(graph, targets, paths(), broken)) {
      return false;
    }
    for (var left : LeftOutTargets.of(graph, targets, paths()).entrySet()) {
      if (left.getValue().why().contains(Called.UNREADABLE)) {
        throw new BadInput(LeftOutTargets.line(left.getKey(), left.getValue()));
      }
    }
    return true;
  }

  /** Reports the packages that are left out since they cannot be read. */
  public void tellBroken(Consumer<String> warn) {
    if (buildFiles.refused() != null) {
      buildFiles.broken().lines().forEach(warn);
    }
  }

  /** Returns the place of the whole of a package that is built by itself; null for none. */
  public CachePlace around() throws IOException {
    return Wholes.around(caller, options);
  }

  /** Returns the package in which the call is made; null if it is made in the whole. */
  public PackageFile part() {
    Path member = options.named().member();
    return member == null ? null : Members.part(workflow(), member);
  }
}
