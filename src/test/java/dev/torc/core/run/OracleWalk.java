package dev.torc.core.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.FilesBelow;
import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.Event;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.run.StubRunner.Stub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A random project beside an {@link Oracle}. Builds end, are interrupted or killed, on hosts that
 * take turns, and known results are restored or lost. After each build the jobs that ran, their
 * ends and the whole disk must be as the oracle has them. A subclass says what the project is and
 * how it is edited.
 */
abstract class OracleWalk implements RandomWalks.Walk {

  private static final int STEPS = 14;

  private static final Pattern VALUE = Pattern.compile("\"(\\w+)\\.k\":(\\{[^}]*}|\\d+)");

  private static final Pattern TAKEN =
      Pattern.compile("would take (\\S+), which torc did not make");

  final Path root;
  final Random random;
  final Harness torc;
  final Oracle oracle = new Oracle();
  final List<String> story = new ArrayList<>();

  /** Whether known results are restored. */
  final boolean stored;

  private final RandomHosts hosts;
  private final IntConsumer restored;
  private final RandomBranches branches;
  private Map<String, String> looked;

  /**
   * Makes a walk through one project.
   *
   * @param hosts how many take turns; 0 where the root is not shared
   * @param restored takes how many jobs each build restored; null if no job is to be restored
   * @param sources a pattern of the paths that belong to a branch
   */
  OracleWalk(Path root, Random random, int hosts, IntConsumer restored, String sources) {
    this.root = root;
    this.random = random;
    this.torc = new Harness(root);
    this.hosts = new RandomHosts(root, random, hosts);
    this.stored = restored != null;
    this.restored = restored;
    this.branches = new RandomBranches(sources, this::edit, this::delete);
    torc.restores = stored;
    torc.env.put(Spec.VARIABLE, oracle.variable);
    if (random.nextInt(4) > 0) { // with young stamps, nothing is ever fresh
      torc.stamps = new AgedStamps();
    }
    torc.otherwise = stub -> work(torc, stub, job(stub.name()));
  }

  // ---- what a subclass says

  /** Makes the first sources and jobs. */
  abstract void begin() throws IOException;

  /** Writes the build file, and gives its jobs to the oracle. */
  abstract void write();

  /** Returns an action that brings the present jobs back later. */
  abstract Runnable jobs();

  /** The job of a name; null if the walk has none. */
  abstract Spec job(String name);

  /** Changes a source, a product or a job. */
  abstract void anyEdit();

  /** Removes or spoils some stored results. */
  void loseStored() throws IOException {
    loseBytes(root.resolve(".torc/store"));
  }

  /** Called when a build is over. */
  void over(Harness build) {}

  // ---- the walk

  @Override
  public final String story() {
    return String.join("\n", story);
  }

  @Override
  public final void steps() throws IOException {
    begin();
    for (int step = 0; step < STEPS; step++) {
      story.add("-- step " + step);
      if (stored) {
        branches.any(random, oracle, story, jobs());
      }
      write();
      if (stored && random.nextInt(3) == 0) {
        loseStored();
      }
      story.add(hosts.next(torc));
      switch (random.nextInt(6)) {
        case 0 -> stoppedBuild(false);
        case 1 -> stoppedBuild(true);
        case 2 -> partialBuild();
        default -> wholeBuild();
      }
      assertEquals(oracle.disk, FilesBelow.made(root, UTF_8), "the disk");
      if (random.nextInt(4) == 0) {
        story.add("again");
        story.add(hosts.next(torc));
        wholeBuild();
      }
      if (random.nextInt(6) == 0) {
        asFromScratch(step);
      }
      for (int edits = random.nextInt(4); edits > 0; edits--) {
        anyEdit();
      }
    }
  }

  private void wholeBuild() {
    look();
    oracle.begin();
    torc.limits.put("cpus", 1L + random.nextInt(4));
    torc.build();
    List<String> lacking =
        oracle.jobs().stream()
            .filter(job -> oracle.lacks(job) && !oracle.runs(job))
            .map(Spec::name)
            .toList();
    SortedMap<String, Oracle.Fate> fates = oracle.build(made());
    story.add("build: " + fates);
    if (stored) {
      restored.accept(made().size() - torc.started().size());
    }
    ended(torc);
    for (String job : lacking) {
      assertTrue(
          fates.get(job) == Oracle.Fate.UP_TO_DATE
              || fates.get(job) == Oracle.Fate.BLOCKED
              || oracle.behind(oracle.job(job)).stream()
                  .anyMatch(behind -> fates.get(behind.name()) != Oracle.Fate.UP_TO_DATE)
              || torc.why(job).matches(".*(need|data) .*"),
          () -> job + " ran, and no job reads it: " + torc.why(job));
    }
    SortedMap<String, Oracle.Fate> seen = new TreeMap<>();
    for (Spec job : oracle.jobs()) {
      switch (torc.state(job.name())) {
        case UP_TO_DATE -> seen.put(job.name(), Oracle.Fate.UP_TO_DATE);
        case RAN, RESTORED -> seen.put(job.name(), Oracle.Fate.RUNS);
        case FAILED -> seen.put(job.name(), Oracle.Fate.FAILS);
        case BLOCKED -> seen.put(job.name(), Oracle.Fate.BLOCKED);
        case null, default -> {}
      }
    }
    assertEquals(fates, seen, () -> "fates; " + torc.notes() + why());
    assertTrue(fates.keySet().containsAll(torc.started()), () -> "started " + torc.started());
    assertEquals(fates.containsValue(Oracle.Fate.FAILS) ? 1 : 0, torc.exit);
    forecast(); // with the reused graph and fresh jobs, and without
    for (String job : said("will run")) {
      assertTrue(fates.get(job) != Oracle.Fate.UP_TO_DATE, job + " was to run for sure");
    }
  }

  /** Asserts that no job ran twice, but for temporary ones, whose products may be wanted again. */
  private void ended(Harness build) {
    List<String> ran = build.started().stream().filter(job -> !job(job).temporary()).toList();
    assertEquals(List.copyOf(new LinkedHashSet<>(ran)), ran, "started");
    over(build);
  }

  /** Asserts that a dry run knows which jobs are up to date. */
  private void look() {
    looked = forecast();
    Set<String> told = said("up to date");
    if (stored) {
      told.retainAll(oracle.upToDate()); // torc foresees the products of restored jobs
    }
    assertEquals(oracle.upToDate(), told, () -> "looked: " + looked);
  }

  /** A dry run; what a killed run left and no pattern may take is removed, as a user would. */
  private Map<String, String> forecast() {
    while (true) {
      try {
        return torc.look();
      } catch (BadInput refused) {
        Matcher taken = TAKEN.matcher(refused.getMessage());
        assertTrue(taken.find() && !oracle.isOwned(taken.group(1)), refused.getMessage());
        delete(taken.group(1));
      }
    }
  }

  private Set<String> said(String what) {
    return looked.entrySet().stream()
        .filter(said -> said.getValue().startsWith(what))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A build that is interrupted, or killed, when one of the jobs has begun to write. */
  private void stoppedBuild(boolean killed) throws IOException {
    look();
    List<Spec> all = oracle.jobs().stream().filter(job -> !Oracle.isRest(job)).toList();
    if (all.isEmpty()) {
      return;
    }
    oracle.begin();
    Spec victim = some(all);
    StubRunner.Script begin =
        stub -> {
          torc.alone(victim.name()); // else it is chance whether others are recorded
          SortedMap<String, String> inputs = inputs(torc, stub, victim);
          find(stub, victim, inputs);
          write(stub, victim.begins(inputs));
          if (!killed) {
            torc.running.signal(2);
            stub.nextEnd();
          }
          return stub.ended(ProcessEnd.How.INTERRUPTED);
        };
    if (killed) {
      torc.deadly(victim.name(), begin);
    } else {
      torc.job(victim.name(), begin);
    }
    torc.limits.put("cpus", 1L); // one after the other, so that events tell the order
    torc.build();
    torc.usual(victim.name());
    TreeSet<String> settled = oracle.upToDate();
    follow(
        settled,
        job -> {
          String name = job.name();
          boolean began = name.equals(victim.name()) && torc.started().contains(name);
          if (began && !oracle.missesNeed(job)) {
            oracle.end(job, killed, this::isOwned);
          } else {
            oracle.run(job);
          }
        });
    if (stored) {
      cut(settled);
    }
    story.add((killed ? "killed in " : "interrupted in ") + victim.name() + made());
  }

  /** A build of one job or group with all that it waits for. */
  private void partialBuild() {
    look();
    oracle.begin();
    String target = some(oracle.units(Integer.MAX_VALUE)).name();
    torc.limits.put("cpus", 1L); // as in stoppedBuild
    torc.build(target);
    TreeSet<String> settled = oracle.upToDate();
    settled.removeIf(job -> oracle.lacks(job(job))); // the target wants its temporary products
    follow(settled, oracle::run);
    story.add("build " + target + ": " + made());
    ended(torc);
  }

  /**
   * Lets the oracle do what the last build did, job by job; asserts that each job had a reason.
   *
   * @param settled the jobs that had no reason
   * @param does takes the jobs that ran or were restored, in their order
   */
  private void follow(TreeSet<String> settled, Consumer<Spec> does) {
    for (String name : made()) {
      oracle.settle();
      Spec job = oracle.job(name);
      assertTrue(
          job != null && !settled.contains(name) && (oracle.runs(job) || oracle.lacks(job)),
          () -> name + " ran; " + why());
      does.accept(job);
    }
    oracle.settle();
    oracle.spent().stream().filter(path -> !torc.exists(path)).forEach(oracle::remove);
  }

  /** Whether torc recorded a file as its own; one that it looked at for too long it does not. */
  private boolean isOwned(String path, String text) {
    try (Cache cache = Cache.look(torc.place(), _ -> {})) {
      OwnedPath owned = cache.owned(path);
      return owned != null && owned.digest().equals(Digest.ofText(text));
    }
  }

  /**
   * Gives the oracle what is there of the products of jobs that neither ran in the last build nor
   * were up to date: torc may have been restoring them when it was cut off.
   *
   * @param settled the jobs that were up to date before that build
   */
  private void cut(Set<String> settled) throws IOException {
    List<String> made = made();
    SortedMap<String, String> there = FilesBelow.made(root, UTF_8);
    oracle.jobs().stream()
        .filter(job -> !Oracle.isRest(job))
        .filter(job -> !made.contains(job.name()) && !settled.contains(job.name()))
        .forEach(job -> oracle.cut(job, there));
  }

  /** The jobs that the last build ran or restored, in order; tells the oracle the restored ones. */
  private List<String> made() {
    List<String> made = new ArrayList<>();
    oracle.restored = new HashSet<>();
    for (Event event : torc.events) {
      if (event instanceof Event.JobRestored each) {
        made.add(each.job());
        oracle.restored.add(each.job());
      } else if (event instanceof Event.JobStarted each && each.attempt() == 1) {
        made.add(each.job());
      }
    }
    return made;
  }

  private String why() {
    return made().stream()
        .map(job -> "\n" + job + ": " + torc.why(job))
        .collect(Collectors.joining());
  }

  /** Builds the project in a fresh folder, first one target alone, and compares all products. */
  private void asFromScratch(int step) throws IOException {
    torc.limits.put("cpus", 4L);
    forecast();
    torc.build();
    if (oracle.build(made()).containsValue(Oracle.Fate.FAILS)) {
      return;
    }
    Harness fresh = new Harness(root.resolveSibling(root.getFileName() + "-fresh" + step));
    fresh.env.putAll(torc.env);
    fresh.restores = stored;
    fresh.otherwise = stub -> work(fresh, stub, job(stub.name()));
    oracle.disk.forEach(
        (path, text) -> {
          boolean product = oracle.maker(path) != null || path.endsWith(".d");
          if (!product && !oracle.isStale(path)) {
            fresh.edit(path, text);
          }
        });
    fresh.edit("torc.yaml", torc.read("torc.yaml"));
    fresh.build(some(oracle.units(Integer.MAX_VALUE)).name());
    assertEquals(0, fresh.exit, () -> "from scratch; " + fresh.notes());
    ended(fresh);
    fresh.build();
    assertEquals(0, fresh.exit, () -> "from scratch; " + fresh.notes());
    ended(fresh);
    for (Spec job : oracle.jobs()) {
      for (String product : job.produces()) {
        if (!product.contains("*") && !(oracle.lacks(job) && torc.read(product).equals("-"))) {
          assertEquals(fresh.read(product), torc.read(product), product + " from scratch");
        }
      }
    }
  }

  // ---- what the jobs do

  private static ProcessEnd work(Harness torc, Stub stub, Spec job) throws IOException {
    SortedMap<String, String> inputs = inputs(torc, stub, job);
    String found = find(stub, job, inputs);
    if (job.fails()) {
      write(stub, job.begins(inputs));
      return stub.exit(1);
    }
    if (job.traced()) {
      stub.launch().trace().saw(torc.root.resolve(found).toString());
    } else if (job.depfile()) {
      stub.write(job.depfilePath(), "x: " + found + "\n");
    }
    Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "k=" + job.stores(inputs) + "\n");
    write(stub, job.makes(inputs));
    return stub.exit(0);
  }

  private static void write(Stub stub, Map<String, String> files) throws IOException {
    for (var file : files.entrySet()) {
      stub.write(file.getKey(), file.getValue());
    }
  }

  /** Adds the file that a job finds to its inputs, and returns its path; null if it finds none. */
  private static String find(Stub stub, Spec job, SortedMap<String, String> inputs)
      throws IOException {
    String found = job.depfile() ? job.finds(inputs) : null;
    if (found != null) {
      inputs.put(found, stub.read(found));
    }
    return found;
  }

  private static SortedMap<String, String> inputs(Harness torc, Stub stub, Spec job)
      throws IOException {
    SortedMap<String, String> inputs = new TreeMap<>();
    for (String need : stub.needs()) {
      Path file = torc.root.resolve(need);
      if (Files.isDirectory(file)) {
        FilesBelow.made(file, UTF_8).forEach((path, text) -> inputs.put(need + "/" + path, text));
      } else {
        inputs.put(need, stub.read(need));
      }
    }
    if (job.variable()) {
      inputs.put("//variable", torc.env.get(Spec.VARIABLE));
    }
    if (stub.env("TORC_DATA") != null) {
      String data = Files.readString(Path.of(stub.env("TORC_DATA"))).replaceAll("\\s", "");
      Matcher values = VALUE.matcher(data);
      while (values.find()) {
        inputs.put("/data " + values.group(1), values.group(2));
      }
    }
    return inputs;
  }

  // ---- what happens to the project

  void edit(String path, String text) {
    story.add("edit " + path + " " + text.replace("\n", ";"));
    torc.edit(path, text);
    oracle.disk.put(path, text);
  }

  /** Deletes a path, and a job's folder with its last file: the oracle has no empty folders. */
  void delete(String path) {
    int slash = path.lastIndexOf('/');
    String folder = slash < 0 ? "" : path.substring(0, slash);
    if (folder.startsWith("j")
        && oracle.disk.keySet().stream()
            .allMatch(p -> p.equals(path) || !p.startsWith(folder + "/"))) {
      delete(folder);
      return;
    }
    story.add("delete " + path);
    torc.delete(path);
    oracle.disk.keySet().removeIf(p -> p.equals(path) || p.startsWith(path + "/"));
  }

  void touchAny() {
    String path = some(List.copyOf(oracle.disk.keySet()));
    edit(path, oracle.disk.get(path));
  }

  /** Removes some files of a store, and writes other bytes to some. */
  void loseBytes(Path store) throws IOException {
    if (!Files.isDirectory(store)) {
      return;
    }
    try (Stream<Path> all = Files.list(store)) {
      for (Path each : all.sorted().toList()) {
        int how = random.nextInt(16);
        if (how < 2) {
          FileTree.remove(each);
        } else if (how < 5 && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
          int length = Math.max(0, (int) Files.size(each) - how + 3); // the file may be empty
          String text = how == 2 ? "spoilt" : "x".repeat(length);
          Files.writeString(each, text); // of another size, of the same, or cut
        }
      }
    }
  }

  <T> T some(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A random number of the choices, fewer than {@code fewer}, none twice. */
  List<String> few(int fewer, List<String> choices) {
    List<String> few = new ArrayList<>();
    for (int n = random.nextInt(fewer); n > 0; n--) {
      String one = some(choices);
      if (!few.contains(one)) {
        few.add(one);
      }
    }
    return few;
  }
}
