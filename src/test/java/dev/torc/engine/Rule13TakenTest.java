package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rule 13: what a produced glob or folder never takes away. */
class Rule13TakenTest extends Harness {

  private List<String> refused() {
    return assertThrows(BadInput.class, this::build).diagnostics().stream()
        .map(each -> each.place().line() + " " + each.message())
        .toList();
  }

  @Test
  void theBuildFileByAnyGlobOrFolder() throws IOException {
    Files.createSymbolicLink(root.resolve("l"), root);
    Files.createDirectory(root.resolve("sub"));
    Files.createSymbolicLink(root.resolve("sub/up"), root);
    for (String product : List.of("'*'", "'*.yaml'", "'**'", "'l/*'", "'{x/y,torc}.yaml'")) {
      given("a: { command: a, produces: [" + product + "] }");
      String text = product.substring(1, product.length() - 1);
      assertEquals(
          List.of(
              "2 product %s matches the build file torc.yaml; narrow the pattern".formatted(text)),
          refused());
    }
    given("a: { command: a, produces: [sub/up/] }");
    assertEquals(
        List.of("2 product sub/up/ holds the build file torc.yaml; choose another folder"),
        refused());
  }

  @Test
  void anInclude() {
    edit("parts/more.yaml", "jobs: {}");
    givenFile("include: [parts/more.yaml]\njobs:\n  a: { command: a, produces: ['parts/*'] }\n");
    assertEquals(
        List.of("3 product parts/* matches the build file parts/more.yaml; narrow the pattern"),
        refused());
    givenFile("include: [parts/more.yaml]\njobs:\n  a: { command: a, produces: [parts/] }\n");
    assertEquals(
        List.of("3 product parts/ holds the build file parts/more.yaml; choose another folder"),
        refused());
    givenFile(
        "include: [parts/more.yaml]\njobs:\n  a: { command: a, produces: ['parts/*.csv'] }\n");
    build().ran("a");
  }

  @Test
  void whatBelongsToGitOrTorc() throws IOException {
    for (String product :
        List.of(".git/x", "sub/.git/hooks/", "'.git/*'", "'sub/{.git,x}/y*'", "'**/.git/x'")) {
      given("a: { command: a, produces: [" + product + "] }");
      String said = refused().getFirst();
      assertEquals(
          true, said.endsWith(" lies in .git, which belongs to git; choose another place"));
    }
    given("a: { command: a, produces: ['.torc/*'] }");
    assertEquals(List.of("2 .torc/* belongs to torc; choose another place"), refused());
    edit(".git/hooks/pre-commit", "mine");
    Files.createSymbolicLink(root.resolve("hooks"), root.resolve(".git/hooks"));
    for (String product : List.of("hooks/pre-commit", "hooks/", "'hooks/*'")) {
      given("a: { command: a, produces: [" + product + "] }");
      assertEquals(1, refused().size());
    }
    assertEquals("mine", read(".git/hooks/pre-commit"));
    given("a: { command: a, produces: ['.github/*', '.gitignore'] }");
    build().ran("a");
  }

  /** Nothing runs, a dry run says why as well, and the file stays. */
  private void refused(String file, String why) {
    for (Executable asked : List.<Executable>of(this::build, this::look)) {
      BadInput bad = assertThrows(BadInput.class, asked);
      assertEquals("product " + why, bad.diagnostics().getFirst().message());
      assertEquals(2, bad.diagnostics().getFirst().place().line());
    }
    assertEquals("mine", read(file));
    assertEquals(List.of(), kept());
  }

  @Test
  void aFileThatAnotherNeedsByItsName() {
    given("a: { command: a, produces: ['*.csv'] }\nb: { command: b, needs: data.csv }");
    edit("data.csv", "mine");
    edit("other.csv", "mine too");
    refused(
        "data.csv",
        "*.csv of job a would take data.csv, which torc did not make and which job b needs;"
            + " narrow the pattern, or `torc adopt a`");
  }

  @Test
  void aFileThatComesUpWhileTheBuildRunsFailsTheMaker() {
    given(
        """
        m: { command: m }
        a: { command: a, after: m, produces: ['*.csv'] }
        b: { command: b, needs: data.csv }
        """);
    edit("other.csv", "mine too");
    job(
        "m",
        stub -> {
          stub.write("data.csv", "mine");
          return stub.exit(0);
        });
    build();
    assertEquals(
        "product *.csv of job a would take data.csv, which torc did not make and which job b needs;"
            + " narrow the pattern, or `torc adopt a`",
        what("a"));
    assertEquals(JobState.BLOCKED, state("b"));
    assertEquals("mine", read("data.csv"));
    assertEquals("mine too", read("other.csv"));
    assertEquals(List.of(), kept());
  }

  @Test
  void whatTheJobMadeItselfItMayMakeAgain() {
    given(
        "x: { command: x, produces: x }\na: { command: a, needs: x, produces: ['*.csv'] }\n"
            + "b: { command: b, needs: one.csv, produces: out }");
    build().ran("x", "a", "b");
    given(
        "x: { command: x2, produces: x }\na: { command: a, needs: x, produces: ['*.csv'] }\n"
            + "b: { command: b, needs: one.csv, produces: out }");
    build().ran("x", "a", "b");
    assertEquals(0, exit, () -> notes().toString());
    failing("a");
    delete("x");
    given(
        "x: { command: x3, produces: x }\na: { command: a, needs: x, produces: ['*.csv'] }\n"
            + "b: { command: b, needs: one.csv, produces: out }");
    build();
    usual("a");
    build().ran("a", "b");
    assertEquals(0, exit, () -> notes().toString());
  }

  @Test
  void whatAKilledJobLeftMovesAside() {
    given("a: { command: a, produces: ['*.csv'] }\nb: { command: b, needs: one.csv }");
    deadly(
        "a",
        stub -> {
          stub.write("one.csv", "half");
          return stub.exit(0);
        });
    build();
    usual("a");
    build().ran("a", "b");
    assertEquals(0, exit, () -> notes().toString());
    keptText("half");
  }

  @Test
  void theTableOfAGroup() {
    edit("seeds.txt", "mine");
    given(
        """
        a: { command: a, produces: ['*.txt'] }
        g: { command: 'g {s}', parameters: { s: { lines: seeds.txt } } }
        """);
    refused(
        "seeds.txt",
        "*.txt of job a would take seeds.txt, which torc did not make and which gives group g its"
            + " values; narrow the pattern, or `torc adopt a`");
  }

  @Test
  void theTableOfAGroupInAFolder() {
    edit("in/seeds.txt", "mine");
    given(
        "a: { command: a, produces: in/ }\n"
            + "g: { command: 'g {s}', parameters: { s: { lines: in/seeds.txt } } }");
    refused(
        "in/seeds.txt",
        "in/ of job a would take in/seeds.txt, which torc did not make and which gives group"
            + " g its values; choose another folder, or `torc adopt a`");
  }

  @Test
  void aTableThatTheJobMakesIsItsOwn() {
    given(
        "a: { command: a, produces: ['*.txt'] }\n"
            + "g: { command: 'g {s}', parameters: { s: { lines: s.txt } } }");
    job(
        "a",
        stub -> {
          stub.write("s.txt", "1\n2\n");
          return stub.exit(0);
        });
    build().ran("a", "g/s=1", "g/s=2");
    settled();
  }

  @Test
  void aRepositoryInAFolder() {
    edit("vendor/.git", "mine");
    given("a: { command: a, produces: vendor/ }");
    refused(
        "vendor/.git",
        "vendor/ of job a holds vendor/.git, which torc did not make; choose another folder");
  }

  @Test
  void aFolderIntoWhichTheJobCloned() {
    given("a: { command: a, produces: vendor/ }");
    job(
        "a",
        stub -> {
          Files.createDirectories(root.resolve("vendor/.git"));
          stub.write("vendor/.git/config", "1");
          return work(stub);
        });
    build().ran("a");
    settled();
    edit("vendor/in", "changed");
    build().ran("a");
    assertEquals(0, exit, () -> notes().toString());
  }

  @Test
  void aDepfileThatIsASource() {
    edit("x.d", "mine");
    given("a: { command: a, depfile: x.d }\nb: { command: b, needs: x.d }");
    assertEquals(
        List.of(
            "2 depfile x.d of job a is a source; it is removed before each run, so give it another"
                + " name"),
        refused());
  }
}
