package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.model.GraphBuilder;
import dev.torc.core.model.Workflow;
import dev.torc.features.clusters.ExecutorReader;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.hooks.HookReader;
import dev.torc.features.reading.KnownKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the reader of build files accepts the pages that show build files. */
class BuildFilePageTest {

  @TempDir Path temp;

  @Test
  void everyBuildFileShownIsAccepted() throws Exception {
    int shown = 0;
    for (Page page : Page.all()) {
      Path folder = Files.createDirectories(temp.resolve(page.name()));
      List<Page.Block> blocks = new ArrayList<>(page.project());
      blocks.addAll(page.blocks());
      for (Page.Block block : blocks) {
        if (block.notes().containsKey("file")) {
          Path file = folder.resolve(block.notes().get("file"));
          Files.createDirectories(file.getParent());
          Files.writeString(file, block.text());
        }
      }
      Path before = null;
      for (Page.Block block : blocks) {
        boolean part = block.notes().containsKey("append"); // TranscriptsIT builds it
        if (List.of("yaml", "json").contains(block.language()) && !part) {
          String example = block.notes().get("example"); // DocumentationTest: it is that file
          Path file = folder.resolve(shown + "." + block.language());
          if (example == null) {
            Files.writeString(file, block.text());
          } else {
            file = Path.of("examples", example);
          }
          // Site settings make sense only when laid over another file: the one shown before.
          boolean over = block.notes().getOrDefault("over", "").equals("before");
          accept(block, over ? List.of(before, file) : List.of(file));
          before = file;
          shown++;
        }
      }
    }
    assertTrue(shown > 30, "only " + shown + " build files");
  }

  private static void accept(Page.Block block, List<Path> layers) throws Exception {
    try {
      Workflow workflow = BuildFileLoader.load(layers, new TreeMap<>());
      if (workflow.groups().isEmpty()) {
        GraphBuilder.build(workflow);
      }
    } catch (BadInput e) {
      throw new AssertionError(block.where() + ": " + e.getMessage(), e);
    }
  }

  @Test
  void everyKeyIsShownInABuildFile() throws Exception {
    List<Page> pages = Page.below("build-file");
    pages.add(Page.of("groups.md"));
    String shown =
        pages.stream()
            .flatMap(page -> page.blocks("yaml").stream())
            .map(Page.Block::text)
            .collect(Collectors.joining("\n", "\n", ""));
    assertEquals(
        List.of(),
        keys().stream().filter(k -> !shown.matches("(?s).*[\\s{,]" + k + ":.*")).toList());
  }

  static TreeSet<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    Stream.of(
            KnownKeys.TOP,
            KnownKeys.INCLUDED,
            JobFeatures.JOB,
            KnownKeys.TASK,
            KnownKeys.RESOURCES,
            KnownKeys.LIMITS,
            KnownKeys.RETRY,
            KnownKeys.GROW,
            KnownKeys.NEED,
            HookReader.HOOKS,
            HookReader.HOOK,
            AxisReader.VALUES,
            AxisReader.TABLE,
            ExecutorReader.EXECUTOR,
            ExecutorReader.OF_SLURM,
            ExecutorReader.OF_COMMANDS,
            ExecutorReader.OF_WORDS)
        .forEach(keys::addAll);
    return keys;
  }
}
