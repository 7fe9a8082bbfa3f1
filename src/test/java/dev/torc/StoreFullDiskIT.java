package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Ran;
import dev.torc.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Section 11 where a disk is full: that of the root, into which results are fetched and put back,
 * and that of a shared folder, to which they are sent. What was cut off is never restored, and the
 * products are those of a build with room.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("StoreFullDiskIT") // one of its tests at a time, beside other classes
class StoreFullDiskIT {

  private static final String PROJECT =
      """
      stores: { shared: { path: %s } }
      jobs:
        small: { command: cp x small.out, needs: [x], produces: [small.out] }
        large: { command: cat x x x x > large.out, needs: [x], produces: [large.out] }
        folder: { command: cp x dir/1; cp x dir/2, needs: [x], produces: [dir/] }
        reader: { command: cksum < large.out > sum, needs: [large.out], produces: [sum] }
      """;

  @TempDir Path temp;
  private Path disk;

  /** Mounts a small disk. */
  private void mount(Path at, String size) throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "mode=755,size=" + size, "torc-test", at.toString()) == 0,
        "mounting a small disk needs root");
    disk = at;
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null) {
      run("umount", "-l", disk.toString());
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException noSuchProgram) {
      return 127;
    }
  }

  /** Takes all of the disk but so many KiB. */
  private Path fill(int free) throws IOException {
    Path ballast = disk.resolve("ballast");
    long left = Files.getFileStore(disk).getUsableSpace() - free * 1024L;
    return Files.write(ballast, new byte[(int) Math.max(0, left)]);
  }

  private static String x(String version) {
    return version + "-".repeat(20_000) + "\n";
  }

  private static void assertRight(Sandbox project, String said) throws Exception {
    String x = project.read("x");
    assertEquals(x, project.read("small.out"), said);
    assertEquals(x.repeat(4), project.read("large.out"), said);
    assertEquals(x, project.read("dir/1"), said);
    assertEquals(x, project.read("dir/2"), said);
    assertEquals(project.sh("cksum < large.out").out(), project.read("sum"), said);
  }

  private static void assertTold(Ran ran) {
    assertTrue(List.of(0, 1, 3).contains(ran.exit()), ran.err());
    assertFalse(ran.err().contains("\tat "), ran.err());
    assertFalse(ran.err().contains("internal error"), ran.err());
    if (ran.exit() == 3) {
      assertTrue(ran.last().startsWith("torc: "), ran.err());
    }
  }

  private static Ran built(Sandbox project) {
    Run run = Run.of(project.root);
    assertEquals(0, run.exit(), run.err());
    return new Ran(run.exit(), run.out(), run.err());
  }

  /** What is kept was left by jobs that ran, and whose records could not be written. */
  private static void assertKept(Sandbox project, Ran ran, String said) throws Exception {
    Path kept = project.root.resolve(".torc/kept");
    for (String job : List.of("small", "large", "folder", "reader")) {
      if (ran.err().contains(job + ": restored from")) {
        String place = job.equals("folder") ? "dir" : job.equals("reader") ? "sum" : job + ".out";
        try (Stream<Path> files = Files.exists(kept) ? Files.walk(kept) : Stream.empty()) {
          assertTrue(files.noneMatch(file -> file.endsWith(place)), said);
        }
      }
    }
    assertEquals(0, run("rm", "-rf", kept.toString()));
  }

  /** What others sent is fetched, and then what is here is put back, with less room and more. */
  @Test
  void whereTheRootIsFull() throws Exception {
    try (Sandbox project = new Sandbox(temp);
        Sandbox other = new Sandbox(temp)) {
      mount(project.root, "3m");
      Path store = Files.createDirectory(temp.resolve("store"));
      project.build(PROJECT.formatted(store));
      other.build(PROJECT.formatted(store));
      TreeSet<Integer> exits = new TreeSet<>();
      int restored = 0;
      for (String round : List.of("fetched", "back")) {
        for (int free : new int[] {0, 60, 100, 140, 180, 400}) { // KiB
          project.write("x", x(free + ""));
          if (round.equals("fetched")) {
            other.write("x", x(free + ""));
            built(other);
          }
          Path ballast = fill(free);
          Ran ran = project.torc();
          assertTold(ran);
          exits.add(ran.exit());
          Files.delete(ballast);
          Ran after = project.torc();
          String said = round + " with " + free + " free:\n" + ran.err() + "\nthen\n" + after.err();
          assertEquals(0, after.exit(), said);
          assertRight(project, said);
          assertKept(project, ran, said);
          assertFalse(project.exists(".torc/tmp"), said);
          restored += said.split(": restored from", -1).length - 1;
        }
      }
      assertTrue(exits.containsAll(List.of(0, 3)), exits.toString());
      assertTrue(restored > 12, "restored: " + restored);
    }
  }

  @Test
  void whereASharedFolderIsFull() throws Exception {
    try (Sandbox one = new Sandbox(temp);
        Sandbox two = new Sandbox(temp)) {
      Path store = Files.createDirectory(temp.resolve("store"));
      mount(store, "300k");
      int told = 0;
      for (int version = 0; version < 6; version++) {
        for (Sandbox each : List.of(one, two)) {
          each.build(PROJECT.formatted(store));
          each.write("x", x(version + ""));
          Ran ran = built(each);
          assertRight(each, ran.err());
          List<String> lines =
              ran.err().lines().filter(line -> line.contains("no space left")).toList();
          assertTrue(lines.size() <= 1, ran.err());
          told += lines.size();
          assertEquals(0, store.resolve("new").toFile().list().length, ran.err());
        }
      }
      assertTrue(told > 2, "told: " + told);
      assertEquals(0, run("mount", "-o", "remount,size=3m", store.toString()));
      for (Sandbox each : List.of(one, two)) {
        each.write("x", x("room"));
        Ran ran = built(each);
        assertRight(each, ran.err());
        assertEquals(each == one ? 4 : 0, ran.ran().size(), ran.err());
      }
    }
  }
}
