package dev.torc.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.build.StubRunner.Held;
import dev.torc.build.StubRunner.Script;
import dev.torc.build.StubRunner.Stub;
import dev.torc.cache.Cache;
import dev.torc.cache.CachePlace;
import dev.torc.cache.Marks;
import dev.torc.exec.Ended;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphBuilder;
import dev.torc.hash.Digest;
import dev.torc.hash.Digests;
import dev.torc.hash.FileClock;
import dev.torc.hash.StampSource;
import dev.torc.plan.Checks;
import dev.torc.plan.Expander;
import dev.torc.plan.Grounds;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Scene;
import dev.torc.plan.Selection;
import dev.torc.plan.Taken;
import dev.torc.plan.Verdict;
import dev.torc.workflow.Blueprint;
import dev.torc.workflow.Found;
import dev.torc.workflow.Item;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project in a temporary folder and the whole engine over it, without processes: given jobs, edit
 * files, build, and ask what ran and why. Tests extend it. A job without a script of its own writes
 * each declared product with a text made of its command and the contents of its needs. The wiring
 * is that of the command {@code build}, without lock, streams and signals.
 */
class Harness {

  @TempDir Path root;

  /** Amounts by resource for the next builds. */
  final Map<String, Long> limits = new TreeMap<>(Map.of("cpus", 4L, "memory", 4L << 30));

  final Map<String, String> env = new HashMap<>();
  final Map<String, Script> scripts = new ConcurrentHashMap<>();

  boolean containers = true;
  boolean failFast;
  boolean force;
  StampSource stamps = StampSource.of(java.nio.file.FileSystems.getDefault());

  /** What the last build told, in order. */
  List<Event> events = List.of();

  /** The exit status of the last build; 137 if it was killed. */
  int exit;

  /** What the last build read. */
  Digests digests;

  /** What the last build saw and decided. */
  Scene scene;

  /** The build that runs. */
  volatile Build running;

  /** What a job does that has no script. */
  Script otherwise = this::work;

  Harness() {}

  Harness(Path root) {
    this.root = root;
  }

  // ---- given

  /** Sets the jobs, as lines below {@code jobs:}. */
  void given(String jobs) {
    givenFile("jobs:\n" + jobs.indent(2));
  }

  /** Sets the whole build file. */
  void givenFile(String text) {
    edit("torc.yaml", text);
  }

  /** Writes a file, so that its stamp surely differs from what it was. */
  void edit(String path, String text) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      var before = stamps.stamp(file);
      do {
        Files.writeString(file, text);
      } while (stamps.stamp(file).equals(before));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the clock of the file system go on: what is written later has a later time. */
  void tick() {
    try {
      Files.createDirectories(root.resolve(".torc"));
      Path probe = root.resolve(".torc/tick");
      Files.writeString(probe, "1");
      long before = stamps.stamp(probe).ctime();
      do {
        Files.writeString(probe, "1");
      } while (stamps.stamp(probe).ctime() <= before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String path) {
    try {
      Clearing.delete(root.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String path) {
    return read(root.resolve(path));
  }

  /** The text of a file, or of all files in a folder with their paths; "-" where there is none. */
  static String read(Path file) {
    try {
      if (!Files.isDirectory(file)) {
        return Files.exists(file) ? Files.readString(file) : "-";
      }
      StringBuilder all = new StringBuilder();
      try (Stream<Path> files = Files.walk(file)) {
        for (Path inner : files.filter(Files::isRegularFile).sorted().toList()) {
          all.append(file.relativize(inner)).append('=').append(Files.readString(inner));
        }
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  /** Says what a job does from now on. */
  void job(String name, Script script) {
    scripts.put(name, script);
  }

  /** A job that fails from now on, after it wrote its products. */
  void failing(String name) {
    job(
        name,
        stub -> {
          work(stub);
          return stub.exit(1);
        });
  }

  /** A job that does as usual from now on. */
  void usual(String name) {
    scripts.remove(name);
  }

  /** A job that waits until the test lets it go on, then does as it did before. */
  Held hold(String name) {
    Held held = new Held(scripts.getOrDefault(name, this::work));
    job(name, held);
    return held;
  }

  /** Torc is killed as soon as this job has done its script. */
  void deadly(String name, Script script) {
    job(name, (StubRunner.Deadly) script::run);
  }

  /** Writes all declared products from the command and what the needs contain. */
  Ended work(Stub stub) throws IOException {
    StringBuilder input = new StringBuilder(stub.command());
    for (String need : stub.needs()) {
      input.append(' ').append(need).append('=').append(stub.read(need));
    }
    String text = Digest.ofText(input.toString()).hex().substring(0, 12);
    Job declared = declared(stub.name());
    for (Item item : declared.produces()) {
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

  // ---- build

  Graph graph;
  private volatile Workflow workflow;
  private Blueprint blueprint;

  /** A build that runs meanwhile. */
  final class Building {
    private final CompletableFuture<Build> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    void signal(int number) {
      begun.join().signal(number);
    }

    void await() {
      try {
        over.get(60, TimeUnit.SECONDS);
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
  Harness build(String... targets) {
    try {
      build(new CompletableFuture<>(), targets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private void load() throws IOException {
    workflow = read();
    graph = GraphBuilder.build(workflow);
  }

  /** The build file as read; tests of groups put another one in its place. */
  Workflow read() throws IOException {
    blueprint = Blueprint.read(List.of(root.resolve("torc.yaml")), new TreeMap<>());
    return blueprint.expand(Found.nothing());
  }

  /** The build file with what is known now. */
  Workflow expand(Found found) throws IOException {
    return blueprint.expand(found);
  }

  private Expander expander(Digests digests, String... targets) {
    return new Expander(
        found -> workflow = expand(found),
        graph -> Selection.of(graph, List.of(targets), path -> path),
        (graph, jobs) -> Checks.check(graph, digests, jobs),
        false);
  }

  /**
   * Waits until no attempt is under way but that of one job, which calls this: with one cpu, the
   * products of the last job may still be looked at when the next one runs.
   */
  synchronized void alone(String name) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!underWay().equals(Set.of(name))) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      assertTrue(left > 0, () -> "still under way: " + underWay());
      wait(left);
    }
  }

  Set<String> underWay() {
    Set<String> jobs = new TreeSet<>();
    for (Event event : events) {
      switch (event) {
        case Event.JobStarted begun -> jobs.add(begun.job());
        case Event.JobRetried over -> jobs.remove(over.job());
        case Event.JobEnded over -> jobs.remove(over.job());
        default -> {}
      }
    }
    return jobs;
  }

  private Job declared(String name) {
    return workflow.jobs().stream().filter(j -> j.name().equals(name)).findFirst().orElseThrow();
  }

  CachePlace place() {
    return CachePlace.find(root, env);
  }

  /** Opens the cache; tests of crashes put another one in its place. */
  Cache openCache(List<Event> events) {
    return Cache.open(place(), line -> events.add(new Event.Note(Event.Level.WARNING, line)));
  }

  /** Is told every event on the loop's thread. */
  void heard(Event event) {}

  /** What runs the jobs; tests with real processes put another one in its place. */
  Runner openRunner() {
    return new StubRunner(scripts, otherwise);
  }

  /** On what attempts run. */
  ExecutorService openThreads() {
    return Executors.newCachedThreadPool();
  }

  private void build(CompletableFuture<Build> begun, String... targets) throws IOException {
    load();
    List<Event> told = new CopyOnWriteArrayList<>();
    events = told;
    Selection selection = Selection.of(graph, List.of(targets), path -> path);
    Checks.check(graph, looking(_ -> null), selection.jobs());
    tick(); // so that an edit before the build does not seem to be one in it
    String id = java.util.UUID.randomUUID().toString();
    Cache cache = openCache(told);
    try (cache) {
      List<Marks.Mark> left = Marks.live(Marks.read(place()), cache);
      endLeftovers(left);
      long number = cache.nextBuildNumber();
      left.forEach(mark -> cache.put(Build.interrupted(cache, mark, number)));
      cache.flush();
      Files.createDirectories(place().logs());
      Files.createDirectories(place().folder().resolve("jobs"));
      try (Marks marks = Marks.begin(cache.place())) {
        build(begun, selection, id, number, cache, marks, told, targets);
      }
    } catch (StubRunner.Killed killed) {
      exit = 137;
    }
  }

  /** Ends what is left of the jobs of a killed torc. */
  void endLeftovers(List<Marks.Mark> left) {}

  private void build(
      CompletableFuture<Build> begun,
      Selection selection,
      String id,
      long number,
      Cache cache,
      Marks marks,
      List<Event> told,
      String... targets)
      throws IOException {
    digests =
        new Digests(
            root,
            stamps,
            FileClock.of(place().folder().resolve("clock"), stamps),
            cache::stamp,
            (path, known) -> cache.put(new dev.torc.cache.Batch().stamp(path, known)));
    Expander expander = expander(digests, targets);
    Plan plan =
        expander.plan(Scene.of(graph, cache, Set.of(), digests, env, containers, selection, force));
    scene = plan.scene();
    Clearing clearing =
        new Clearing(
            place(),
            new Grounds(root, graph.workflow().roots()),
            Long.toString(number),
            cache,
            digests,
            line -> told.add(new Event.Note(Event.Level.WARNING, line)));
    try (Runner runner = openRunner();
        ExecutorService threads = openThreads()) {
      Shop shop =
          new Shop(
              scene.graph(),
              scene.contents(),
              new Taken(scene.graph(), scene.records(), digests),
              digests,
              clearing,
              new Launches(scene.graph(), place(), id, Map.of(), Map.of()),
              marks,
              runner,
              id);
      Build build =
          new Build(
              new Setup(
                  plan,
                  expander,
                  cache,
                  shop,
                  threads,
                  number,
                  limits,
                  List.of(),
                  failFast,
                  null,
                  event -> {
                    told.add(event);
                    synchronized (this) {
                      notifyAll();
                    }
                    heard(event);
                    if (event instanceof Event.Finished) {
                      cache.put(
                          new dev.torc.cache.Batch()
                              .build(
                                  new dev.torc.cache.BuildRecord(
                                      number, id, 0, 0, new TreeMap<>(), 0)));
                      cache.flush();
                      marks.clear();
                    }
                  }));
      begun.complete(build);
      running = build;
      exit = build.run();
    }
  }

  // ---- look

  private Digests looking(java.util.function.Function<String, dev.torc.hash.Known> stored) {
    return new Digests(root, stamps, FileClock.none(), stored, (_, _) -> {});
  }

  /** The verdicts of a dry run by job, in the words of its lines. */
  Map<String, String> look(String... targets) {
    try (Cache cache = Cache.look(place(), _ -> {})) {
      load();
      Set<String> interrupted =
          Marks.live(Marks.read(place()), cache).stream()
              .map(Marks.Mark::job)
              .collect(Collectors.toSet());
      Selection first = Selection.of(graph, List.of(targets), path -> path);
      Digests looking = looking(cache::stamp);
      Plan plan =
          expander(looking, targets)
              .plan(Scene.of(graph, cache, interrupted, looking, env, containers, first, force));
      graph = plan.scene().graph();
      Map<String, String> said = new TreeMap<>();
      plan.selected().stream()
          .forEach(
              j ->
                  said.put(
                      graph.job(j).name(),
                      switch (plan.verdict(j)) {
                        case Verdict.UpToDate _ -> "up to date";
                        case Verdict.WillRun will -> "will run: " + words(will.reasons());
                        case Verdict.WillFail will -> "will fail: " + words(will.reasons());
                        case Verdict.MayRun may -> "may run: " + graph.name(may.after());
                      }));
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- asked

  /** The jobs that started in the last build, in the order of their first attempts. */
  List<String> started() {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.attempt() == 1)
        .map(e -> ((Event.JobStarted) e).job())
        .toList();
  }

  /** Exactly these jobs were started in the last build. */
  void ran(String... jobs) {
    assertEquals(new TreeSet<>(List.of(jobs)), new TreeSet<>(started()), () -> "ran; " + notes());
  }

  /** The reasons of a job that was started in the last build, such as "need changed x". */
  String why(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.job().equals(job) && s.attempt() == 1)
        .map(e -> words(((Event.JobStarted) e).reasons()))
        .findFirst()
        .orElse("did not run");
  }

  /** The reasons with all that they hold. */
  List<Reason> reasons(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobStarted s && s.job().equals(job) && s.attempt() == 1)
        .map(e -> ((Event.JobStarted) e).reasons())
        .findFirst()
        .orElse(List.of());
  }

  private static String words(List<Reason> reasons) {
    return reasons.stream()
        .map(r -> (r.kind().name().toLowerCase().replace('_', ' ') + " " + r.name()).strip())
        .collect(Collectors.joining("; "));
  }

  /** The state that a job came to in the last build, null if it was not selected. */
  State state(String job) {
    return ended(job) == null ? null : ended(job).state();
  }

  /** How a job failed, or what blocked it; empty for success. */
  String what(String job) {
    return ended(job).details().what();
  }

  private Event.JobEnded ended(String job) {
    return events.stream()
        .filter(e -> e instanceof Event.JobEnded end && end.job().equals(job))
        .map(e -> (Event.JobEnded) e)
        .findFirst()
        .orElse(null);
  }

  /** The lines for people of the last build. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Note note) {
        notes.add(note.text());
      } else if (event instanceof Event.JobEnded end && end.state() == State.FAILED) {
        notes.add(end.job() + " failed: " + end.details().what());
      }
    }
    return notes;
  }

  /** One line of the last build, and only one, has all these words. */
  void said(String... words) {
    long lines = notes().stream().filter(n -> Stream.of(words).allMatch(n::contains)).count();
    assertEquals(1, lines, () -> List.of(words) + " in " + notes());
  }

  /** What rule 15 set aside, by paths below the folder of kept things, each once, sorted. */
  List<String> kept() {
    Path kept = root.resolve(".torc/kept");
    if (!Files.isDirectory(kept)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(kept)) {
      return files
          .filter(f -> !Files.isDirectory(f))
          .map(f -> kept.relativize(f))
          .map(f -> f.subpath(1, f.getNameCount()).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The only kept thing holds this text. */
  void keptText(String text) {
    try (Stream<Path> files = Files.walk(root.resolve(".torc/kept"))) {
      List<Path> all = files.filter(f -> !Files.isDirectory(f)).toList();
      assertEquals(1, all.size(), all.toString());
      assertEquals(text, Files.readString(all.getFirst()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next build runs nothing. */
  void settled() {
    build();
    ran();
    assertEquals(0, exit);
    assertTrue(notes().isEmpty(), () -> notes().toString());
  }
}
