package dev.torc;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Odd but true states of the world: broken caches, closed streams, strange names, bare
 * environments, sizes. Nothing is lost, nothing is falsely up to date, nothing is a stack trace.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("OddStatesIT") // one of its tests at a time, beside other classes
class OddStatesIT {

  private static final String ONE = "jobs:\n  a: { command: 'echo 1 > x', produces: x }\n";
  private static final String ALL_RAN = "1 job: 1 ran, 0 up to date, 0 failed";
  private static final String NONE_RAN = "1 job: 0 ran, 1 up to date, 0 failed";

  @TempDir Path temp;
  private Sandbox project;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
  }

  @AfterEach
  void end() {
    project.close();
  }

  @Test
  void aBrokenCacheIsSetAsideWithOneLineAndTheBuildGoesOn() throws Exception {
    project.build(ONE);
    assertEquals(ALL_RAN, project.torc().counts());
    Path data = project.root.resolve(".torc/data.mdb");

    for (String breakage : List.of("garbage", "truncated", "empty", "garbled", "folder")) {
      long size = Files.size(data);
      switch (breakage) {
        case "garbage" -> Files.write(data, "this is no database\n".repeat(5000).getBytes());
        case "truncated" -> truncate(data, size / 2);
        case "empty" -> truncate(data, 0);
        case "garbled" -> {
          byte[] bytes = Files.readAllBytes(data);
          for (int i = 2 * 4096; i < bytes.length; i++) {
            bytes[i] ^= 0x55;
          }
          Files.write(data, bytes);
        }
        default -> {
          Files.delete(data);
          Files.createDirectory(data);
        }
      }
      Ran ran = project.torc();
      assertEquals(0, ran.exit(), breakage + ran.err());
      assertEquals(ALL_RAN, ran.counts(), breakage + ran.err());
      assertEquals("1\n", project.read("x"));
      // what stood where the product goes was not known any more: it is the user's
      assertTrue(ran.err().lines().filter(l -> l.contains("data.mdb")).count() == 1, ran.err());
      assertFalse(ran.err().contains("\tat "), ran.err());
      assertEquals(NONE_RAN, project.torc().counts(), breakage);
    }
  }

  @Test
  void aFileInThePlaceOfTheCacheFolder() throws Exception {
    project.build(ONE);
    project.write(".torc", "mine\n");
    Ran ran = project.torc();
    assertEquals(3, ran.exit(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().startsWith("torc: ") && ran.err().contains(".torc"), ran.err());
    assertEquals("mine\n", project.read(".torc"));
    assertFalse(project.exists("x"));
  }

  /** What runs a command as one who owns nothing but what he makes. */
  private List<String> nobody() throws Exception {
    assumeTrue(
        project.sh("[ $(id -u) = 0 ] && setpriv --version").exit() == 0,
        "to become another user one must be root and have setpriv");
    // the temp folders belong to root alone
    project.sh("p=$PWD; while [ $p != / ]; do chmod a+rx $p; p=${p%/*}; [ \"$p\" ] || p=/; done");
    project.sh("chmod a+rwx \"$HOME\" ..");
    List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    int exit = project.run(and(nobody, Sandbox.launcher(), "--version")).exit();
    assumeTrue(exit != 126 && exit != 127, "the launcher is not readable for others");
    return nobody;
  }

  @Test
  void aFolderThatIsReadOnly() throws Exception {
    project.build(ONE);
    List<String> nobody = nobody();
    Ran look = project.run(and(nobody, Sandbox.launcher(), "-n"));
    assertEquals(0, look.exit(), look.err());
    assertEquals("a will run: never ran\n", look.out());
    Ran ran = project.run(and(nobody, Sandbox.launcher()));
    assertEquals(3, ran.exit(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().contains("permission denied"), ran.err());
  }

  @Test
  void foldersWithoutPermissionsGoWhereTorcTakesAwayItsOwn() throws Exception {
    String closed = "mkdir -p %1$s/a/b && touch %1$s/a/b/c && chmod 0 %1$s/a/b && chmod 555 %1$s/a";
    project.build(
        "jobs:\n  a: { command: '%s && %s', needs: in, produces: out/ }\n"
            .formatted(closed.formatted("{tmp}"), closed.formatted("out").replace(" 0 ", " 555 ")));
    List<String> nobody = nobody();
    project.sh("chmod a+rwx .");
    for (String content : List.of("one", "two")) {
      project.write("in", content);
      Ran ran = project.run(and(nobody, Sandbox.launcher()));
      assertEquals(0, ran.exit(), ran.err());
      assertEquals(ALL_RAN, ran.counts());
      assertEquals("", project.sh("ls .torc/jobs | grep tmp").out());
    }
    assertEquals(0, project.run(and(nobody, Sandbox.launcher(), "clean")).exit());
    assertFalse(project.exists("out"));
  }

  @Test
  void withoutHomeTermOrAnythingElse() throws Exception {
    project.build(ONE);
    String java = project.env.get("TORC_JAVA_HOME");
    project.env.clear();
    project.env.put("TORC_JAVA_HOME", java);
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(ALL_RAN, ran.counts());
  }

  @Test
  void underAnAsciiLocaleWithNamesBeyondIt() throws Exception {
    for (String locale : List.of("C", "POSIX", "xx_YY.nonsense")) {
      project.env.put("LC_ALL", locale);
      project.write("é/née.txt", "Zoë\n");
      project.build(
          "jobs:\n  größe: { command: 'cat {needs} > {produces}', needs: é/née.txt,"
              + " produces: 'out/日本.txt', always: true }\n");
      Ran ran = project.torc();
      assertEquals(0, ran.exit(), ran.err());
      assertEquals("Zoë\n", project.read("out/日本.txt"));
      assertTrue(ran.err().contains("größe: "), ran.err());
      assertEquals("größe will run: always\n", project.torc("build", "-n", "größe").out());
    }
  }

  @Test
  void closedStreams() throws Exception {
    project.build(
        "jobs:\n  a: { command: 'ls -l /proc/self/fd > fds', produces: fds, always: true }\n");
    for (String closed : List.of(">&-", "2>&-", "<&-", "<&- >&- 2>&-")) {
      Ran ran = project.sh("torc build " + closed);
      assertEquals(0, ran.exit(), closed + ran.err());
      assertEquals(4, project.lines("fds").stream().filter(l -> l.contains("->")).count(), closed);
      assertFalse(ran.err().contains("\tat "), ran.err());
    }
    for (String data : List.of("build --json", "build -n")) {
      Ran ran = project.sh("torc " + data + " >&-");
      assertEquals(3, ran.exit(), data + ran.err());
      assertTrue(ran.err().contains("torc: standard output: bad file descriptor"), ran.err());
      assertFalse(ran.err().contains("\tat "), ran.err());
    }
    Ran reopened = project.sh("torc build --no-wait; torc build <&- >&- 2>&-; torc build");
    assertEquals(0, reopened.exit(), reopened.err());
    assertFalse(reopened.err().contains("data.mdb"), reopened.err());
    Ran full = project.sh("torc build -n > /dev/full");
    assertEquals(3, full.exit(), full.err());
    assertTrue(full.err().startsWith("torc: standard output: no space left"), full.err());
  }

  @Test
  void aReaderThatGoesAway() throws Exception {
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < 3000; i++) {
      jobs.append("  a%d: { command: 'true' }\n".formatted(i));
    }
    project.build(jobs.toString());
    Ran ran = project.sh("{ torc build -n; echo $? > status; } 2> err | head -1");
    assertEquals("a0 will run: never ran\n", ran.out());
    assertEquals("", project.read("err"));
    assertEquals("141\n", project.read("status"));
  }

  @Test
  void oddNamesOfFiles() throws Exception {
    List<String> names =
        List.of(
            "a b", "it's", "say \"x\"", "new\nline", "-rf", "$HOME `id`", "semi;colon", "#", "*?");
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      project.write("in/" + name, name);
      project.write(name, "at the top");
      String yaml =
          ("in/" + name).replace("*?", "[*][?]").replace("\"", "\\\"").replace("\n", "\\n");
      String top = name.replace("*?", "[*][?]").replace("\"", "\\\"").replace("\n", "\\n");
      if (name.equals("*?")) {
        continue; // in produces it would be a glob
      }
      jobs.append(
          """
            j%d:
              command: 'cat {needs[0]} > {produces}; cat < {needs[1]} > /dev/null'
              needs: ["%s", "%s"]
              produces: "out/%s"
          """
              .formatted(i, yaml, "./" + top, top));
    }
    project.build(jobs.toString());
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    for (String name : names) {
      if (!name.equals("*?")) {
        assertEquals(name, project.read("out/" + name));
      }
    }
    Ran again = project.torc();
    assertEquals("8 jobs: 0 ran, 8 up to date, 0 failed", again.counts(), again.err());
    Ran target = project.torc("build", "--force", "--", "out/-rf", "out/new\nline");
    assertEquals(List.of("j3", "j4"), target.ran(), target.err());
  }

  @Test
  void oddNamesOfJobs() throws Exception {
    List<String> names =
        List.of("a b", "it's", "say \"x\"", "$HOME", "a/b", "..", "-x", "new\nline", "é", "*");
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < names.size(); i++) {
      jobs.append(
          "  \"%s\": { command: 'echo \"$TORC_JOB\" > out%d; echo {job} >> out%d', produces: out%d }\n"
              .formatted(names.get(i).replace("\"", "\\\"").replace("\n", "\\n"), i, i, i));
    }
    project.build(jobs.toString());
    Ran ran = project.torc();
    assertEquals(0, ran.exit(), ran.err());
    for (int i = 0; i < names.size(); i++) {
      assertEquals(names.get(i) + "\n" + names.get(i) + "\n", project.read("out" + i));
      assertTrue(project.torc("build", "--", names.get(i)).err().contains("1 up to date"));
    }
    assertEquals("10 jobs: 0 ran, 10 up to date, 0 failed", project.torc().counts());
  }

  @Test
  void namesThatAreNoUtf8AreRefusedInOneLine() throws Exception {
    project.sh("mkdir data; touch data/good \"data/$(printf 'bad\\377')\"");
    for (String need : List.of("'data/*'", "data/")) {
      project.build("jobs:\n  a: { command: 'touch ran', needs: " + need + " }\n");
      Ran ran = project.torc();
      assertTrue(ran.exit() != 0 && !project.exists("ran"), ran.exit() + ran.err());
      assertEquals(
          1,
          ran.err().lines().filter(l -> l.matches("a failed: .*no valid UTF-8.*")).count(),
          ran.err());
      assertFalse(ran.err().contains("\tat "), ran.err());
    }
  }

  @Test
  void twentyThousandJobs() throws Exception {
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < 20_000; i++) {
      jobs.append(
          "  j%d: { command: 'true', needs: torc.yaml, produces: out/%d }\n".formatted(i, i));
    }
    project.build(jobs.toString());
    Ran ran = project.torc("-n");
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("20000 jobs: 20000 will run, 0 may run, 0 up to date\n", ran.err());
    assertEquals(20_000, ran.out().lines().count());
  }

  @Test
  void aChainOfAHundredThousand() throws Exception {
    StringBuilder jobs = new StringBuilder("{\"jobs\": {");
    for (int i = 0; i < 100_000; i++) {
      jobs.append(
          "%s\"j%d\": {\"command\": \"true\", \"needs\": \"%d\", \"produces\": \"%d\"}\n"
              .formatted(i == 0 ? "" : ",", i, i, i + 1));
    }
    project.write("torc.json", jobs + "}}");
    project.write("0", "");
    Ran ran = project.torc("-n");
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("100000 jobs: 100000 will run, 0 may run, 0 up to date\n", ran.err());
    project.write(
        "torc.json",
        jobs
            + ",\"last\": {\"command\": \"true\", \"needs\": \"100000\","
            + "\"produces\": \"0\"}}}");
    Files.delete(project.root.resolve("0"));
    Ran cycle = project.torc("-n");
    assertEquals(2, cycle.exit());
    assertEquals(1, cycle.err().lines().count());
    assertTrue(cycle.err().length() < 2000, "a cycle told in " + cycle.err().length());
  }

  @Test
  void theCurrentFolderIsGone() throws Exception {
    project.build(ONE);
    Ran ran = project.sh("top=$PWD; mkdir gone; cd gone; rmdir ../gone; torc build 2> $top/err");
    assertEquals(3, ran.exit(), ran.err());
    List<String> said = project.lines("err").stream().filter(l -> l.contains("torc: ")).toList();
    assertEquals(1, said.size(), project.read("err"));
    assertFalse(project.read("err").contains("\tat "), project.read("err"));
  }

  @Test
  void theCurrentFolderHasANameThatIsNoUtf8() throws Exception {
    Ran ran =
        project.sh("d=$(printf 'bad\\377'); mkdir $d; cd $d; echo '{}' > torc.yaml; torc build");
    assertEquals(2, ran.exit(), ran.err());
    assertEquals(
        "torc: the path of this folder is no valid UTF-8; rename it, or go to another\n",
        ran.err());
  }

  @Test
  void rootsWithOddNames() throws Exception {
    for (String name : List.of("new\nline", "a:b", "-x", "{x}[y]*", "ü$HOME`")) {
      project.write(name + "/in one", "1\n");
      project.write(
          name + "/torc.yaml",
          "jobs:\n  a: { command: 'cat {needs} > {produces}', needs: 'in*', produces: d/out }\n");
      Ran ran = project.torc("-C", name);
      assertEquals(ALL_RAN, ran.counts(), ran.err());
      assertEquals("1\n", project.read(name + "/d/out"));
      assertEquals(NONE_RAN, project.torc("-C", name + "/d", "build", "out").counts());
    }
  }

  @Test
  void aDiskThatIsFullLosesNothing() throws Exception {
    Path disk = Files.createDirectory(project.root.resolve("disk"));
    assumeTrue(
        project.sh("[ $(id -u) = 0 ] && unshare -m true").exit() == 0,
        "to fill a disk one must be allowed to mount one");
    project.write(
        "disk.sh",
        """
        mount -t tmpfs -o size=2m tmpfs %1$s || exit 77
        cd %1$s
        cat > torc.yaml <<'END'
        jobs:
          a: { command: "echo 1 > x; head -c 9000000 /dev/zero > fill || true", produces: x }
          b: { command: "cat x > y", needs: x, produces: y }
        END
        "$1" build 2> ../first; echo $? > ../first.exit
        rm fill
        sed -i 's/; head.*true"/"/' torc.yaml
        "$1" build 2> ../second; echo $? > ../second.exit
        cat x y > ../products
        """
            .formatted(disk));
    Ran ran = project.run(List.of("unshare", "-m", "sh", "disk.sh", Sandbox.launcher()));
    assumeTrue(ran.exit() != 77, "mounting is not allowed here");
    assertEquals("3\n", project.read("first.exit"), project.read("first"));
    assertTrue(project.lines("first").getLast().contains("no space left on device"));
    assertFalse(project.read("first").contains("\tat "), project.read("first"));
    assertEquals("0\n", project.read("second.exit"), project.read("second"));
    assertEquals("1\n1\n", project.read("products"));
  }

  @Test
  void theRootThroughALinkIsTheRoot() throws Exception {
    project.build(ONE);
    Path link = Files.createSymbolicLink(temp.resolve("by link"), project.root);
    assertEquals(ALL_RAN, project.torc("-C", link.toString()).counts());
    assertEquals(NONE_RAN, project.torc().counts());
    assertEquals(NONE_RAN, project.torc("-f", link + "/torc.yaml").counts());
    Ran inside = project.sh("cd '" + link + "'; torc build x");
    assertEquals(NONE_RAN, inside.counts(), inside.err());
  }

  @Test
  void theCacheIsRemovedDuringTheBuild() throws Exception {
    project.build(
        """
        jobs:
          a: { command: "echo > there; until [ -e go ]; do sleep 0.01; done; echo 1 > x", produces: x }
          b: { command: "cat x > y", needs: x, produces: y }
        """);
    Going torc = project.start("build");
    project.awaitLine("there");
    assertEquals(0, project.sh("rm -rf .torc").exit());
    project.write("go", "");
    Ran ran = torc.await();
    assertFalse(ran.err().contains("\tat "), ran.err());
    assertTrue(ran.exit() == 0 || ran.exit() == 1 || ran.exit() == 3, ran.err());
    Ran next = project.torc();
    assertEquals(0, next.exit(), next.err());
    assertEquals("1\n", project.read("y"));
    until("the build is up to date", () -> project.torc().ran().isEmpty());
  }

  private static List<String> and(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  private static void truncate(Path file, long size) throws Exception {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }
}
