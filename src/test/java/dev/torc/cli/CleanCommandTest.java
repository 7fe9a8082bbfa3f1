package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.records.BuildLock;
import dev.torc.records.CachePlace;
import dev.torc.records.ThisHost;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {

  private static final String THREE = "removed b.txt\nremoved c.txt\nremoved d.txt\n";

  @TempDir Path temp;
  private Path cwd;
  private Folder folder;

  @BeforeEach
  void open() throws IOException {
    cwd = temp.resolve("project");
    folder = new Folder(cwd).chain();
  }

  @Test
  void rule15OutsideTheRootOnlyBelowRoots() throws IOException {
    Path far = Files.createDirectory(temp.resolve("far"));
    String text = "jobs: { a: { command: echo x > %s/x, produces: %s/x } }\n".formatted(far, far);
    folder.put("torc.yaml", "roots: [../far]\n" + text).build();
    assertTrue(Files.exists(far.resolve("x")));
    folder.put("torc.yaml", "jobs: {}\n");
    Run run = folder.run("clean", "--stale");
    assertEquals("", run.out());
    assertTrue(run.err().contains("it lies neither below the root nor"), run.err());
    assertTrue(Files.exists(far.resolve("x")));
    folder.put("torc.yaml", "roots: [../far]\n" + text);
    assertEquals("removed " + far + "/x\n", folder.run("clean").out());
  }

  @Test
  void rule15KeptTakesWhatWasSetAsideAndOnlyThat() throws IOException {
    Path far = Files.createDirectory(temp.resolve("far"));
    Files.writeString(far.resolve("x"), "mine");
    folder.put("b.txt", "mine");
    folder.put(
        "torc.yaml",
        folder.get("torc.yaml")
            + "  far: { command: echo x > %s/x, produces: %s/x }\nroots: [%s]\n"
                .formatted(far, far, far));
    folder.build();
    assertEquals("mine", folder.get(".torc/kept/1/b.txt"));
    assertEquals("mine", Files.readString(far.resolve(".torc-kept/1/x")));
    assertEquals(
        new Run(0, "removed .torc/kept\nremoved " + far + "/.torc-kept\n", ""),
        folder.run("clean", "--kept"));
    assertFalse(folder.has(".torc/kept") || Files.exists(far.resolve(".torc-kept")));
    assertTrue(folder.has("b.txt"));
  }

  @Test
  void allTakesADatabaseThatIsElsewhereToo() throws IOException {
    Map<String, String> env = Map.of("TORC_CACHE", temp.resolve("caches").toString());
    assertEquals(0, with(env, "build").exit());
    assertEquals(1, count(temp.resolve("caches")));
    assertEquals(0, with(env, "clean", "--all").exit());
    assertEquals(0, count(temp.resolve("caches")));
    assertFalse(folder.has(".torc"));
  }

  private Run with(Map<String, String> env, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(args, Run.console(cwd, out, err, env));
    return new Run(exit, out.toString(), err.toString());
  }

  private static long count(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @Test
  void rule15AllNeverFollowsALink() throws IOException {
    folder.build();
    Files.move(cwd.resolve(".torc"), temp.resolve("memory"));
    Files.createSymbolicLink(cwd.resolve(".torc"), temp.resolve("memory"));
    Files.createDirectories(temp.resolve("memory/kept/1"));
    Run run = folder.run("clean", "--all", "--kept");
    assertEquals(3, run.exit(), run.err());
    assertTrue(run.err().contains("/.torc is a link, "), run.err());
    assertTrue(Files.exists(temp.resolve("memory/kept/1")));
    assertTrue(Files.exists(temp.resolve("memory/data.mdb")));
  }

  @Test
  void rule10ItWaitsForARunningBuild() throws Exception {
    folder.build();
    BuildLock.Holder other =
        new BuildLock.Holder(ProcessHandle.current().pid(), "other", "torc build");
    CompletableFuture<String> waiting = new CompletableFuture<>();
    StringWriter out = new StringWriter();
    StringWriter err =
        new StringWriter() {
          @Override
          public void write(String text) {
            super.write(text);
            waiting.complete(text);
          }
        };
    CompletableFuture<Integer> exit;
    try (BuildLock lock =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      exit =
          CompletableFuture.supplyAsync(
              () -> Main.run(new String[] {"clean"}, Run.console(cwd, out, err, Map.of())));
      assertTrue(waiting.get(60, TimeUnit.SECONDS).startsWith("waiting for another build to end"));
      assertTrue(folder.has("b.txt") && lock != null);
    }
    assertEquals(0, exit.get(60, TimeUnit.SECONDS));
    assertEquals(THREE, out.toString());
  }

  @Test
  void rule10WithNoWaitItEndsWith75AndADryRunNeverWaits() throws IOException {
    folder.build();
    BuildLock.Holder other = new BuildLock.Holder(1, "other", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      Run run = folder.run("clean", "--no-wait");
      assertEquals(75, run.exit());
      assertTrue(run.err().startsWith("another build is at work here"), run.err());
      assertEquals(0, folder.run("clean", "-n").exit());
    }
    assertTrue(folder.has("b.txt"));
    assertEquals(0, folder.run("clean", "--no-wait").exit());
  }

  @Test
  void rule10CalledByAJobOfTheBuildItIsRefused() throws IOException {
    folder.build();
    BuildLock.Holder other =
        new BuildLock.Holder(ProcessHandle.current().pid(), "outer", "torc build");
    try (BuildLock _ =
        BuildLock.tryAcquire(CachePlace.find(cwd, Map.of(), ThisHost.system()), other, false)
            .orElseThrow()) {
      Run run = with(Map.of("TORC_BUILDS", "outer", "TORC_JOB", "j"), "clean");
      assertEquals(2, run.exit());
      assertTrue(run.err().contains("job j calls torc"), run.err());
    }
    assertTrue(folder.has("b.txt"));
  }
}
