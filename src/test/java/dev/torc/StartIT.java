package dev.torc;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The start of torc where nothing is to be done: the classes that the JVM loads and runs are
 * counted instead of timed, and an AOT cache that cannot be used is never mentioned.
 */
@Order(0) // it takes longest, one test at a time
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("StartIT") // one of its tests at a time, beside other classes
class StartIT {

  /** Libraries that a build in which nothing runs must not use. */
  private static final List<String> HEAVY =
      List.of("com/fasterxml", "org/jgrapht", "org/commonmark");

  /**
   * How many classes a call may link: torc's own, those of lambdas among them, and all. 47 of its
   * own came with warnings, conditions, forced jobs and instances named by columns; 22 with
   * conditions of jobs, keys of files, logs of failures and secrets; 11 with fetchers, folders of a
   * job's own, values of env that look like a shell's, and decisions that left larger classes; two
   * with decisions that left larger classes, and four that only some starts link; five came with
   * memos by default and lists with kinds; eleven with build files that jobs make, HTML in reports,
   * builds in phases and lists that are stored as differences; a step has some room.
   */
  private static final int OWN = 1200;

  private static final int LAMBDAS = 50;
  private static final int ALL = 3400;

  private static final Path HOME = Path.of(System.getProperty("torc.home")).toAbsolutePath();

  @TempDir Path temp;
  private Sandbox box;

  @BeforeEach
  void aBuiltProject() throws Exception {
    box = new Sandbox(temp);
    // The Java that made the cache is the one that the launcher finds by itself.
    box.env.remove("TORC_JAVA_HOME");
    for (String name : List.of("HOME", "JAVA_HOME", "TORC_JAVA_HOME")) {
      if (System.getenv(name) != null) {
        box.env.put(name, System.getenv(name));
      }
    }
    box.write("source.txt", "one");
    box.build(
        """
        jobs:
          a: { command: "cat {needs} > {produces}", needs: [source.txt], produces: [a.txt] }
          b: { command: "cat {needs} > {produces}; chmod u+x {produces}", needs: [a.txt], produces: [b.txt] }
        """);
    assertEquals(0, box.torc("-q").exit());
  }

  /** The lines of the JVM's log for an event of classes, in a call in which nothing runs. */
  private List<String> classes(String event) throws Exception {
    return classes(event, "2 jobs: 0 ran, 2 up to date, 0 failed");
  }

  private List<String> classes(String event, String counts) throws Exception {
    return classes(event, counts, List.of());
  }

  private List<String> classes(String event, String counts, List<String> options) throws Exception {
    Path log = temp.resolve(event + ".log");
    box.env.put("_JAVA_OPTIONS", "-Xlog:class+" + event + "=info:file=" + log);
    String[] call = Stream.concat(Stream.of("-q"), options.stream()).toArray(String[]::new);
    Sandbox.Ran ran = box.torc(call);
    assertEquals(counts, ran.counts());
    return Files.readAllLines(log);
  }

  @Test
  void allClassesComeFromTheAotCache() throws Exception {
    List<String> loaded = classes("load");
    assertTrue(loaded.size() > 1000, "only " + loaded.size() + " classes");
    assertEquals(List.of(), others(loaded));
  }

  @Test
  void soTheyDoInAFirstBuild() throws Exception {
    for (String made : List.of(".torc", "a.txt", "b.txt")) {
      FileTree.remove(box.root.resolve(made));
    }
    assertEquals(List.of(), others(classes("load", "2 jobs: 2 ran, 0 up to date, 0 failed")));
  }

  @Test
  void soTheyDoWhereAnEditIsBuilt() throws Exception {
    box.write("source.txt", "two");
    assertEquals(List.of(), others(classes("load", "2 jobs: 2 ran, 0 up to date, 0 failed")));
  }

  @Test
  void soTheyDoWhereABuildFileIsEdited() throws Exception {
    String jobs =
        "jobs:\n  a: {}\n  b: {}\n  c: {}\n  d: {}\n  e: {}\n".replace("{}", "{ command: 'true' }");
    box.build(jobs);
    assertEquals(0, box.torc("-q").exit());
    box.build("# edited\n" + jobs);
    assertEquals(List.of(), others(classes("load", "5 jobs: 0 ran, 5 up to date, 0 failed")));
  }

  @Test
  void soDoThoseOfTorcWhereSamplesOfAJobAreTaken() throws Exception {
    box.build("jobs: { long: { command: sleep 2 } }");
    List<String> other = others(classes("load", "1 job: 1 ran, 0 up to date, 0 failed"));
    assertEquals(List.of(), other.stream().filter(l -> l.contains("dev.torc")).toList());
  }

  /** From 2 000 files on, several threads share the looks. */
  @Test
  void soTheyDoInALargeProject() throws Exception {
    StringBuilder jobs = new StringBuilder("jobs:\n");
    for (int i = 0; i < 70; i++) {
      List<String> needs = new ArrayList<>();
      for (int file = i * 30; file < (i + 1) * 30; file++) {
        box.write("in/" + file, "one");
        needs.add("in/" + file);
      }
      jobs.append("  j%d: { command: \"true\", needs: %s }\n".formatted(i, needs));
    }
    box.build(jobs.toString());
    assertEquals(0, box.torc("-q", "-j", "2").exit());
    List<String> options = List.of("-j", "2");
    String counts = "70 jobs: 0 ran, 70 up to date, 0 failed";
    assertEquals(List.of(), others(classes("load", counts, options)));
    box.write("in/7", "two");
    counts = "70 jobs: 1 ran, 69 up to date, 0 failed";
    assertEquals(List.of(), others(classes("load", counts, options)));
  }

  /**
   * Each class takes some 9 µs of every start, whether it is used or not, and {@code Lambdas} keeps
   * them few. A commit that raises these numbers says why.
   */
  @Test
  void fewClassesAreLinked() throws Exception {
    List<String> still = classes("load");
    box.write("source.txt", "two");
    List<String> edit = classes("load", "2 jobs: 2 ran, 0 up to date, 0 failed");
    for (List<String> loaded : List.of(still, edit)) {
      long own = loaded.stream().filter(l -> l.contains(" dev.torc.")).count();
      assertTrue(own <= OWN, own + " classes of torc, " + OWN + " before");
      assertTrue(loaded.size() <= ALL, loaded.size() + " classes, " + ALL + " before");
      List<String> lambdas =
          loaded.stream().filter(l -> l.matches(".* dev[.]torc[.].*Lambda/.*")).toList();
      assertTrue(lambdas.size() <= LAMBDAS, lambdas.toString());
    }
  }

  /** No job fetches, and {@code needs} and conditions of other jobs ask nothing of a download. */
  @Test
  void noClassOfADownloadIsLinked() throws Exception {
    List<String> loaded = new ArrayList<>(classes("load"));
    assertTrue(loaded.stream().anyMatch(l -> l.contains(" dev.torc.front.session.Features ")));
    box.write("source.txt", "two");
    loaded.addAll(classes("load", "2 jobs: 2 ran, 0 up to date, 0 failed"));
    String own = ".* dev[.]torc[.](features[.]fetch[.]|front[.]buildfile[.]Fetch).*";
    assertEquals(List.of(), loaded.stream().filter(l -> l.matches(own)).toList());
  }

  /**
   * The loaded classes that are not in the AOT cache, without the JDK's events: those that no cache
   * of JDK 25 keeps. The class that links a switch over types is one of them: it is made anew at
   * every start, which takes half a millisecond, so no build has such a switch on its way. The same
   * holds for a record's own {@code equals} and {@code Comparator.comparing}.
   */
  private static List<String> others(List<String> loaded) {
    return loaded.stream()
        .filter(l -> !l.contains("shared objects file"))
        .filter(l -> !l.contains(" jdk.internal.event."))
        .toList();
  }

  @Test
  void noHeavyLibraryIsUsed() throws Exception {
    List<String> used = classes("init");
    assertTrue(
        used.stream().anyMatch(l -> l.contains("'dev/torc/front/cli/Main'")), "Main is not told");
    List<String> heavy =
        used.stream().filter(l -> HEAVY.stream().anyMatch(h -> l.contains("'" + h))).toList();
    assertEquals(List.of(), heavy);
  }

  /** The JVM would open all jars to look for a class that none of them has. */
  @Test
  void noJarIsOpened() throws Exception {
    assertEquals(List.of(), opened(classes("init")));
  }

  @Test
  void norIsOneWhereAnEditIsBuilt() throws Exception {
    box.write("source.txt", "two");
    List<String> used = classes("init", "2 jobs: 2 ran, 0 up to date, 0 failed");
    assertTrue(used.stream().anyMatch(l -> l.contains("'org/lmdbjava/Txn'")), "no database");
    assertEquals(List.of(), opened(used));
  }

  @Test
  void aBuildLoadsNoClassOfAnUnusedSandbox() throws Exception {
    box.write("source.txt", "three");
    List<String> loaded = classes("load", "2 jobs: 2 ran, 0 up to date, 0 failed");
    assertEquals(
        List.of(), loaded.stream().filter(l -> l.contains(" dev.torc.features.sandbox.")).toList());
  }

  private static List<String> opened(List<String> used) {
    return used.stream().filter(l -> l.contains("'java/util/zip/ZipFile$Source'")).toList();
  }

  @Test
  void theLinkerOfTheJvmIsNotUsed() throws Exception {
    List<String> linked =
        classes("load").stream()
            .filter(l -> l.contains("DowncallStub") || l.contains("ObjectMethods$"))
            .filter(l -> !l.contains("shared objects file"))
            .toList();
    assertEquals(List.of(), linked);
  }

  /** A start reads the manifest of each jar that has a class in the cache. */
  @Test
  void theManifestsOfTheLibrariesAreShort() throws Exception {
    List<Path> jars;
    try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
      jars = files.filter(f -> f.toString().matches(".*/(?!torc)[^/]+[.]jar")).toList();
    }
    assertTrue(jars.size() > 10, jars.toString());
    for (Path jar : jars) {
      try (JarFile opened = new JarFile(jar.toFile())) {
        assertTrue(opened.getEntry(JarFile.MANIFEST_NAME).getSize() < 100, jar.toString());
      }
    }
  }

  @Test
  void aCacheThatCannotBeUsedIsLeftInSilence() throws Exception {
    Path home = temp.resolve("copy");
    copy(HOME, home);
    Path cache = home.resolve("lib/build.aot");
    byte[] whole = Files.readAllBytes(cache);
    silent(home); // in another folder, with other times of all jars
    Files.write(cache, Arrays.copyOf(whole, whole.length / 2));
    silent(home);
    Files.write(cache, new byte[5000]);
    silent(home);
    Files.write(cache, new byte[0]);
    silent(home);
    Files.delete(cache);
    silent(home);
    Files.createDirectory(cache);
    silent(home);
  }

  @Shipping // training takes 20 s of CPU
  @Test
  void torcMayBeMovedAwayFromWhereItsCacheWasMade() throws Exception {
    Path made = temp.resolve("made");
    copy(HOME, made);
    box.env.put("TORC_TRAINING", "1");
    Sandbox.Ran trained = box.run(List.of(made + "/bin/torc"));
    assertEquals(0, trained.exit(), trained.err());
    box.env.remove("TORC_TRAINING");
    Path moved = Files.move(made, temp.resolve("moved"));
    silent(moved);
    Path fresh = Files.createDirectory(temp.resolve("fresh"));
    Sandbox.Ran init = box.run(List.of(moved + "/bin/torc", "-C", fresh.toString(), "init"));
    assertEquals(0, init.exit(), init.err());
    assertEquals(
        Files.readString(moved.resolve("share/torc.schema.json")),
        Files.readString(fresh.resolve(".torc/schema.json")));
  }

  @Test
  void otherWaysToShareClassesTakeItsPlace() throws Exception {
    box.env.put("JAVA_TOOL_OPTIONS", "-Xshare:off");
    Sandbox.Ran ran = box.torc("-q");
    assertEquals(0, ran.exit());
    assertEquals(
        List.of("Picked up JAVA_TOOL_OPTIONS: -Xshare:off"),
        ran.err().lines().limit(ran.err().lines().count() - 1).toList());
  }

  @Test
  void buildsHaveACacheOfTheirOwn() throws Exception {
    Path home = temp.resolve("copy");
    copy(HOME, home);
    String slower = "starts without the AOT cache";
    Files.write(home.resolve("lib/build.aot"), new byte[0]);
    assertFalse(box.run(List.of(home + "/bin/torc", "doctor")).out().contains(slower));
    Files.write(home.resolve("lib/all.aot"), new byte[0]);
    Files.copy(HOME.resolve("lib/build.aot"), home.resolve("lib/build.aot"), REPLACE_EXISTING);
    assertTrue(box.run(List.of(home + "/bin/torc", "doctor")).out().contains(slower));
  }

  private void silent(Path home) throws Exception {
    Sandbox.Ran ran = box.run(List.of(home + "/bin/torc", "-q"));
    assertEquals(0, ran.exit(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertEquals("", ran.out());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
