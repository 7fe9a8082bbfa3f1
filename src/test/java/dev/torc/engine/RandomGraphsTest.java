package dev.torc.engine;

import static dev.torc.engine.RandomStores.cut;
import static dev.torc.engine.RandomStores.loseBytes;
import static dev.torc.engine.RandomStores.made;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.FilesBelow;
import dev.torc.engine.StubRunner.Stub;
import dev.torc.hash.AgedStamps;
import dev.torc.local.ProcessEnd;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random projects under random edits against an {@link Oracle}: exactly the expected jobs run, and
 * the result is that of a build from scratch; with failures, interrupts and kills thrown in. {@code
 * -Dtorc.seed=N} repeats a run.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomGraphsTest {

  private static final int PROJECTS = Integer.getInteger("torc.projects", 24);
  private static final int STEPS = 14;

  @TempDir Path temp;

  @Test
  void exactlyTheExpectedJobsRun() {
    RandomWalks.play(PROJECTS, temp, (root, random) -> new Walk(root, random, 0, null, null));
  }

  /** Section 10, network roots: who builds where makes no difference. */
  @Test
  void soTheyDoWhereHostsTakeTurns() {
    RandomWalks.play(PROJECTS / 2, temp, (root, random) -> new Walk(root, random, 3, null, null));
  }

  /** Section 11: a known result is as good as a run, and a store that loses bytes is none. */
  @Test
  void soTheyDoWhereResultsAreRestored() {
    AtomicInteger restored = new AtomicInteger();
    RandomWalks.play(
        PROJECTS, temp, (root, random) -> new Walk(root, random, 0, restored::addAndGet, null));
    assertTrue(restored.get() > PROJECTS / 4, "restored: " + restored);
  }

  /** The same with a folder that others share: what they sent, and what was spoilt since. */
  @Test
  void soTheyDoWhereOthersHaveTheResults() {
    AtomicInteger restored = new AtomicInteger();
    AtomicInteger fetched = new AtomicInteger();
    RandomWalks.play(
        PROJECTS / 2,
        temp,
        (root, random) -> new Walk(root, random, 0, restored::addAndGet, fetched::addAndGet));
    assertTrue(fetched.get() > PROJECTS / 8, "fetched: " + fetched + ", restored: " + restored);
  }

  /** One project and what happens to it. */
  private static final class Walk implements RandomWalks.Walk {
    private final Path root;
    private final Random random;
    private final Harness torc;
    private final Oracle oracle = new Oracle();
    private final SortedMap<Integer, Spec> jobs = new TreeMap<>();
    private SortedMap<Integer, Spec> written;
    private final List<String> story = new ArrayList<>();

    private final RandomHosts hosts;
    private final boolean stored;
    private final IntConsumer restored;
    private final Path folder; // that others share; null for none
    private final IntConsumer fetched;

    /**
     * @param restored takes how many jobs each build restored; null where none is to
     * @param fetched takes how many of them a shared folder had; null where there is none
     */
    Walk(Path root, Random random, int hosts, IntConsumer restored, IntConsumer fetched) {
      this.folder = fetched == null ? null : root.resolveSibling(root.getFileName() + "-shared");
      this.fetched = fetched;
      this.stored = restored != null;
      this.restored = restored;
      this.hosts = new RandomHosts(root, random, hosts);
      this.root = root;
      this.random = random;
      this.torc = new Harness(root);
      torc.restores = stored;
      torc.env.put(Spec.VARIABLE, oracle.variable);
      if (random.nextInt(4) > 0) { // with young stamps, nothing is ever at rest
        torc.stamps = new AgedStamps();
      }
      torc.otherwise = stub -> work(torc, stub, oracle.job(stub.name()));
    }

    @Override
    public String story() {
      return String.join("\n", story);
    }

    @Override
    public void steps() throws IOException {
      for (int i = 0; i < 4; i++) {
        edit("s" + i, "0");
        edit("src/x" + i + (i < 2 ? ".c" : ".h"), "0");
      }
      edit("h0", "0");
      edit("h1", "0");
      if (folder != null) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      }
      int count = 3 + random.nextInt(7);
      for (int i = 0; i < count; i++) {
        jobs.put(i, anyJob(i));
      }
      for (int step = 0; step < STEPS; step++) {
        story.add("-- step " + step);
        if (stored) {
          anyBranch();
        }
        write();
        if (stored && random.nextInt(3) == 0) {
          loseStored();
        }
        story.add(hosts.next(torc));
        switch (random.nextInt(6)) {
          case 0 -> stoppedBuild(false);
          case 1 -> stoppedBuild(true);
          default -> wholeBuild();
        }
        sameDisk();
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

    /** Where only files changed, mostly not: then the next build has the graph of the last one. */
    private void write() {
      if (jobs.equals(written) && random.nextInt(3) > 0) {
        oracle.jobs(jobs);
        return;
      }
      written = new TreeMap<>(jobs);
      List<String> lines = new ArrayList<>();
      List<Spec> shuffled = new ArrayList<>(jobs.values());
      java.util.Collections.shuffle(shuffled, random);
      shuffled.forEach(job -> lines.add(job.yaml()));
      jobs.values().forEach(job -> story.add(job.yaml()));
      String stores = folder == null ? "" : "stores: { shared: { path: %s } }\n".formatted(folder);
      torc.givenFile(stores + "jobs:\n" + String.join("\n", lines).indent(2));
      oracle.jobs(jobs);
    }

    /** Bytes of the stores are lost, or are others. */
    private void loseStored() throws IOException {
      if (folder != null && random.nextBoolean()) {
        FileTree.remove(root.resolve(".torc/store"));
      }
      loseBytes(root.resolve(".torc/store"), random);
      if (folder != null) {
        loseBytes(folder.resolve("cas"), random);
        loseBytes(folder.resolve("ac"), random);
      }
    }

    // ---- builds

    private void wholeBuild() {
      look();
      torc.limits.put("cpus", 1L + random.nextInt(4));
      torc.build();
      TreeSet<String> lacking = new TreeSet<>();
      jobs.values().stream()
          .filter(job -> oracle.lacks(job) && !oracle.runs(job))
          .forEach(job -> lacking.add(job.name()));
      SortedMap<String, Oracle.Fate> fates = oracle.build(made(torc, oracle));
      if (stored) {
        restored.accept(made(torc, oracle).size() - torc.started().size());
      }
      if (folder != null) {
        fetched.accept(fetched(torc));
      }
      story.add("build: " + fates);
      for (String job : lacking) {
        assertTrue(
            fates.get(job) == Oracle.Fate.UP_TO_DATE
                || fates.get(job) == Oracle.Fate.BLOCKED
                || oracle.behind(oracle.job(job)).stream()
                    .anyMatch(behind -> fates.get(behind.name()) != Oracle.Fate.UP_TO_DATE)
                || torc.why(job).matches(".*(need|data) .*"),
            () -> job + " ran for nobody: " + torc.why(job));
      }
      SortedMap<String, Oracle.Fate> seen = new TreeMap<>();
      for (String job : fates.keySet()) {
        seen.put(
            job,
            switch (torc.state(job)) {
              case UP_TO_DATE -> Oracle.Fate.UP_TO_DATE;
              case RAN, RESTORED -> Oracle.Fate.RUNS;
              case FAILED -> Oracle.Fate.FAILS;
              case BLOCKED -> Oracle.Fate.BLOCKED;
              default -> throw new AssertionError(job + " is " + torc.state(job));
            });
      }
      assertEquals(fates, seen, () -> "fates; " + torc.notes() + why());
      assertEquals(fates.containsValue(Oracle.Fate.FAILS) ? 1 : 0, torc.exit);
      torc.look(); // with what was kept and without it
      for (String job : said("will run")) {
        assertTrue(fates.get(job) != Oracle.Fate.UP_TO_DATE, job + " was to run for sure");
      }
    }

    private static int fetched(Harness of) {
      int fetched = 0;
      for (Event event : of.events) {
        if (event instanceof Event.JobRestored each && !each.origin().store().isEmpty()) {
          fetched++;
        }
      }
      return fetched;
    }

    private Map<String, String> looked;

    /** A dry run knows which jobs are up to date. */
    private void look() {
      looked = torc.look();
      TreeSet<String> told = said("up to date");
      if (stored) {
        told.retainAll(oracle.upToDate()); // it foresees what restored jobs will have made
      }
      assertEquals(oracle.upToDate(), told, () -> "looked: " + looked);
    }

    private TreeSet<String> said(String what) {
      TreeSet<String> jobs = new TreeSet<>();
      looked.forEach(
          (job, said) -> {
            if (said.startsWith(what)) {
              jobs.add(job);
            }
          });
      return jobs;
    }

    /** A build that is interrupted, or killed, when one of the jobs has begun to write. */
    private void stoppedBuild(boolean killed) throws IOException {
      look();
      List<Spec> all = List.copyOf(jobs.values());
      Spec victim = all.get(random.nextInt(all.size()));
      StubRunner.Script begin =
          stub -> {
            torc.alone(victim.name()); // or what was looked at then would be lost by chance
            SortedMap<String, String> inputs = inputs(torc, stub, victim);
            if (victim.depfile()) {
              String found = victim.finds(inputs);
              inputs.put(found, stub.read(found));
            }
            for (var file : victim.begins(inputs).entrySet()) {
              stub.write(file.getKey(), file.getValue());
            }
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
      torc.limits.put("cpus", 1L); // one after the other, so that the events tell all
      torc.build();
      torc.usual(victim.name());
      TreeSet<String> settled = oracle.upToDate();
      for (String name : made(torc, oracle)) {
        Spec job = oracle.job(name);
        assertTrue(
            !settled.contains(name) && (oracle.runs(job) || oracle.lacks(job)),
            () -> name + " ran; " + why());
        boolean began = name.equals(victim.name()) && torc.started().contains(name);
        if (began && !oracle.missesNeed(job)) {
          oracle.end(job, !killed);
        } else {
          oracle.run(job);
        }
      }
      oracle.settle();
      if (stored) {
        cut(torc, oracle, settled);
      }
      oracle.spent().stream().filter(path -> !torc.exists(path)).forEach(oracle.disk::remove);
      story.add((killed ? "killed in " : "interrupted in ") + victim.name() + made(torc, oracle));
    }

    private String why() {
      StringBuilder why = new StringBuilder();
      made(torc, oracle)
          .forEach(job -> why.append("\n").append(job).append(": ").append(torc.why(job)));
      return why.toString();
    }

    /** The disk is as the oracle has it. */
    private void sameDisk() throws IOException {
      SortedMap<String, String> there = FilesBelow.made(root, UTF_8);
      assertEquals(oracle.disk, there, "the disk");
    }

    /** Builds the same in a fresh folder, or has it from others, and compares all products. */
    private void asFromScratch(int step) throws IOException {
      torc.limits.put("cpus", 4L);
      torc.build();
      SortedMap<String, Oracle.Fate> fates = oracle.build(made(torc, oracle));
      if (fates.containsValue(Oracle.Fate.FAILS)) {
        return;
      }
      Harness fresh = new Harness(root.resolveSibling(root.getFileName() + "-fresh" + step));
      fresh.env.putAll(torc.env);
      fresh.restores = folder != null;
      fresh.otherwise = stub -> work(fresh, stub, oracle.job(stub.name()));
      oracle.disk.forEach(
          (path, text) -> {
            boolean product = torc.graph.makerOf(path) >= 0 || path.endsWith(".d");
            if (!product && !oracle.isStale(path)) {
              fresh.edit(path, text);
            }
          });
      fresh.edit("torc.yaml", torc.read("torc.yaml"));
      fresh.build();
      assertEquals(0, fresh.exit, () -> "from scratch; " + fresh.notes());
      if (folder != null) {
        fetched.accept(fetched(fresh));
      }
      for (Spec job : jobs.values()) {
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
      if (job.depfile()) {
        String found = job.finds(inputs);
        inputs.put(found, stub.read(found));
        if (job.traced() && !job.fails()) {
          stub.launch().trace().saw(torc.root.resolve(found).toString());
        } else if (!job.fails()) {
          stub.write(job.depfilePath(), "x: " + found + "\n");
        }
      }
      if (!job.fails()) {
        Files.writeString(Path.of(stub.env("TORC_OUTPUT")), "k=" + job.stores(inputs) + "\n");
      }
      SortedMap<String, String> made = job.fails() ? job.begins(inputs) : job.makes(inputs);
      for (var file : made.entrySet()) {
        stub.write(file.getKey(), file.getValue());
      }
      return stub.exit(job.fails() ? 1 : 0);
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
        String data = Files.readString(Path.of(stub.env("TORC_DATA")));
        Matcher values = Pattern.compile("\"j(\\d)\\.k\"\\s*:\\s*\"?(\\d)").matcher(data);
        while (values.find()) {
          inputs.put("//data " + values.group(1), values.group(2));
        }
      }
      return inputs;
    }

    // ---- what happens to the project

    private void edit(String path, String text) {
      story.add("edit " + path + " " + text);
      torc.edit(path, text);
      oracle.disk.put(path, text);
    }

    /** An empty folder goes with its last file: the oracle knows none. */
    private void delete(String path) {
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

    private String some(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }

    private final RandomBranches branches =
        new RandomBranches("[sh]\\d|src/x.*", this::edit, this::delete);

    private void anyBranch() {
      SortedMap<Integer, Spec> then = new TreeMap<>(jobs);
      branches.any(
          random,
          oracle,
          story,
          () -> {
            jobs.clear();
            jobs.putAll(then);
          });
    }

    private void anyEdit() {
      switch (random.nextInt(13)) {
        case 12 -> {
          oracle.variable = "" + random.nextInt(3);
          torc.env.put(Spec.VARIABLE, oracle.variable);
          story.add("variable " + oracle.variable);
        }
        case 0, 1, 2 -> edit("s" + random.nextInt(4), "" + random.nextInt(3));
        case 3 -> edit("h" + random.nextInt(2), "" + random.nextInt(3));
        case 4 -> {
          String path = "src/x" + random.nextInt(5) + some(List.of(".c", ".h"));
          // One stays: who read sources and finds none fails, which a story is about.
          if (oracle.disk.containsKey(path) && !path.endsWith("x0.c") && random.nextBoolean()) {
            delete(path);
          } else {
            edit(path, "" + random.nextInt(3));
          }
        }
        case 5, 6 -> anyProduct();
        case 7 -> {
          String path = some(List.copyOf(oracle.disk.keySet()));
          edit(path, oracle.disk.get(path)); // a touch
        }
        case 8 -> {
          int i = random.nextInt(10);
          if (jobs.containsKey(i) && jobs.size() > 2) {
            remove(i);
          } else {
            jobs.put(i, anyJob(i));
            dropLost();
          }
        }
        default -> {
          int i = List.copyOf(jobs.keySet()).get(random.nextInt(jobs.size()));
          Spec job = jobs.get(i);
          jobs.put(i, random.nextInt(4) == 0 ? anyJob(i) : changed(job));
          dropLost();
        }
      }
    }

    private void anyProduct() {
      List<String> products =
          oracle.disk.keySet().stream().filter(p -> p.startsWith("j") || p.contains("/j")).toList();
      if (products.isEmpty()) {
        return;
      }
      String path = some(products);
      int slash = path.lastIndexOf('/');
      switch (random.nextInt(4)) {
        case 0 -> edit(path, "mine " + random.nextInt(2));
        case 1 -> delete(path);
        case 2 -> delete(slash < 0 || path.startsWith("src/") ? path : path.substring(0, slash));
        default -> edit(path.substring(0, slash + 1) + "j-mine.o", "mine");
      }
    }

    private Spec changed(Spec j) {
      boolean[] flip = new boolean[3];
      int which = random.nextInt(5);
      if (which < 3) {
        flip[which] = true;
      }
      return new Spec(
          j.index(),
          which >= 3 ? random.nextInt(3) : j.version(),
          j.cut() ^ flip[0],
          j.fails() ^ (flip[1] && (j.fails() || random.nextBoolean())),
          j.always() ^ (flip[2] && (j.always() || random.nextInt(3) == 0)),
          j.temporary() ^ (!stored && which == 4 && random.nextInt(3) == 0),
          j.depfile(),
          j.variable(),
          j.needs(),
          j.data(),
          j.after(),
          j.produces());
    }

    private void remove(int index) {
      jobs.remove(index);
      dropLost();
    }

    /** Takes out the needs whose makers are gone: a file that nobody makes is refused. */
    private void dropLost() {
      for (Spec job : List.copyOf(jobs.values())) {
        List<String> needs =
            job.needs().stream().filter(need -> choices(job.index()).contains(need)).toList();
        List<Integer> after = job.after().stream().filter(jobs::containsKey).toList();
        List<Integer> data = job.data().stream().filter(jobs::containsKey).toList();
        jobs.put(
            job.index(),
            new Spec(
                job.index(),
                job.version(),
                job.cut(),
                job.fails(),
                job.always(),
                job.temporary(),
                job.depfile(),
                job.variable(),
                needs,
                data,
                after,
                job.produces()));
      }
    }

    /** What a job with this index may need. */
    private List<String> choices(int index) {
      List<String> choices = new ArrayList<>(List.of("s0", "s1", "s2", "s3"));
      if (index >= 3) {
        choices.addAll(List.of("src/", "src/*.c"));
      }
      for (Spec job : jobs.headMap(index).values()) {
        choices.add("{job: " + job.name() + "}");
        for (String product : job.produces()) {
          if (product.endsWith("/")) {
            choices.addAll(List.of(product, product + "f0", product + "f1", product + "*"));
          } else {
            choices.add(product.replace("*", "0"));
            choices.add(product);
          }
        }
      }
      return choices.stream().distinct().toList();
    }

    /** Jobs 0 to 2 may make files in src, which the later ones may need as a whole. */
    private Spec anyJob(int index) {
      String name = "j" + index;
      List<String> forms = new ArrayList<>(List.of(name + ".out", name + ".b", name + "/"));
      forms.add("g/" + name + "-*.o");
      if (index < 3) {
        forms.add("src/" + name + ".c");
      }
      List<String> produces = new ArrayList<>();
      for (int n = random.nextInt(3); n > 0; n--) {
        String form = some(forms);
        if (!produces.contains(form)) {
          produces.add(form);
        }
      }
      List<String> choices = choices(index);
      List<String> needs = new ArrayList<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        String need = some(choices);
        if (!needs.contains(need)) {
          needs.add(need);
        }
      }
      List<Integer> after = new ArrayList<>();
      jobs.headMap(index).keySet().stream().filter(_ -> random.nextInt(6) == 0).forEach(after::add);
      List<Integer> data =
          jobs.headMap(index).keySet().stream().filter(_ -> random.nextInt(8) == 0).toList();
      return new Spec(
          index,
          random.nextInt(3),
          random.nextInt(3) == 0,
          random.nextInt(12) == 0,
          random.nextInt(15) == 0,
          !stored && random.nextInt(3) == 0, // of those, the record alone may be put back
          random.nextInt(4) == 0,
          random.nextInt(4) == 0,
          needs,
          data,
          after,
          produces);
    }
  }
}
