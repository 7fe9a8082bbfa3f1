package dev.torc.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.buildfile.BuildFileLoader;
import dev.torc.graph.Graph;
import dev.torc.graph.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 14: which files of the project jobs run without needing them. */
class ScriptWarningsTest {

  @TempDir Path temp;

  @Test
  void whetherAWordIsAScriptIsForItsFolderToSayAndWhetherItIsNeededForTheJob() throws IOException {
    Path root = Files.createDirectory(temp.toRealPath().resolve("root"));
    for (String file : List.of("root/run", "root/made", "root/lib/b.py", "outside")) {
      Files.createDirectories(temp.resolve(file).getParent());
      Files.writeString(temp.resolve(file), "");
    }
    Files.createSymbolicLink(root.resolve("link"), Path.of("run"));
    Files.createDirectory(root.resolve("tool"));
    Path yaml =
        Files.writeString(
            root.resolve("torc.yaml"),
            """
            jobs:
              no: { command: ./run; ./run; sh run }
              needs: { command: ./run, needs: run }
              glob: { command: ./run, needs: 'r*' }
              not: { command: ./run, needs: ['*', '!run'] }
              again: { command: cp run x; lib/../run; python3 lib/b.py }
              below: { command: ./run; python3 b.py; ../run, dir: lib }
              folder: { command: python3 b.py, dir: lib, needs: lib/ }
              makes: { command: ./made, produces: made }
              reads: { command: ./made, needs: { job: makes } }
              other: { command: ../outside; sh ../outside; tool; ./missing; /bin/sh x }
              link: { command: [./link] }
            """);
    Graph graph = GraphBuilder.build(BuildFileLoader.load(List.of(yaml), new TreeMap<>()));
    ScriptWarnings scripts = new ScriptWarnings(graph);
    for (int twice = 0; twice < 2; twice++) {
      assertEquals(List.of("run"), scripts.unneeded(graph.jobId("no")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("needs")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("glob")));
      assertEquals(List.of("run"), scripts.unneeded(graph.jobId("not")));
      assertEquals(List.of("run", "lib/b.py"), scripts.unneeded(graph.jobId("again")));
      assertEquals(List.of("lib/b.py", "run"), scripts.unneeded(graph.jobId("below")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("folder")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("makes")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("reads")));
      assertEquals(List.of(), scripts.unneeded(graph.jobId("other")));
      assertEquals(List.of("link"), scripts.unneeded(graph.jobId("link")));
    }
  }
}
