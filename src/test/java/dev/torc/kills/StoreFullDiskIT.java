package dev.torc.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sampled;
import dev.torc.Sandbox;
import dev.torc.Sandbox.Ran;
import dev.torc.SmallDisk;
import dev.torc.front.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Section 11 where a disk is full: the disk of the root, to which results are fetched and restored,
 * or the disk of a shared folder, to which they are sent. A cut-off result is never restored, and
 * the products are the same as those of a build with room.
 */
@Sampled
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

  /** Kept are files of jobs that ran, whose records could not be written; none of restored jobs. */
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
    assertEquals(0, project.run(List.of("rm", "-rf", kept.toString())).exit());
  }

  /** Results of another root are fetched, later its own are restored, with less room and more. */
  @Test
  void aFullRootFailsNoBuildForItsStore() throws Exception {
    try (Sandbox project = new Sandbox(temp);
        Sandbox other = new Sandbox(temp);
        SmallDisk disk = SmallDisk.on(project.root, "3m")) {
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
          Path ballast = disk.fill(free);
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
  void aFullSharedFolderFailsNoBuild() throws Exception {
    Path store = Files.createDirectory(temp.resolve("store"));
    try (Sandbox one = new Sandbox(temp);
        Sandbox two = new Sandbox(temp);
        SmallDisk disk = SmallDisk.on(store, "300k")) {
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
      disk.resize("3m");
      for (Sandbox each : List.of(one, two)) {
        each.write("x", x("room"));
        Ran ran = built(each);
        assertRight(each, ran.err());
        assertEquals(each == one ? 4 : 0, ran.ran().size(), ran.err());
      }
    }
  }
}
