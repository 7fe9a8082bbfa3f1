package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.show.ReasonText;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs in {@code tools} count by their digests under the names as written, never by their
 * paths. Each verdict is asked for with what the last build left at rest, and without it.
 */
class ToolsTest extends Harness {

  @BeforeEach
  void aPath() {
    env.put("PATH", root + "/one:" + root + "/two");
  }

  private void program(String path, String text) {
    edit(path, text);
    mode(path, "rwxr-xr-x");
  }

  private void mode(String path, String mode) {
    try {
      Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString(mode));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void built() {
    given("a: { command: make, tools: cc, produces: [a.out] }");
    program("two/cc", "1");
    build().ran("a");
    build().ran();
  }

  private String verdict() {
    return look().get("a");
  }

  private String refused() {
    return assertThrows(BadInput.class, this::look).getMessage();
  }

  @Test
  void otherBytesMakeTheJobRun() {
    built();
    program("two/cc", "2");
    assertEquals("will run: tool changed cc", verdict());
    build().ran("a");
    String why = ReasonText.all(reasons("a"));
    assertTrue(why.matches("tool cc changed [0-9a-f]{7} executable → [0-9a-f]{7} executable"), why);
    build().ran();
  }

  @Test
  void aTouchOrAnotherPlaceWithTheSameBytesDoesNot() throws IOException {
    built();
    program("two/cc", "1");
    assertEquals("up to date", verdict());
    Files.createDirectories(root.resolve("one"));
    Files.move(root.resolve("two/cc"), root.resolve("one/cc"));
    assertEquals("up to date", verdict());
    build().ran();
    program("two/cc", "2"); // comes second
    assertEquals("up to date", verdict());
    env.put("PATH", root + "/two:" + root + "/one");
    assertEquals("will run: tool changed cc", verdict());
    env.put("PATH", root + "/three:" + root + "/one");
    assertEquals("up to date", verdict());
  }

  @Test
  void anotherOneThatComesFirstMakesTheJobRun() {
    built();
    program("one/cc", "2");
    assertEquals("will run: tool changed cc", verdict());
    mode("one/cc", "rw-r--r--"); // what cannot be executed is passed over
    assertEquals("up to date", verdict());
    build().ran();
    mode("one/cc", "rwxr-xr-x");
    build().ran("a");
  }

  @Test
  void aLinkToAnotherProgramMakesTheJobRun() throws IOException {
    given("a: { command: make, tools: cc, produces: [a.out] }");
    program("two/cc-1", "1");
    program("two/cc-2", "2");
    program("two/cc-3", "1");
    Path link = root.resolve("two/cc");
    Files.createSymbolicLink(link, Path.of("cc-1"));
    build().ran("a");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("cc-3"));
    assertEquals("up to date", verdict());
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("cc-2"));
    assertEquals("will run: tool changed cc", verdict());
  }

  @Test
  void theJobsOwnPathIsSearchedFromItsFolder() {
    given(
        "a: { command: make, tools: cc, dir: sub, env: { PATH: '../own:{env.PATH}' },"
            + " produces: [a.out] }");
    program("sub/in", "");
    program("own/cc", "1");
    program("two/cc", "2");
    build().ran("a");
    program("two/cc", "3");
    assertEquals("up to date", verdict());
    program("own/cc", "2");
    assertEquals("will run: tool changed cc", verdict());
  }

  @Test
  void aNameWithASlashIsAPathAndItsExecutableBitCounts() {
    given("a: { command: make, tools: bin/fit, produces: [a.out] }");
    program("bin/fit", "1");
    build().ran("a");
    assertEquals("up to date", verdict());
    mode("bin/fit", "rw-r--r--");
    assertEquals("will run: tool changed bin/fit", verdict());
    mode("bin/fit", "rwxr-xr-x");
    assertEquals("up to date", verdict());
    edit("bin/fit", "2");
    assertEquals("will run: tool changed bin/fit", verdict());
  }

  @Test
  void theBitCountsAlsoWhereAnotherJobNeedsTheFile() {
    given(
        """
        a: { command: make, tools: bin/fit, produces: [a.out] }
        b: { command: make, needs: [bin/fit], produces: [b.out] }
        """);
    program("bin/fit", "1");
    build().ran("a", "b");
    mode("bin/fit", "rw-r--r--");
    assertEquals("will run: tool changed bin/fit", verdict());
    assertEquals("up to date", look().get("b"));
  }

  @Test
  void theNamesCountAndTheirOrderDoesNot() {
    program("two/cc", "1");
    program("two/ld", "2");
    given("a: { command: make, tools: [cc, ld], produces: [a.out] }");
    build().ran("a");
    given("a: { command: make, tools: [ld, cc, ld], produces: [a.out] }");
    assertEquals("up to date", verdict());
    given("a: { command: make, tools: [cc], produces: [a.out] }");
    assertEquals("will run: tool changed ld", verdict());
    build().ran("a");
    assertEquals("tool ld removed", ReasonText.all(reasons("a")));
  }

  @Test
  void oneThatIsNotFoundIsAnErrorAsAMissingSourceIs() throws IOException {
    built();
    Files.delete(root.resolve("two/cc"));
    assertEquals(
        "torc.yaml:2:30: job a has the tool cc, which is not on its PATH (%s/one:%s/two)"
            .formatted(root, root),
        refused());
    given("a: { command: make, tools: bin/fit, produces: [a.out] }");
    assertEquals(
        "torc.yaml:2:30: job a has the tool bin/fit, which does not exist and which no job"
            + " produces",
        refused());
    given("a: { command: make, tools: one, produces: [a.out] }\nb: { command: make }");
    assertThrows(BadInput.class, () -> build());
    build("b").ran("b"); // of the jobs selected
  }

  @ParameterizedTest
  @CsvSource({"bin/fit", "fit"})
  void oneThatAJobMakesIsANeed(String name) {
    given(
        """
        a: { command: 'make {needs}', tools: %s, env: { PATH: 'bin:{env.PATH}' }, produces: a.out }
        m: { command: make, needs: [x], produces: bin/fit }
        """
            .formatted(name));
    edit("x", "1");
    job(
        "a",
        stub -> {
          assertTrue(stub.needs().isEmpty(), "it is not in {needs}");
          assertTrue(stub.read("bin/fit").startsWith("bin/fit"));
          return work(stub);
        });
    build().ran("m", "a");
    build().ran();
    edit("x", "2");
    assertEquals("may run: m", verdict());
    build().ran("m", "a");
    assertEquals("need changed bin/fit", why("a"));
    failing("m");
    edit("x", "3");
    build();
    assertEquals(JobState.BLOCKED, state("a"));
  }

  @Test
  void oneThatOnlyTheCallersPathFindsAmongTheProductsIsRefused() {
    env.put("PATH", root + "/bin");
    given(
        """
        a: { command: make, tools: fit, produces: a.out }
        m: { command: make, produces: bin/fit }
        """);
    program("bin/fit", "1");
    assertEquals(
        "torc.yaml:2:30: tool fit of job a is bin/fit, a product of job m; write it so in tools",
        refused());
  }

  @Test
  void oneThatMovesWhileTheJobRunsMakesItRunAgain() {
    given("a: { command: make, tools: cc, produces: [a.out] }");
    program("two/cc", "1");
    job(
        "a",
        stub -> {
          program("two/cc", "2");
          return work(stub);
        });
    build().ran("a");
    usual("a");
    assertTrue(verdict().startsWith("will run: moved "), verdict());
    build().ran("a");
    build().ran();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools: bin/|torc.yaml:2:27: no name of a program: \"bin/\"",
        "tools: ['']|torc.yaml:2:28: no name of a program: \"\"",
        "tools: ~/fit|torc.yaml:2:27: ~/fit: ~ is not expanded in a path",
        "tools: { a: b }|torc.yaml:2:27: tools must be a text, not a map",
        "tools: x, env: { PATH: '{tmp}:y' }|torc.yaml:2:27: where x is has to be known before the"
            + " job runs; see its PATH",
      })
  void whatIsWrong(String line, String message) {
    given("a: { command: x, " + line + " }");
    assertTrue(refused().startsWith(message), refused());
  }
}
