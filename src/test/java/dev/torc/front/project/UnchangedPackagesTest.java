package dev.torc.front.project;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.session.WatchStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A project in which only some build files of packages are read again is as if all had been: the
 * same jobs, settings, warnings and errors as without the last graph. {@code -Dtorc.seed=N} repeats
 * a random run, {@code -Dtorc.rounds=N} says how many rounds.
 */
class UnchangedPackagesTest {

  /** What a random package may have at its top. */
  private static final List<String> TOP =
      List.of(
          "vars: { v: %d }",
          "vars: { args: %d }",
          "vars: [v.yaml]",
          "vars: { v: '{env.HOME:-%d}' }",
          "limits: { lic: %d }",
          "data: { x: %d }",
          "env: { A: '%d' }",
          "env: [e.env]",
          "resources: { big: { cpus: %d } }",
          "defaults: { tags: [t%d] }",
          "defaults: { after: a }",
          "defaults: { needs: ../p1/a.txt }",
          "default: a",
          "description: number %d",
          "include: [more.yaml]",
          "include: [{ file: more.yaml, as: in }]",
          "stamps: { trust: [x%d] }",
          "environments: { py: { create: 'echo %d', } }",
          "hooks: [{ on: done, command: 'echo %d' }]",
          "wrong: %d");

  /** Jobs that a random package may have, besides {@code a}. */
  private static final List<String> JOBS =
      List.of(
          "b: { command: 'cp a.txt b%d', needs: a.txt, produces: b%1$d }",
          "c: { command: 'echo %d', needs: [../p2/a.txt, { job: a }], produces: c%1$d.txt }",
          "d: { command: 'echo %d', manual: true, tags: [x], after: a }",
          "g: { command: 'echo {n}', parameters: { n: [1, %d] }, produces: 'g{n}.txt' }",
          "l: { command: 'echo %d', resources: { lic: 1 } }",
          "k: { command: 'echo %d', resources: big }",
          "s: { command: 'echo %d', resources: { disk: 1GB } }",
          "v: { command: 'echo {v} %d' }",
          "w: { command: 'echo %d', when: { exists: flag } }",
          "x: { command: 'echo %d', needs: { job: nope } }",
          "t: { command: 'echo %d', needs: { job: top } }",
          "f: { fetch: 'https://example.org/%d', produces: f.txt, sha256: "
              + "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\" }",
          "e: { command: 'echo %d', environment: py }",
          "i: { command: 'echo {data.in:a.x} %d' }",
          "z: { command: 'echo %d', needs: '../p0/*.txt', env: [e.env], produces: a.txt/z }");

  /** The build file of a random project. */
  private static final List<String> PROJECTS =
      List.of(
          "jobs: { top: { command: 'echo %d' } }",
          "vars: { r: %d }\nenv: { R: '{r}' }\njobs: { top: { command: 'true', after: 'p0:' } }",
          "jobs: { 'p1:y': { command: 'echo %d' }, top: { command: 'true', needs: packages/p0/a.txt"
              + " } }",
          "jobs: { 'p1:g': { command: 'echo {n}', parameters: { n: [1, %d] } } }",
          "data: { x: %d }\n"
              + "defaults: { priority: 2, tags: [all] }\n"
              + "jobs: { top: { command: 'true' } }",
          "defaults: { needs: seed.txt }\njobs: { top: { command: 'echo %d' } }",
          "hooks: [{ on: done, job: 'p0:a', command: x%d }]\n"
              + "jobs: { top: { command: '{data.p0:x}' } }");

  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void path() throws IOException {
    root = temp.toRealPath();
  }

  private void put(String name, String text) throws IOException {
    Path path = root.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Project load() throws IOException {
    Caller caller = new Caller(WatchStage.ENV, root, Caller.Host.of(WatchStage.ENV));
    return Project.load(caller, WatchStage.options(true));
  }

  /** Stores the graph, as a build does. */
  private static void keep(Project project) throws IOException {
    Files.createDirectories(project.place().graph().getParent());
    project.buildFiles().store(project.place(), project.graph(), project.looking(_ -> null));
  }

  private static boolean isKept(Project project) {
    UnchangedPackages unchanged = project.buildFiles().unchanged;
    return unchanged != null && unchanged != UnchangedPackages.NONE;
  }

  /**
   * Loads the project, and again in a way that all of it is read; returns null if it has errors.
   */
  private Project loadedAlike(String about) throws IOException {
    Project project = null;
    List<BadInput.Diagnostic> errors = List.of();
    try {
      project = load();
    } catch (BadInput refused) {
      errors = refused.diagnostics();
    }
    Path file = root.resolve("torc.yaml");
    String text = Files.readString(file);
    Files.writeString(file, text + "# is read, and so is all that follows from it");
    try {
      Project all = load();
      assertFalse(isKept(all), about);
      assertNotNull(project, about + ": " + errors);
      assertEquals(all.workflow(), project.workflow(), about);
      assertEquals(files(all), files(project), about);
      assertTrue(
          project
              .buildFiles()
              .read()
              .patterns()
              .entrySet()
              .containsAll(all.buildFiles().read().patterns().entrySet()),
          about);
    } catch (BadInput refused) {
      assertEquals(refused.diagnostics(), errors, about);
    } finally {
      Files.writeString(file, text);
    }
    return project;
  }

  private static List<Path> files(Project of) {
    return of.buildFiles().read().sources().stream().map(BuildFile.Read::asked).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "jobs: { a: { command: other, produces: a } } | true",
        "jobs: { a: { command: y, needs: ../q/b, produces: a }, c: { command: z } } | true",
        "jobs: { a: { command: x, produces: [a, ../q/b] } } | false",
        "jobs: {} | true",
        "limits: { l: 1 } | false",
        "data: { l: 1 } | false",
        "defaults: { after: b } | false",
        "jobs: { a: { command: x, parameters: { n: [1] } } } | false",
        "jobs: { a: { command: x, when: { exists: y } } } | false",
        "jobs: { a: { command: x, resources: { disk: 1GB } } } | false",
        "vars: [x.yaml] | false",
        "include: [x.yaml] | false",
        "wrong: 1 | false"
      })
  void theOthersAreNotReadIfAnEditedFileDecidesItsOwnJobsAlone(String edited, boolean kept)
      throws IOException {
    String plain =
        "jobs: { a: { command: a, needs: in, produces: a }, b: { command: b, produces: b, manual:"
            + " true } }";
    put("torc.yaml", "include: ['packages/*/torc.yaml']\njobs: { top: { command: 'true' } }\n");
    put("packages/p/torc.yaml", plain);
    put("packages/q/torc.yaml", plain);
    put("packages/p/x.yaml", "jobs: {}");
    keep(load());
    put("packages/p/torc.yaml", edited);
    Project project = loadedAlike(edited);
    assertEquals(kept, project != null && isKept(project));
  }

  @Test
  void aRandomProjectIsReadLikeOneWithoutALastGraph() throws IOException {
    long seed = Long.getLong("torc.seed", new Random().nextInt(1_000_000));
    Random random = new Random(seed);
    int rounds = Integer.getInteger("torc.rounds", Sample.part(4, 1000));
    int kept = 0;
    for (int p = 0; p < 5; p++) {
      put("packages/p" + p + "/v.yaml", "v: 1\n");
      put("packages/p" + p + "/e.env", "E=1\n");
      put("packages/p" + p + "/more.yaml", "jobs: { m: { command: 'true' } }\n");
      write(p, random);
    }
    project(random);
    for (int round = 0; round < rounds; round++) {
      for (int edits = random.nextInt(3); edits > 0; edits--) {
        edit(random);
      }
      Project project = loadedAlike("-Dtorc.seed=" + seed + " round " + round);
      if (project == null && random.nextBoolean()) {
        for (int p = 0; p < 5; p++) {
          write(p, random, 0);
        }
      } else if (project != null) {
        kept += isKept(project) ? 1 : 0;
        keep(project);
      }
    }
    assertTrue(kept > rounds / 20, kept + " of " + rounds + " rounds; -Dtorc.seed=" + seed);
  }

  private void edit(Random random) throws IOException {
    int p = random.nextInt(5);
    String folder = "packages/p" + p + "/";
    switch (random.nextInt(30)) {
      case 0 -> project(random);
      case 1 -> put(folder + "v.yaml", "v: " + random.nextInt(9) + "\n");
      case 2 -> put(folder + "e.env", "E=" + random.nextInt(9) + "\n");
      case 3 -> put(folder + "more.yaml", "jobs: { n: { command: 'true' } }\n");
      case 4 -> Files.deleteIfExists(root.resolve(folder + "torc.yaml"));
      case 5 -> put(folder + "flag", "");
      default -> write(p, random);
    }
  }

  private void write(int p, Random random) throws IOException {
    write(p, random, random.nextInt(8) == 0 ? JOBS.size() : random.nextInt(4));
  }

  /** Writes a package with some of so many kinds of jobs. */
  private void write(int p, Random random, int kinds) throws IOException {
    StringBuilder text = new StringBuilder();
    int n = random.nextInt(9);
    if (random.nextInt(6) == 0) {
      text.append(TOP.get(random.nextInt(TOP.size())).formatted(n)).append('\n');
    }
    text.append("jobs:\n  a: { command: 'echo %d', produces: a.txt }\n".formatted(n));
    for (int j = 0; j < kinds; j++) {
      if (kinds < 4 || random.nextInt(5) == 0) {
        text.append("  ").append(JOBS.get(j).formatted(n)).append('\n');
      }
    }
    put("packages/p" + p + "/torc.yaml", text.toString());
  }

  private void project(Random random) throws IOException {
    String more =
        random.nextInt(3) == 0 ? ", { file: packages/p0/torc.yaml, as: again, dir: r }" : "";
    put(
        "torc.yaml",
        "include: ['packages/*/torc.yaml'%s]\n%s\n"
            .formatted(
                more,
                PROJECTS
                    .get(random.nextInt(1 + random.nextInt(PROJECTS.size())))
                    .formatted(random.nextInt(9))));
  }
}
