package dev.torc.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.features.stores.RealServer;
import dev.torc.kills.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The three ways of the page on CI, with the files of the example: two clones in different folders,
 * of different users. The second does not run what the first has built.
 */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("CiIT")
class CiIT {

  private static final int ANNA = 61021;
  private static final int BEN = 61022;

  @TempDir Path temp;
  private Sandbox first;
  private Sandbox second;
  private Member anna;
  private Member ben;

  @BeforeEach
  void twoClones() throws Exception {
    Member.letIn(temp);
    first = clone("one");
    second = clone("two");
    anna = Member.of(first, ANNA);
    ben = Member.of(second, BEN);
    owns(first.root, ANNA);
    owns(second.root, BEN);
  }

  private Sandbox clone(String name) throws Exception {
    Path folder = Files.createDirectory(temp.resolve(name));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Sandbox clone = Sandbox.example(folder, "from-make");
    // A store may take as long as the job took, else 2 s: a JVM that just started may take longer.
    clone.edit("torc.yaml", "command: ", "command: sleep 4; ");
    return clone;
  }

  private static void owns(Path tree, int user) throws Exception {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", user);
        Files.setAttribute(file, "unix:gid", user);
      }
    }
  }

  /** Builds as the workflow does; returns the counts of jobs, and the lines about stores. */
  private static String make(Member who, String settings) throws Exception {
    String line = "make -j2 TORC='" + Sandbox.launcher() + "'";
    Ran ran =
        who.sh("0022", settings.isEmpty() ? line : "TORC_CONFIG=" + settings + " exec " + line);
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(3, who.box().lines("out/top.txt").size());
    String told =
        ran.err().lines().filter(l -> l.contains("store http")).collect(Collectors.joining("; "));
    return ran.counts() + (told.isEmpty() ? "" : "; " + told);
  }

  @Test
  void theCacheOfTheCiCarriesRecordsAndProducts() throws Exception {
    assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", make(anna, ""));
    String archive = temp.resolve("one/cache.tar").toString();
    assertEquals(0, first.run(List.of("tar", "-cf", archive, ".torc", "out")).exit());
    assertEquals(0, ben.sh("0022", "touch texts/*; tar -xf " + archive).exit());
    assertEquals("3 jobs: 0 ran, 3 up to date, 0 failed", make(ben, ""));
    assertEquals(0, ben.torc("0022", "status", "--exit-code").exit());
  }

  @Test
  void runnersShareAFolder() throws Exception {
    Path store = Files.createDirectory(temp.resolve("store"));
    Files.setAttribute(store, "unix:gid", Member.LAB);
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxrwxr-x"));
    for (Sandbox each : List.of(first, second)) {
      each.edit("ci/folder.yaml", "/srv/torc", store + ", group: '" + Member.LAB + "'");
    }
    assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", make(anna, "ci/folder.yaml"));
    assertEquals("3 jobs: 0 ran, 3 restored, 0 up to date, 0 failed", make(ben, "ci/folder.yaml"));
    assertEquals(first.read("out/words.txt"), second.read("out/words.txt"));
    ben.sh("0022", "echo rain >> texts/hill.txt");
    assertEquals("3 jobs: 2 ran, 1 up to date, 0 failed", make(ben, "ci/folder.yaml"));
    anna.sh("0022", "echo rain >> texts/hill.txt");
    assertEquals("3 jobs: 0 ran, 2 restored, 1 up to date, 0 failed", make(anna, "ci/folder.yaml"));
  }

  @Test
  void onlyMainSendsToTheServer() throws Exception {
    Path data = Files.createDirectory(temp.resolve("nginx"));
    try (RealServer server = RealServer.nginx(data, true)) {
      Ran made = anna.torc("0077", "store", "--make-key", "ci/torc.key");
      assertEquals(0, made.exit(), made.err());
      String word = made.out().strip();
      Ran other = ben.torc("0077", "store", "--make-key", "ci/torc.key");
      for (Sandbox each : List.of(first, second)) {
        each.edit("ci/server.yaml", "https://cache.example.org/torc", server.url());
        each.edit("ci/server.yaml", "ed25519:pcN7N6DDPDg9Nf7N9s1kGW1CBLY7pGFX1cJhRk9OQ7I=", word);
        each.edit("ci/server-main.yaml", "https://cache.example.org/torc", server.url());
        each.env.put("CACHE_TOKEN", "secret");
      }
      assertEquals("3 jobs: 3 ran, 0 up to date, 0 failed", make(anna, "ci/server-main.yaml"));
      int sent = files(data);
      assertEquals(
          "3 jobs: 0 ran, 3 restored, 0 up to date, 0 failed", make(ben, "ci/server.yaml"));
      assertEquals(first.read("out/words.txt"), second.read("out/words.txt"));

      ben.sh("0022", "echo rain >> texts/hill.txt");
      assertEquals("3 jobs: 2 ran, 1 up to date, 0 failed", make(ben, "ci/server.yaml"));
      assertEquals(sent, files(data), "without a key nothing is sent");

      // With a key of his own Ben may send, but his results are trusted nowhere.
      assertTrue(!other.out().strip().equals(word));
      ben.sh("0022", "echo snow >> texts/hill.txt");
      make(ben, "ci/server-main.yaml");
      assertTrue(files(data) > sent);
      anna.sh("0022", "echo rain >> texts/hill.txt; echo snow >> texts/hill.txt");
      String ran = make(anna, "ci/server.yaml");
      assertTrue(ran.startsWith("3 jobs: 2 ran, 1 up to date, 0 failed"), ran);
      assertTrue(ran.contains("which is not in trust"), ran);
    }
  }

  private static int files(Path folder) throws Exception {
    try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
      return (int) all.filter(Files::isRegularFile).count();
    }
  }
}
