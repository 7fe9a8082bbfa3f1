package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.Damaging;
import dev.torc.session.Forgetting;
import dev.torc.session.Project;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups that files or results decide come to rest with their instances, as long as these files and
 * results are the same; else they are expanded anew, as if nothing had been kept.
 */
class GroupsAtRestTest {

  private static final String LISTED =
      """
      jobs:
        pick: { command: cat names.txt > list.txt, needs: names.txt, produces: list.txt }
        each:
          parameters: { n: { lines: list.txt } }
          command: echo {n} > {produces}
          produces: "{n}.out"
        other: { command: cat o.txt > o.out, needs: o.txt, produces: o.out }
      """;

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void folder() throws IOException {
    folder = new Folder(temp.toRealPath());
    folder.put("names.txt", "a\nb\n").put("o.txt", "1").put("in/x.txt", "x").put("in/y.txt", "y");
  }

  private String summary(String... args) {
    String[] lines = folder.run(args).err().split("\n");
    return lines[lines.length - 1].replaceFirst(" in [^ ]+ .*", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parameters: { n: { lines: list.txt } }, needs: { t: in/x.txt }",
        "match: 'in/{n}.txt'",
        "parameters: { n: { glob: 'in/*.txt' } }",
        "parameters: { n: { products: split } }",
        "parameters: { n: { values: first.m } }"
      })
  void groupsOfEveryKindComeToRest(String values) throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          pick: { command: cat names.txt > list.txt, needs: names.txt, produces: list.txt }
          split: { command: touch part.1 part.2, produces: "part.*" }
          first: { match: "in/{m}.txt", command: 'echo {m}' }
          each: { %s, command: 'echo {n}' }
        """
            .formatted(values));
    folder.settle();
    assertTrue(folder.opensNothing());
    assertEquals("6 jobs: 0 ran, 6 up to date, 0 failed", summary());
  }

  @Test
  void aFileThatComesOrGoesIsSeen() throws IOException {
    folder.put(
        "torc.yaml", "jobs: { each: { match: 'in/{n}.txt', command: 'cat {needs} > {n}.out' } }");
    folder.settle();
    folder.put("in/z.txt", "z");
    assertEquals("3 jobs: 1 ran, 2 up to date, 0 failed", summary());
    Files.delete(folder.at().resolve("in/x.txt"));
    assertEquals("2 jobs: 0 ran, 2 up to date, 0 failed", summary());
    folder.window().build();
    assertTrue(folder.opensNothing());
  }

  @Test
  void aResultThatDecidesIsLookedAtWhenItsJobRuns() throws IOException {
    folder.put("torc.yaml", LISTED).settle();
    folder.put("names.txt", "b\nc\n");
    String dry = folder.run("build", "--dry-run").out();
    assertTrue(dry.contains("each") && !dry.contains("each/n=a"), dry);
    assertEquals("4 jobs: 2 ran, 2 up to date, 0 failed", summary());
    folder.put("list.txt", "mine\n");
    assertEquals("4 jobs: 1 ran, 3 up to date, 0 failed", summary(), "the list is made again");
  }

  @Test
  void anEditBesideTheGroupsLeavesThemAtRest() throws IOException {
    folder.put("torc.yaml", LISTED).settle();
    folder.put("o.txt", "2");
    assertEquals("4 jobs: 1 ran, 3 up to date, 0 failed", summary());
    folder.window().build();
    assertTrue(folder.opensNothing());
  }

  @Test
  void aForcedJobThatDecidesLeavesTheGroupUnknown() throws IOException {
    folder.put("torc.yaml", LISTED.replace("cat names.txt", "cat names.txt more.txt"));
    folder.put("more.txt", "c\n").settle();
    folder.put("more.txt", ""); // which no job names
    assertEquals(
        "3 jobs: 3 ran, 0 up to date, 0 failed", summary("build", "--force", "pick", "each"));
  }

  @Test
  void whatAPatternFindsBesideIsToldAsItIsNow() throws IOException {
    folder.put(
        "torc.yaml",
        "jobs: { each: { match: 'on/{n}.txt', command: echo }, a: { command: touch a, produces: a }"
            + " }");
    folder.settle();
    folder.put("on/x.dat", "");
    String said = folder.run().err();
    assertTrue(
        said.contains("on/{n}.txt matches nothing (on/*.txt ") && said.contains("on/x.dat"), said);
    folder.put("on/x.txt", "");
    assertEquals("2 jobs: 1 ran, 1 up to date, 0 failed", summary());
  }

  @Test
  void aProductOfAnEarlierBuildBecomesASourceByAnEdit() throws IOException {
    String each = "each: { match: 'in/{n}.txt', command: 'cat {needs}' }";
    String maker = ", z: { command: echo z > in/z.txt, produces: in/z.txt }";
    folder.put("torc.yaml", "jobs: { " + each + maker + " }").build();
    folder.put("torc.yaml", "jobs: { " + each + " }").settle();
    assertEquals("2 jobs: 0 ran, 2 up to date, 0 failed", summary());
    folder.put("in/z.txt", "mine");
    assertEquals("3 jobs: 1 ran, 2 up to date, 0 failed", summary());
  }

  @Test
  void aJobThatDecidesAndWhoseRecordIsDamagedRunsFirst() throws IOException {
    folder
        .put("more.txt", "c\n")
        .put("torc.yaml", LISTED.replace("names.txt >", "*s.txt more.txt >"));
    String text =
        folder
            .get("torc.yaml")
            .replace("produces: \"{n}", "needs: [list.txt, o.txt]\n    produces: \"{n}");
    folder.put("torc.yaml", text).settle();
    Console console = Run.console(folder.at(), new StringWriter(), new StringWriter(), Map.of());
    Project project = Project.load(console.caller(), new CommonOptions().project(console));
    Damaging.Spot record =
        Damaging.spots(folder.at()).stream()
            .filter(spot -> spot.tree().equals("RESULTS") && spot.name().equals("pick"))
            .findFirst()
            .orElseThrow();
    assertTrue(
        Forgetting.behind(project, () -> Damaging.damage(folder.at(), record, 0, new Random(1))));
    folder.put("more.txt", "").put("o.txt", "2"); // the first of which no job names
    assertEquals("4 jobs: 4 ran, 0 up to date, 0 failed", summary());
  }
}
