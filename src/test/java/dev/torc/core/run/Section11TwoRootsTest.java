package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.posix.FileTree;
import dev.torc.core.run.StubRunner.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Section 11: two roots that share a folder build at once, many times, with the same inputs and
 * with others; also while files of the folder are removed. Each must make what a root alone makes.
 */
@Execution(ExecutionMode.CONCURRENT)
class Section11TwoRootsTest {

  private static final String JOBS =
      """
      jobs:
        a: { command: make a, needs: [x], produces: [a.out, a.two] }
        b: { command: make b, needs: [a.out], produces: [dir/] }
        c: { command: make c, needs: [a.two, y], produces: ['c/*.o'], depfile: c.d }
        d: { command: make d, needs: [dir/, { job: c }], produces: [d.out] }
      """;

  private static final List<String> PRODUCTS =
      List.of("a.out", "a.two", "dir/in", "c/one.o", "c.d", "d.out");

  private static final int ROUNDS = 6;

  @TempDir Path temp;
  private Path store;
  private final List<Harness> both = new ArrayList<>();

  /** The products that a root alone makes, by the text of x. */
  private final Map<String, Map<String, String>> right = new HashMap<>();

  @BeforeEach
  void twoRoots() throws IOException {
    store =
        Files.createDirectory(
            temp.resolve("store"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    for (String name : List.of("one", "two")) {
      Harness torc = root(name, "stores: { shared: { path: " + store + " } }\n");
      torc.restores = true;
      both.add(torc);
    }
  }

  private Harness root(String name, String stores) throws IOException {
    Harness torc = new Harness(Files.createDirectory(temp.resolve(name)));
    torc.givenFile(stores + JOBS);
    torc.edit("y", "y");
    torc.edit("h", "h");
    torc.job(
        "c",
        stub -> {
          stub.write("c.d", "c: h\n");
          return torc.work(stub);
        });
    torc.tick(); // else h may seem to change while c runs
    return torc;
  }

  private Map<String, String> alone(String x) throws IOException {
    if (!right.containsKey(x)) {
      Harness torc = root("alone " + x, "");
      torc.edit("x", x);
      torc.build();
      right.put(x, products(torc));
    }
    return right.get(x);
  }

  private static Map<String, String> products(Harness torc) {
    Map<String, String> products = new HashMap<>();
    PRODUCTS.forEach(path -> products.put(path, torc.read(path)));
    return products;
  }

  /** Builds both roots at once, with {@code meanwhile}; each must make what it makes alone. */
  private void build(String one, String two, Runnable meanwhile) throws IOException {
    both.get(0).edit("x", one);
    both.get(1).edit("x", two);
    List<Harness.Building> building = both.stream().map(Harness::start).toList();
    meanwhile.run();
    building.forEach(Harness.Building::await);
    for (Harness torc : both) {
      assertEquals(0, torc.exit, () -> torc.notes().toString());
      assertEquals(alone(torc == both.get(0) ? one : two), products(torc));
      assertEquals(List.of(), torc.kept());
      assertFalse(torc.exists(".torc/tmp"));
    }
  }

  private void ran(String... jobs) {
    both.forEach(torc -> torc.ran(jobs));
    both.forEach(torc -> assertEquals(List.of(), torc.notes()));
  }

  /** The result is new, so both roots run the first job at the same time, and send the same. */
  private void theSameAtOnce(String x) throws IOException {
    List<Held> held = both.stream().map(torc -> torc.hold("a")).toList();
    build(
        x,
        x,
        () -> {
          held.forEach(Held::started);
          held.forEach(Held::go);
        });
    both.forEach(torc -> torc.usual("a"));
    both.forEach(torc -> assertTrue(torc.started().contains("a")));
  }

  @Test
  void eachIsAsOneThatIsAlone() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      theSameAtOnce("same " + round);
      build("one " + round, "two " + round, () -> {});
      ran("a", "b", "c", "d");
      build("two " + round, "one " + round, () -> {});
      ran();
    }
  }

  /** Removes files of the store or cuts them in half, until {@code over} is set. */
  private void spoil(Random random, AtomicBoolean over) {
    try {
      while (!over.get()) {
        for (String in : List.of("cas", "ac")) {
          try (Stream<Path> all = Files.list(store.resolve(in))) {
            for (Path each : all.toList()) {
              spoil(random, each);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void spoil(Random random, Path file) throws IOException {
    int how = random.nextInt(20);
    if (how == 0) {
      Files.deleteIfExists(file);
    } else if (how == 1) {
      try (var out = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        out.truncate(out.size() / 2);
      } catch (NoSuchFileException e) {
        return; // it was renamed meanwhile
      }
    }
  }

  @Test
  void soTheyAreWhereFilesOfTheFolderGo() throws Exception {
    long seed = Sample.SEED;
    Random random = new Random(seed);
    theSameAtOnce("0");
    AtomicBoolean over = new AtomicBoolean();
    Thread spoiler = Thread.ofPlatform().start(() -> spoil(new Random(seed), over));
    try {
      for (int round = 0; round < 4 * ROUNDS; round++) {
        for (Harness torc : both) {
          if (random.nextBoolean()) {
            FileTree.remove(torc.root.resolve(".torc/store"));
          }
        }
        build("" + random.nextInt(3), "" + random.nextInt(3), () -> {});
      }
    } catch (Throwable e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " fails: " + e.getMessage(), e);
    } finally {
      over.set(true);
      spoiler.join();
    }
  }
}
