package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.WatchedStamps;
import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.Limits;
import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Signals;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Graph;
import dev.torc.core.model.GrownGraph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.core.run.StubRunner.Held;
import dev.torc.core.run.StubRunner.Script;
import dev.torc.core.run.StubRunner.Stub;
import dev.torc.features.pace.Pace;
import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Caller.Host;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.BuildSession;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A project in a temporary folder with the whole engine, but without processes. Tests extend it:
 * they give it jobs, edit files, build, and ask what ran and why. A job without a script of its own
 * writes each declared product with a text made of its command and the contents of its needs.
 * Builds go through the same session as those of the command line, without streams and signals.
 */
public class Harness extends LastBuild {

  /** Amounts by resource for the next builds. */
  protected final Map<String, Long> limits = new TreeMap<>(Map.of("cpus", 4L, "memory", 4L << 30));

  /** Identifiers of the GPUs that this machine has. */
  List<String> gpus = List.of();

  final Map<String, String> env = new HashMap<>();

  /** The host that builds; tests of network roots let hosts take turns. */
  ThisHost here = ThisHost.system();

  /** Hosts that the user says are down. */
  Set<String> gone = Set.of();

  protected final Map<String, Script> scripts = new ConcurrentHashMap<>();

  boolean containers = true;

  /** After how many failures nothing starts; 0 for any number. */
  int failures;

  boolean downstream;

  /** The random id of the next builds; null for a new one each time. */
  String id;

  /** The arguments behind {@code --}. */
  List<String> args = List.of();

  Pace pace = Pace.ANY;
  protected boolean force;

  /** Whether known results are restored; off at first, since most tests are about runs. */
  boolean restores;

  /** {@code --keep-failed}. */
  boolean keepsFailed;

  /** {@code --only}. */
  boolean only;

  /** The patterns of {@code --exclude}. */
  List<String> excluded = List.of();

  /** The patterns of {@code --frozen}. */
  List<String> frozen = List.of();

  /** Whether the event of an attempt's start has its command. */
  boolean commands;

  /** The exit status of a build that was killed. */
  static final int KILLED = 137;

  /** The memos through which the last build read files. */
  private final List<DigestMemo> read = new CopyOnWriteArrayList<>();

  /** The build that runs, or ran last. */
  volatile BuildLoop running;

  /** What {@link #running} works with. */
  protected volatile BuildSetup setup;

  /** The script of each job that has none of its own. */
  protected Script otherwise = this::work;

  protected Harness() {}

  Harness(Path root) {
    this.root = root;
  }

  // ---- given

  /** Sets the jobs, as lines below {@code jobs:}. */
  protected void given(String jobs) {
    givenFile("jobs:\n" + jobs.indent(2));
  }

  /** Sets the whole build file. */
  protected void givenFile(String text) {
    edit("torc.yaml", text);
  }

  /** Says what a job does from now on. */
  void job(String name, Script script) {
    scripts.put(name, script);
  }

  /** Lets a job fail from now on, after it wrote its products. */
  void failing(String name) {
    job(
        name,
        stub -> {
          work(stub);
          return stub.exit(1);
        });
  }

  /** Lets a job do as usual from now on. */
  void usual(String name) {
    scripts.remove(name);
  }

  /** Lets a job wait until the test lets it go on; then it does as it did before. */
  Held hold(String name) {
    Held held = new Held(scripts.getOrDefault(name, this::work));
    job(name, held);
    return held;
  }

  /** Says what a job does, and that torc is killed as soon as the job has done it. */
  void deadly(String name, Script script) {
    job(name, (StubRunner.Deadly) script::run);
  }

  /** Writes all declared products from the command and what the needs contain. */
  protected ProcessEnd work(Stub stub) throws IOException {
    StringBuilder input = new StringBuilder(stub.command());
    for (String need : stub.needs()) {
      input.append(' ').append(need).append('=').append(stub.read(need));
    }
    String text = Digest.ofText(input.toString()).hex().substring(0, 12);
    Job declared = declared(stub.name());
    for (Item item : declared.links().produces()) {
      for (Ref ref : item.refs()) {
        switch (ref) {
          case Ref.OfFile file -> stub.write(file.path(), file.path() + " " + text);
          case Ref.OfFolder folder -> stub.write(folder.path() + "/in", "in " + text);
          case Ref.OfGlob glob -> stub.write(glob.pattern().replace("*", "one"), "one " + text);
          default -> {}
        }
      }
    }
    return stub.exit(0);
  }

  /** What leaves memos of builds and asks them; null for nothing. */
  MemosBeside memos;

  // ---- build

  protected Graph graph;
  private volatile Workflow workflow;

  /** A build in the background. */
  final class Building {
    private final CompletableFuture<BuildLoop> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    void signal(int number) {
      begun.join().signal(number);
    }

    void await() {
      try {
        over.get(300, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("the build did not end well", e);
      }
    }
  }

  /** Begins a build in the background. */
  Building start(String... targets) {
    Building building = new Building();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                build(building.begun, targets);
                building.over.complete(null);
              } catch (Throwable e) {
                building.begun.completeExceptionally(e);
                building.over.completeExceptionally(e);
              }
            });
    return building;
  }

  /** Builds to the end. */
  protected Harness build(String... targets) {
    try {
      build(new CompletableFuture<>(), targets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The project as it is now; tests of groups put another one in its place. */
  protected Project load() throws IOException {
    return Project.load(caller(), options(List.of(root.resolve("torc.yaml"))));
  }

  /** A call of a command, with the same options for the project as {@link #load} has. */
  final Call call(Writer out, Writer err, String command, Call.Given... given) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            out,
            err,
            env,
            root,
            new Console.Terminals(false, false, () -> 0),
            System::nanoTime);
    List<Call.Given> all = new ArrayList<>(List.of(given));
    Map<String, Boolean> options =
        Map.of(
            "--no-restore",
            !restores,
            "--keep-failed",
            keepsFailed,
            "--no-containers",
            !containers);
    options.forEach(
        (name, on) -> all.addAll(on ? List.of(new Call.Given(name, "true")) : List.of()));
    return new Call(new Call.Arguments(command, List.of(), all), console, caller().host());
  }

  /** A command's answer as JSON. */
  final JsonNode json(String command, String... options) throws IOException {
    StringWriter out = new StringWriter();
    Call.Given[] given =
        Stream.concat(Stream.of("--json"), Stream.of(options))
            .map(option -> new Call.Given(option, "true"))
            .toArray(Call.Given[]::new);
    Answers.print(call(out, new StringWriter(), command, given));
    return new ObjectMapper().readTree(out.toString());
  }

  /** The options with which a project of these build files is loaded. */
  final ProjectOptions options(List<Path> files) {
    return new ProjectOptions(
        new ProjectOptions.Named(files, null, null, false),
        new TreeMap<>(),
        containers ? null : ProjectOptions.HOST,
        null,
        new ProjectOptions.Reuse(restores, keepsFailed, false, only, excluded, frozen, sandboxes));
  }

  /** The caller of a build, on a machine of the test's own. */
  final Caller caller() {
    String source = gpus.isEmpty() ? "" : "this machine";
    return new Caller(
        memos == null ? env : memos.env(env),
        root,
        new Host(
            stamps,
            () ->
                new Limits(
                    limits.get("cpus").intValue(), limits.get("memory"), new Gpus(gpus, source)),
            this::openRunner,
            this::openThreads,
            (place, _) -> openCache(place),
            here,
            null,
            CallingProcess.own()));
  }

  /** The same project, which also keeps {@link #workflow} for stubs as groups are expanded. */
  private Project followed(Project p) {
    workflow = p.workflow();
    graph = p.graph();
    return new Project(
        p.caller(),
        p.options(),
        p.graph(),
        p.place(),
        found -> workflow = p.source().expand(found),
        p.containers(),
        p.modules(),
        p.reused(),
        p.buildFiles());
  }

  /** Whether builds trace all jobs; the next field says whether they are strict. */
  boolean traces;

  boolean strict;

  /** Whether builds run jobs in folders of their own. */
  boolean sandboxes;

  /** Whether builds without targets disregard {@code default}. */
  boolean all;

  final BuildSession session(Project of, boolean dry, String... targets) throws IOException {
    SortedMap<String, String> counters = new TreeMap<>();
    limits.forEach((name, amount) -> counters.put(name, amount.toString()));
    counters.keySet().removeAll(Set.of("cpus", "memory"));
    return BuildSession.of(
        of,
        new BuildRequest(
                new JobChoice(List.of(targets), all, null, null, null, downstream, args),
                Rerun.of(List.of(targets), force),
                new BuildRequest.Manner(failures, false, traces, strict, false, pace),
                new LockTerms(true, true, gone),
                dry,
                counters)
            .of(of.graph(), of.paths()));
  }

  /**
   * Waits until the attempt of the job that calls this is the only one under way: with one cpu too,
   * torc may still look at the products of the last job when the next one runs.
   */
  void alone(String name) throws InterruptedException {
    awaits(() -> underWay().equals(Set.of(name)));
  }

  /** Waits until a job of the running build has come to its end. */
  void over(String name) throws InterruptedException {
    awaits(() -> state(name) != null);
  }

  private synchronized void awaits(BooleanSupplier told) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!told.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      assertTrue(left > 0, () -> "still under way: " + underWay());
      wait(left);
    }
  }

  private Job declared(String name) {
    if (!workflow.settings().made().isEmpty()) { // the build may have read it again
      Io.unchecked(() -> workflow = load().workflow());
    }
    return workflow.jobs().stream().filter(j -> j.name().equals(name)).findFirst().orElseThrow();
  }

  CachePlace place() {
    return CachePlace.find(root, env, here);
  }

  /** Opens the cache for work; tests of crashes put another one in its place. */
  Cache openCache(CachePlace place) {
    return Cache.open(place, this::warn);
  }

  private void warn(String line) {
    events.add(new Event.Note(Event.Level.WARNING, line));
  }

  /** Is told every event, on the thread that has the turn. */
  protected void heard(Event event) {}

  /** What runs the jobs; tests with real processes put another one in its place. */
  protected Runner openRunner() {
    return new StubRunner(scripts, otherwise);
  }

  /** What features add to attempts; {@code own} is what they add without the test. */
  AttemptPart.PartMaker parts(AttemptPart.PartMaker own) {
    return own;
  }

  /** The threads on which attempts run. */
  ExecutorService openThreads() {
    return Executors.newCachedThreadPool();
  }

  private void build(CompletableFuture<BuildLoop> begun, String... targets) throws IOException {
    boolean plain =
        !force && !downstream && !only && !keepsFailed && !commands && !all && !traces && !strict;
    if (memos != null
        && plain
        && !sandboxes
        && failures == 0
        && args.isEmpty()
        && excluded.isEmpty()
        && frozen.isEmpty()
        && !(here instanceof SharingHost)
        && !(stamps instanceof WatchedStamps)) {
      memos.around(this, () -> play(begun, targets), List.of(targets));
    } else {
      play(begun, targets);
    }
  }

  private void play(CompletableFuture<BuildLoop> begun, String... targets) throws IOException {
    events = new CopyOnWriteArrayList<>();
    read.clear();
    BuildSession session = session(followed(load()), false, targets);
    session.check(said -> events.add(new Event.Note(Event.Level.WARNING, said)));
    if (memos == null || memos.ticks()) {
      tick(); // so that an edit before the build does not look like one during it
    }
    try {
      String build = id == null ? UUID.randomUUID().toString() : id;
      exit = session.run(build, System.nanoTime(), new Watcher(begun));
    } catch (StubRunner.Killed killed) {
      exit = KILLED;
    }
  }

  private final class Watcher implements BuildWatcher {
    private final CompletableFuture<BuildLoop> begun;

    Watcher(CompletableFuture<BuildLoop> begun) {
      this.begun = begun;
    }

    @Override
    public void accept(Event event) {
      events.add(event);
      synchronized (Harness.this) {
        Harness.this.notifyAll();
      }
      heard(event);
    }

    @Override
    public boolean wantsCommands() {
      return commands;
    }

    @Override
    public AttemptPart.PartMaker parts(AttemptPart.PartMaker own) {
      return Harness.this.parts(own);
    }

    @Override
    public void reading(DigestMemo digests) {
      read.add(digests);
    }

    @Override
    public Signals.Handling running(BuildSetup setup, BuildLoop build) {
      graph = setup.plan().context().graph();
      running = build;
      Harness.this.setup = setup;
      begun.complete(build);
      Graph first = graph;
      return () -> {
        Graph last = build.context().graph();
        GrownGraph.keepsNumbers(first, last);
        GrownGraph.isAsBuiltAnew(last);
      };
    }
  }

  /** How many bytes the last build read of needs and products. */
  long bytesRead() {
    return read.stream().mapToLong(DigestMemo::bytesRead).sum();
  }

  /** How many files the last build read. */
  long filesHashed() {
    return read.stream().mapToLong(DigestMemo::filesHashed).sum();
  }

  /** How often the last build looked at a file, beside the one look at each fresh file. */
  long stats() {
    return read.stream().mapToLong(DigestMemo::stats).sum();
  }

  // ---- look

  /**
   * The verdicts of a dry run by job, in the words of its lines. The graph and the rest that the
   * last build kept beside the records may save work, and must change no verdict: this asserts that
   * the verdicts without these files are the same. Which of several unfinished instances a verdict
   * names depends on how the graph grew, so of an instance only its group counts.
   */
  Map<String, String> look(String... targets) {
    try {
      Plan plan = forecast(targets);
      Map<String, String> withThem = verdicts(plan);
      Path aside = Files.createTempDirectory(root.getParent(), "aside");
      List<Path> kept = Stream.of(place().graph(), place().rest()).filter(Files::exists).toList();
      for (Path file : kept) {
        Files.move(file, aside.resolve(file.getFileName()));
      }
      try {
        assertEquals(
            verdicts(forecast(targets)), withThem, "without graph and rest, and with them");
      } finally {
        for (Path file : kept) {
          Files.move(aside.resolve(file.getFileName()), file);
        }
        Files.delete(aside);
      }
      return look(plan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nanoseconds that a build would take, as a dry run tells it. */
  protected final long expected(String... targets) throws IOException {
    BuildSession session = session(followed(load()), true, targets);
    session.forecast(false, _ -> {});
    return session.expected();
  }

  private Plan forecast(String... targets) throws IOException {
    return session(followed(load()), true, targets).forecast(false, _ -> {});
  }

  /** The verdicts with all that is in their reasons. */
  private Map<String, String> verdicts(Plan plan) {
    Map<String, String> verdicts = new TreeMap<>();
    for (int n = 0; n < plan.context().graph().nodes(); n++) {
      Verdict verdict = plan.verdict(n);
      if (verdict != null) {
        verdicts.put(
            plan.context().graph().name(n),
            verdict instanceof Verdict.MayRun may
                ? "may run after " + group(plan.context().graph().name(may.after()))
                : verdict.toString());
      }
    }
    return verdicts;
  }

  private static String group(String job) {
    return job.replaceFirst("/.*", "");
  }

  private Map<String, String> look(Plan plan) {
    graph = plan.context().graph();
    Map<String, String> said = new TreeMap<>();
    plan.selected().stream()
        .forEach(
            j ->
                said.put(
                    graph.job(j).name(),
                    switch (plan.verdict(j)) {
                      case Verdict.UpToDate at ->
                          switch (at.rest()) {
                            case CURRENT -> "up to date";
                            case NOT_PROBED -> "up to date (not probed)";
                            case FROZEN ->
                                at.reasons().isEmpty()
                                    ? "frozen"
                                    : "frozen; would run: " + words(at.reasons());
                            case EXCLUDED -> "skipped; would run: " + words(at.reasons());
                          };
                      case Verdict.Skips skips ->
                          skips.by().isEmpty() ? "skipped" : "skipped: " + skips.why();
                      case Verdict.WillRun will -> "will run: " + words(will.reasons());
                      case Verdict.WillRestore will -> "restored: " + words(will.reasons());
                      case Verdict.WillFail will -> "will fail: " + words(will.reasons());
                      case Verdict.MayRun may -> "may run: " + graph.name(may.after());
                    }));
    return said;
  }

  /** Asserts that the next build runs nothing, succeeds, and has no notes. */
  void settled() {
    look();
    build();
    ran();
    assertEquals(0, exit);
    assertTrue(notes().isEmpty(), () -> notes().toString());
  }
}
