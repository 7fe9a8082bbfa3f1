package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the build files that the pages show. Before a block, {@code <!-- runs: a b -->} names the
 * jobs that run and end well in the first build, {@code again} the jobs of the second one (none
 * without it), {@code gone} products that are gone after the first, {@code sources} files to be
 * made with their names as contents, {@code standins} programs of testdata/standins in the place of
 * real ones, {@code programs} programs without which the build is skipped; blocks with {@code file}
 * are written where they say.
 */
class DocumentedBuildsTest {

  private static final Path STANDINS = Path.of("testdata", "standins").toAbsolutePath();

  private static final List<String> PAGES =
      List.of(
          "build-file.md",
          "groups.md",
          "data.md",
          "hooks.md",
          "questions.md",
          "recipes.md",
          "from-snakemake.md",
          "from-task.md");

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> pages() throws Exception {
    List<DynamicContainer> pages = new ArrayList<>();
    for (Page page : Page.all()) {
      if (PAGES.contains(page.name()) || page.name().startsWith("build-file/")) {
        pages.add(DynamicContainer.dynamicContainer(page.name(), tests(page)));
      }
    }
    pages.add(DynamicContainer.dynamicContainer("SKILL.md", tests(Page.read(Page.SKILL))));
    return pages;
  }

  private Stream<DynamicTest> tests(Page page) {
    return page.blocks().stream()
        .filter(block -> block.notes().containsKey("runs"))
        .map(block -> DynamicTest.dynamicTest(block.where(), () -> build(page, block)));
  }

  private void build(Page page, Page.Block block) throws Exception {
    for (String program : block.words("programs")) {
      boolean there =
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
      assumeTrue(there, program + " is not installed");
    }
    Path folder = Files.createDirectory(temp.resolve(block.where().replace(':', '-')));
    for (Page.Block other : page.blocks()) {
      if (other.notes().containsKey("file")) {
        write(folder.resolve(other.notes().get("file")), other.text());
      }
    }
    for (String source : block.words("sources")) {
      write(folder.resolve(source), source + "\n");
    }
    write(folder.resolve("torc." + block.language()), block.text());

    List<String> build = new ArrayList<>(List.of("build", "--json"));
    for (String name : block.words("standins")) {
      assertTrue(Files.isExecutable(STANDINS.resolve(name)), name);
    }
    if (block.notes().containsKey("standins")) {
      write(folder.resolve("over.yaml"), "env: { PATH: '" + STANDINS + ":{env.PATH}' }\n");
      build.addAll(List.of("-f", "torc.yaml", "-f", "over.yaml"));
    }
    assertEquals(block.words("runs").stream().sorted().toList(), ran(folder, build));
    for (String product : block.words("gone")) {
      assertFalse(Files.exists(folder.resolve(product)), product);
    }
    assertEquals(block.words("again"), ran(folder, build), "second build");
  }

  /** Builds, and returns the jobs that ran and ended well. */
  private static List<String> ran(Path folder, List<String> build) throws Exception {
    Run run = Run.of(folder, build.toArray(String[]::new));
    assertEquals(0, run.exit(), run.err());
    assertFalse(run.err().contains("warning:"), run.err());
    List<String> ran = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      JsonNode event = new ObjectMapper().readTree(line);
      if (event.path("state").asText().equals("ran")) {
        ran.add(event.path("job").asText());
      }
    }
    ran.sort(null);
    return ran;
  }

  private static void write(Path file, String text) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
