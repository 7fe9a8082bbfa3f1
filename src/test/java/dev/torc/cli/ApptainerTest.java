package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** apptainer's images: files that are needs, and files that torc makes of a registry's images. */
class ApptainerTest {

  private static final String FILE =
      """
      jobs:
        a: { image: tools/t.sif, command: "cat x > {produces}", needs: x, produces: a.txt }
        b: { command: "cat a.txt > {produces}", needs: a.txt, produces: b.txt }
      """;

  private static final String NAMED =
      """
      jobs:
        a: { image: lab/tools:1, command: "cat x > {produces}", needs: x, produces: a.txt }
        b: { image: lab/tools:1, command: "cat a.txt > {produces}", needs: a.txt, produces: b.txt }
      """;

  @TempDir Path temp;
  private Folder folder;
  private StandInRuntime apptainer;

  @BeforeEach
  void project() throws IOException {
    Path at = temp.toRealPath();
    apptainer = StandInRuntime.in(at.resolve("bin"), "apptainer");
    folder = new Folder(Files.createDirectory(at.resolve("project")));
    folder.put("x", "1").put("tools/t.sif", "image 1").put("torc.yaml", FILE);
  }

  private Run torc(String... args) {
    return Run.in(only(), folder.at(), args);
  }

  /** No other runtime is found. */
  private Map<String, String> only() {
    Map<String, String> env = new HashMap<>(apptainer.env());
    env.put("PATH", apptainer.folder() + ":" + temp.resolve("system"));
    return env;
  }

  @BeforeEach
  void system() throws IOException {
    Path system = Files.createDirectory(temp.resolve("system"));
    for (String program : List.of("sh", "cat", "cp", "env", "sed", "dirname", "rm", "mkdir")) {
      Path real =
          Stream.of("/bin", "/usr/bin")
              .map(dir -> Path.of(dir, program))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Path stub =
          Files.writeString(system.resolve(program), "#!/bin/sh\nexec " + real + " \"$@\"\n");
      Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private void counts(String expected, String... args) {
    Run run = torc(args);
    assertEquals(expected, run.err().lines().toList().getLast().split(" in ")[0], run.err());
  }

  @Test
  void anImageThatIsAFileIsANeedByItself() throws IOException {
    counts("2 jobs: 2 ran, 0 up to date, 0 failed");
    assertTrue(apptainer.words().contains(folder.at().resolve("tools/t.sif").toString()));
    counts("2 jobs: 0 ran, 2 up to date, 0 failed");
    folder.put("tools/t.sif", "image 2");
    String why = torc("-n", "a").out();
    assertTrue(why.startsWith("a will run: need tools/t.sif changed "), why);
    counts("2 jobs: 1 ran, 1 up to date, 0 failed");
    Files.delete(folder.at().resolve("tools/t.sif"));
    Run run = torc();
    assertEquals(2, run.exit());
    assertTrue(run.err().startsWith("torc.yaml:2:15: job a needs tools/t.sif, which"), run.err());
  }

  @Test
  void itIsNoPlaceholdersNeed() throws IOException {
    folder.put("torc.yaml", FILE.replace("cat x >", "echo {needs} >"));
    counts("2 jobs: 2 ran, 0 up to date, 0 failed");
    assertEquals("x\n", folder.get("a.txt"));
  }

  @Test
  void aJobMayMakeTheImageOfAnother() throws IOException {
    Files.delete(folder.at().resolve("tools/t.sif"));
    folder.put("recipe", "image 3");
    folder.put(
        "torc.yaml",
        FILE
            + "  image: { command: cp recipe tools/t.sif, needs: recipe, produces: tools/t.sif"
            + " }\n");
    Run run = torc();
    assertTrue(run.err().contains("3 jobs: 3 ran"), run.err());
    folder.put("recipe", "image 4");
    counts("3 jobs: 2 ran, 1 up to date, 0 failed");
  }

  @Test
  void onTheHostItIsNoNeed() throws IOException {
    Files.delete(folder.at().resolve("tools/t.sif"));
    counts("2 jobs: 2 ran, 0 up to date, 0 failed", "--no-containers");
    counts("2 jobs: 0 ran, 2 up to date, 0 failed", "--no-containers");
    folder.put("tools/t.sif", "image 1");
    assertTrue(
        torc("why", "a").out().startsWith("a will run: image changed: host → tools/t.sif"),
        torc("why", "a").out());
  }

  @Test
  void twoFilesThatChangePlacesAreAChange() throws IOException {
    String yaml =
        """
        jobs:
          a: { tasks: [ { image: 1.sif, command: cat x }, { image: 2.sif, command: cat x } ], needs: x }
        """;
    folder.put("1.sif", "one").put("2.sif", "two").put("torc.yaml", yaml);
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    folder.put(
        "torc.yaml", yaml.replace("1.sif", "0").replace("2.sif", "1.sif").replace("0,", "2.sif,"));
    assertEquals(
        "a will run: image 1 changed: 1.sif → 2.sif; image 2 changed: 2.sif → 1.sif\n",
        torc("-n").out());
  }

  @Test
  void aFileIsMadeOfARegistrysImageOnceAndCountsByItsBytes() throws IOException {
    folder.put("torc.yaml", NAMED);
    apptainer.offers(7);
    Run first = torc();
    assertTrue(first.err().contains("fetching image lab/tools:1 with apptainer\n"), first.err());
    assertTrue(first.err().contains("2 jobs: 2 ran"), first.err());
    assertEquals(1, apptainer.calls("pull"));
    assertTrue(apptainer.words().contains("docker://docker.io/lab/tools:1"));
    counts("2 jobs: 0 ran, 2 up to date, 0 failed");
    Path file = images(".torc/images").getFirst();
    Files.writeString(file, "another");
    Run run = torc("-n", "a");
    assertTrue(run.out().startsWith("a will run: image changed: lab/tools:1 "), run.out());
    Files.delete(file);
    counts("2 jobs: 0 ran, 2 up to date, 0 failed");
    assertEquals(1, apptainer.calls("pull"), "nothing ran, so nothing was fetched");
    folder.put("x", "2");
    counts("2 jobs: 2 ran, 0 up to date, 0 failed");
    assertEquals(2, apptainer.calls("pull"));
  }

  @Test
  void whatCouldNotBeFetchedLeavesNoFile() throws IOException {
    folder.put("torc.yaml", NAMED + "container: { images: img }\n");
    Run run = torc();
    assertEquals(1, run.exit());
    assertTrue(
        run.err()
            .contains(
                "warning: image lab/tools:1 cannot be had: FATAL:   no network\n"
                    + "a failed: image lab/tools:1 cannot be had\n"),
        run.err());
    assertEquals(List.of(), images("img"));
    apptainer.offers(1);
    counts("2 jobs: 2 ran, 0 up to date, 0 failed");
    assertEquals(1, images("img").size());
  }

  private List<Path> images(String dir) throws IOException {
    try (Stream<Path> files = Files.list(folder.at().resolve(dir))) {
      return files.toList();
    }
  }

  @Test
  void anImagePinnedByItsDigestCountsByItWithoutALook() throws IOException {
    String pin = "lab/tools@sha256:" + "ab".repeat(32);
    folder.put("torc.yaml", NAMED.replace("lab/tools:1", pin));
    apptainer.offers(7);
    counts("2 jobs: 2 ran, 0 up to date, 0 failed");
    Files.writeString(images(".torc/images").getFirst(), "another");
    counts("2 jobs: 0 ran, 2 up to date, 0 failed");
    folder.put("torc.yaml", NAMED.replace("lab/tools:1", pin.replace("abab", "abcd")));
    assertTrue(torc("-n").out().startsWith("a will run: image changed: "), torc("-n").out());
  }

  @Test
  void theEnvironmentGoesByItsOwnVariablesAndHomeByTheScript() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          a:
            image: tools/t.sif
            command: 'echo "$A|$HOME|$TORC_JOB" > {produces}'
            produces: a.txt
            env: { A: "one\\ntwo, 'three'", HOME: "/it's" }
        """);
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    assertEquals("one\ntwo, 'three'|/it's|a\n", folder.get("a.txt"));
    assertFalse(apptainer.words().stream().anyMatch(word -> word.startsWith("A=")));
  }

  @Test
  void namesThatItDoesNotHandOnGoByTheWordsOfTheJob() throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { a: { image: tools/t.sif, command: [env], env: { UID: '7', odd.name: a b } } }\n");
    counts("1 job: 1 ran, 0 up to date, 0 failed");
    String text = "\n" + torc("log", "a").out();
    assertTrue(text.contains("\nUID=7\n") && text.contains("\nodd.name=a b\n"), text);
  }

  @Test
  void singularityIsTheSameProgramWithOlderNames() throws IOException {
    Files.move(apptainer.folder().resolve("apptainer"), apptainer.folder().resolve("singularity"));
    folder.put("torc.yaml", FILE.replace("cat x >", "echo $TORC_JOB >"));
    counts("2 jobs: 2 ran, 0 up to date, 0 failed", "--container", "singularity");
    assertEquals("a\n", folder.get("a.txt"));
  }

  @Test
  void anImageWithoutTheShellFailsTheJobAndSaysWhatToSet() throws IOException {
    apptainer.lacks("sh");
    Run run = torc("a");
    assertEquals(1, run.exit());
    assertTrue(
        run.err()
            .contains(
                "a failed: image tools/t.sif has no sh: take another image, or set shell or"
                    + " command to what it has"),
        run.err());
    folder.put("tools/t.sif", "");
    run = torc("a");
    assertTrue(
        run.err().contains("a failed: apptainer cannot start image tools/t.sif: FATAL:   could"),
        run.err());
  }

  @Test
  void aJobsOwnStatusOf255IsItsOwn() throws IOException {
    folder.put("torc.yaml", "jobs: { a: { image: tools/t.sif, command: exit 255 } }\n");
    Run run = torc();
    assertTrue(run.err().contains("a failed: exit 255"), run.err());
    assertEquals(1, apptainer.calls("--silent exec"));
  }
}
