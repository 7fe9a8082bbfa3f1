package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.posix.FileTree;
import dev.torc.core.attempt.Event;
import dev.torc.features.stores.HostileServer;
import dev.torc.features.stores.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Section 11: three clones build at random over a folder and a server, with kills, stores that are
 * wiped or spoilt, and a server that answers wrongly. A build must make what a clone alone makes.
 * {@code -Dtorc.seed=N} repeats a run, {@code -Dtorc.rounds=N} says how many builds.
 */
@Execution(ExecutionMode.CONCURRENT)
class Section11ClonesTest {

  private static final int ROUNDS = Integer.getInteger("torc.rounds", 60);

  private static final List<String> JOBS = List.of("a", "b", "c", "t", "d");

  private static final String FILE =
      """
      jobs:
        a: { command: make a, needs: [x], produces: [a.out, a.two] }
        b: { command: make b, needs: [a.out], produces: [dir/], output: always }
        c: { command: make c, needs: [a.two, y], produces: ['c/*.o'], depfile: c.d }
        t: { command: make t, needs: [y], produces: [t.out], temporary: delete }
        d: { command: make d, needs: [dir/, { job: c }, t.out], produces: [d.out] }
      """;

  private static final List<String> PRODUCTS =
      List.of("a.out", "a.two", "dir/in", "c/one.o", "c.d", "t.out", "d.out");

  private static final List<String> REQUESTS =
      List.of("GET /ac", "GET /cas", "HEAD /cas", "PUT /cas", "PUT /ac");

  /** What a bad server answers instead; null if it closes without an answer. */
  private static final List<String> LIES =
      Arrays.asList(
          null,
          "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nwrong",
          "HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\ncut off",
          "HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n");

  @TempDir Path temp;
  private final List<Harness> clones = new ArrayList<>();
  private final Map<String, Map<String, String>> right = new HashMap<>();
  private Path folder;
  private int restored;
  private int killed;

  @Test
  void eachIsAsOneThatIsAlone() throws Exception {
    long seed = Sample.SEED;
    folder =
        Files.createDirectory(
            temp.resolve("store"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Path key = temp.resolve("key");
    SigningKey.make(key);
    try (HostileServer server = new HostileServer()) {
      String stores =
          "stores: { shared: [{ path: %s }, { url: '%s', key: %s }] }\n"
              .formatted(folder, server.url(), key);
      for (int i = 0; i < 3; i++) {
        clones.add(clone("clone" + i, stores));
        clones.getLast().restores = true;
      }
      Random random = new Random(seed);
      for (int round = 0; round < ROUNDS; round++) {
        round(clones.get(random.nextInt(3)), random, server);
      }
    } catch (Throwable e) {
      throw new AssertionError("-Dtorc.seed=" + seed + " fails: " + e.getMessage(), e);
    }
    assertTrue(restored > ROUNDS / 4, restored + " restored in " + ROUNDS);
    assertTrue(killed > 0, "none killed in " + ROUNDS);
  }

  private Harness clone(String name, String stores) throws IOException {
    Harness torc = new Harness(Files.createDirectory(temp.resolve(name)));
    torc.givenFile(stores + FILE);
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

  private void round(Harness torc, Random random, HostileServer server) throws IOException {
    String x = "" + random.nextInt(3);
    String y = "" + random.nextInt(3);
    torc.edit("x", x);
    torc.edit("y", y);
    if (random.nextInt(4) == 0) {
      FileTree.remove(torc.root.resolve(random.nextBoolean() ? ".torc/store" : "dir"));
    }
    spoil(random, server);
    server.requests.clear();
    server.headers.clear();
    server.tricks.clear();
    if (random.nextInt(3) == 0) {
      String lie = LIES.get(random.nextInt(LIES.size()));
      String request = REQUESTS.get(random.nextInt(REQUESTS.size()));
      server.tricks.put(
          request,
          out -> {
            if (lie != null) {
              out.write(lie.getBytes());
            }
          });
    }
    boolean deadly = random.nextInt(4) == 0 || killed == 0;
    String victim = deadly ? JOBS.get(random.nextInt(JOBS.size())) : null;
    StubRunner.Script script = victim == null ? null : torc.scripts.get(victim);
    if (victim != null) {
      torc.deadly(victim, script == null ? torc::work : script);
    }
    torc.build();
    if (victim != null) {
      torc.scripts.remove(victim);
      if (script != null) {
        torc.job(victim, script);
      }
    }
    torc.events.forEach(event -> restored += event instanceof Event.JobRestored ? 1 : 0);
    if (torc.exit == Harness.KILLED) {
      killed++;
      return;
    }
    assertEquals(0, torc.exit, () -> torc.notes().toString());
    assertEquals(alone(x, y), products(torc), () -> torc.events.toString());
    assertFalse(torc.exists(".torc/tmp"));
  }

  /** Removes a few files of the stores, cuts some in half, and flips a bit in some. */
  private void spoil(Random random, HostileServer server) throws IOException {
    for (String in : List.of("cas", "ac")) {
      if (Files.exists(folder.resolve(in)) && random.nextInt(3) == 0) {
        try (Stream<Path> all = Files.list(folder.resolve(in))) {
          for (Path each : all.sorted().toList()) {
            byte[] bytes = spoilt(random, Files.readAllBytes(each));
            if (bytes == null) {
              Files.delete(each);
            } else {
              Files.write(each, bytes);
            }
          }
        }
      }
    }
    if (random.nextInt(3) == 0) {
      for (String path : new TreeSet<>(server.files.keySet())) {
        server.files.compute(path, (_, bytes) -> spoilt(random, bytes));
      }
    }
  }

  /** The bytes that a file has from now on; null if it is removed. */
  private static byte[] spoilt(Random random, byte[] bytes) {
    byte[] now = bytes.clone();
    switch (random.nextInt(12)) {
      case 0 -> {
        return null;
      }
      case 1 -> {
        return Arrays.copyOf(now, now.length / 2);
      }
      default -> {
        if (now.length > 0 && random.nextInt(10) == 0) {
          now[random.nextInt(now.length)] ^= 1;
        }
        return now;
      }
    }
  }

  private Map<String, String> alone(String x, String y) throws IOException {
    String both = x + " " + y;
    if (!right.containsKey(both)) {
      Harness torc = clone("alone " + both, "");
      torc.edit("x", x);
      torc.edit("y", y);
      torc.build();
      right.put(both, products(torc));
    }
    return right.get(both);
  }

  private static Map<String, String> products(Harness torc) {
    Map<String, String> products = new HashMap<>();
    PRODUCTS.forEach(path -> products.put(path, torc.read(path)));
    return products;
  }
}
