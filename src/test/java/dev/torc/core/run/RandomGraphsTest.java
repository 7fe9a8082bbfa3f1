package dev.torc.core.run;

import dev.torc.Sample;
import dev.torc.base.posix.FileTree;
import dev.torc.core.attempt.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random projects under random edits against an {@link Oracle}: exactly the expected jobs run, and
 * the result is that of a build from scratch; with failures, interrupts and kills thrown in. {@code
 * -Dtorc.seed=N} repeats a run. It takes much CPU: each edit is built twice, and forecast.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomGraphsTest {

  private static final int PROJECTS = Integer.getInteger("torc.projects", Sample.part(5, 24));

  @TempDir Path temp;

  @Test
  void exactlyTheExpectedJobsRun() {
    RandomWalks.play(PROJECTS, temp, (root, random) -> new Walk(root, random, 0, null, null));
  }

  /** Section 10, network roots: the host and the user of a build make no difference. */
  @Test
  void soTheyDoWhereHostsTakeTurns() {
    RandomWalks.play(PROJECTS / 2, temp, (root, random) -> new Walk(root, random, 3, null, null));
  }

  /** Section 11: a known result is as good as a run, unless the store has lost its bytes. */
  @Test
  void soTheyDoWhereResultsAreRestored() {
    AtomicInteger restored = new AtomicInteger();
    RandomWalks.play(
        PROJECTS,
        temp,
        (root, random) -> new Walk(root, random, 0, restored::addAndGet, null),
        () -> restored.get() > PROJECTS / 4);
  }

  /** Section 11: a result of a shared folder is as good as a run, unless it was spoilt since. */
  @Test
  void soTheyDoWhereOthersHaveTheResults() {
    AtomicInteger fetched = new AtomicInteger();
    RandomWalks.play(
        PROJECTS / 2,
        temp,
        (root, random) -> new Walk(root, random, 0, _ -> {}, fetched::addAndGet),
        () -> fetched.get() > PROJECTS / 8);
  }

  /** Returns a walk whose builds leave memos. */
  static RandomWalks.Walk walk(Path root, Random random, MemosBeside memos) {
    Walk walk = new Walk(root, random, 0, null, null);
    walk.torc.memos = memos;
    return walk;
  }

  /** Plain jobs, with folders, temporary products and depfiles. */
  private static final class Walk extends OracleWalk {
    private final SortedMap<Integer, Spec> jobs = new TreeMap<>();
    private SortedMap<Integer, Spec> written;
    private final Path folder; // a shared store; null for none
    private final IntConsumer fetched;

    /**
     * @param fetched takes how many of the restored jobs came from the shared folder; null for no
     *     such folder
     */
    Walk(Path root, Random random, int hosts, IntConsumer restored, IntConsumer fetched) {
      super(root, random, hosts, restored, "[sh]\\d|src/x.*");
      this.folder = fetched == null ? null : root.resolveSibling(root.getFileName() + "-shared");
      this.fetched = fetched;
    }

    @Override
    void begin() throws IOException {
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
    }

    /** Mostly writes nothing if no job changed: the next build then has the graph of the last. */
    @Override
    void write() {
      if (!jobs.equals(written) || random.nextInt(3) == 0) {
        written = new TreeMap<>(jobs);
        List<String> lines = new ArrayList<>(jobs.values().stream().map(Spec::yaml).toList());
        story.addAll(lines);
        Collections.shuffle(lines, random);
        String stores =
            folder == null ? "" : "stores: { shared: { path: %s } }\n".formatted(folder);
        torc.givenFile(stores + "jobs:\n" + String.join("\n", lines).indent(2));
      }
      oracle.jobs(jobs);
    }

    @Override
    Runnable jobs() {
      SortedMap<Integer, Spec> then = new TreeMap<>(jobs);
      return () -> {
        jobs.clear();
        jobs.putAll(then);
      };
    }

    @Override
    Spec job(String name) {
      return oracle.job(name);
    }

    @Override
    void loseStored() throws IOException {
      if (folder != null && random.nextBoolean()) {
        FileTree.remove(root.resolve(".torc/store"));
      }
      super.loseStored();
      if (folder != null) {
        loseBytes(folder.resolve("cas"));
        loseBytes(folder.resolve("ac"));
      }
    }

    @Override
    void over(Harness build) {
      for (Event event : build.events) {
        if (folder != null
            && event instanceof Event.JobRestored each
            && !each.from().store().isEmpty()) {
          fetched.accept(1);
        }
      }
    }

    @Override
    void anyEdit() {
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
          // x0 stays: a job that read sources and finds none now fails; a story tests that.
          if (oracle.disk.containsKey(path) && !path.endsWith("x0.c") && random.nextBoolean()) {
            delete(path);
          } else {
            edit(path, "" + random.nextInt(3));
          }
        }
        case 5, 6 -> anyProduct();
        case 7 -> touchAny();
        case 8 -> {
          int i = random.nextInt(10);
          if (jobs.containsKey(i) && jobs.size() > 2) {
            jobs.remove(i);
          } else {
            jobs.put(i, anyJob(i));
          }
          dropLost();
        }
        default -> {
          int i = some(List.copyOf(jobs.keySet()));
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
          j.after(),
          j.produces());
    }

    /** Takes out the needs whose makers are gone: a file that no job makes is refused. */
    private void dropLost() {
      jobs.replaceAll(
          (index, job) ->
              new Spec(
                  index,
                  job.version(),
                  job.cut(),
                  job.fails(),
                  job.always(),
                  job.temporary(),
                  job.depfile(),
                  job.variable(),
                  job.needs().stream().filter(choices(index)::contains).toList(),
                  job.after().stream().filter(jobs::containsKey).toList(),
                  job.produces()));
    }

    /** What a job with this index may need. */
    private List<String> choices(int index) {
      List<String> choices = new ArrayList<>(List.of("s0", "s1", "s2", "s3"));
      if (index >= 3) {
        choices.addAll(List.of("src/", "src/*.c"));
      }
      for (Spec job : jobs.headMap(index).values()) {
        choices.add("{job: " + job.name() + "}");
        choices.add("{data: " + job.name() + ".k}");
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
      List<Integer> after = new ArrayList<>();
      jobs.headMap(index).keySet().stream().filter(_ -> random.nextInt(6) == 0).forEach(after::add);
      return new Spec(
          index,
          random.nextInt(3),
          random.nextInt(3) == 0,
          random.nextInt(12) == 0,
          random.nextInt(15) == 0,
          !stored && random.nextInt(3) == 0, // the record alone may be restored
          random.nextInt(4) == 0,
          random.nextInt(4) == 0,
          few(4, choices(index)),
          after,
          few(3, forms));
    }
  }
}
