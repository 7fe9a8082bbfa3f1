package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.StampSource.StampPaths;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.SystemName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule 4 where nothing keeps ctime; {@code mounts.txt} of the launcher mounts such file systems.
 */
@EnabledOnOs(OS.LINUX)
class MountStampsTest {

  private static final Path PROC = Path.of("/proc/version"); // no kernel keeps the ctime of this

  @TempDir Path folder;

  private StampSource source(StampPaths paths) {
    return StampSource.of(folder.getFileSystem()).of(paths);
  }

  private static StampPaths paths(List<Path> never, List<Path> trust) {
    return new StampPaths(never, trust);
  }

  @Test
  void aStampHasTheMountWhereNothingKeepsCtime() throws IOException {
    Stamp plain = StampSource.of(folder.getFileSystem()).stamp(PROC);
    Stamp mounted = source(StampPaths.NONE).stamp(PROC);
    assertNotEquals(plain.inode(), mounted.inode());
    assertEquals(mounted, source(StampPaths.NONE).stamp(PROC));
    assertEquals(plain, source(paths(List.of(), List.of(Path.of("/proc")))).stamp(PROC));
    long[] numbers = new long[Stamp.NUMBERS];
    byte[] name = PROC.toString().getBytes(StandardCharsets.UTF_8);
    source(StampPaths.NONE).inFolder(folder, true).look(name, 0, name.length, numbers);
    assertEquals(mounted.inode(), numbers[3]);
    Path link = Files.createSymbolicLink(folder.resolve("link"), PROC);
    assertEquals(mounted, source(StampPaths.NONE).stamp(link));
  }

  @Test
  void aFolderTellsItsNamesOnlyWhereSomethingKeepsCtime() throws IOException {
    StampSource source =
        source(paths(List.of(folder.resolve("never")), List.of(Path.of("/proc/1"))));
    source.stamp(PROC);
    assertFalse(source.showsNames(PROC.getParent(), ""));
    assertTrue(source.showsNames(PROC.getParent(), "1"), "trusted");
    assertTrue(source.showsNames(folder, ""));
    assertFalse(source.showsNames(folder, "never"));
    assertTrue(StampSource.of(folder.getFileSystem()).showsNames(PROC.getParent(), ""), "torc's");
  }

  @Test
  void aMountIsToldFromAllOthers() throws IOException {
    long mount = FileStatus.of("/proc/version", true).mount();
    MountTimes times = MountTimes.of("/proc/version", mount);
    assertFalse(times.keepsCtime() || times.byKernel());
    assertTrue(times.identity().startsWith(SystemName.boot() + " " + mount), times.identity());
    assertNull(MountTimes.of("/proc/version", mount + 1)); // another one by now
  }

  @Test
  void theNearestPathDecides() {
    StampPaths paths =
        paths(List.of(Path.of("/a"), Path.of("/a/b/c")), List.of(Path.of("/a/b"), Path.of("/a")));
    assertNull(paths.counts("/ab"));
    assertEquals(false, paths.counts("/a/x")); // of two that are as near, the careful one
    assertEquals(true, paths.counts("/a/b"));
    assertEquals(true, paths.counts("/a/b/x"));
    assertEquals(false, paths.counts("/a/b/c"));
  }

  @Test
  void filesWhoseStampsNeverCountAreReadInEachBuild() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "x");
    StampSource plain = source(StampPaths.NONE);
    FileClock late = new FileClock(() -> Long.MAX_VALUE, () -> 0, _ -> {});
    Map<String, KnownDigest> stored = new HashMap<>();
    new DigestMemo(folder, plain, late, stored::get, stored::put).of("f");
    assertEquals(1, stored.size());
    for (StampSource source : List.of(plain, source(paths(List.of(file), List.of())))) {
      DigestMemo next = new DigestMemo(folder, source, late, stored::get, (_, _) -> {});
      KnownDigest known = next.of("f");
      assertEquals(source == plain, known.safe());
      assertEquals(source == plain ? 0 : 1, next.filesHashed());
    }
  }

  @Test
  void theClockOfAnotherMachineIsKnownByTheTimesThatWereSeen() {
    AtomicLong ticks = new AtomicLong();
    FileClock clock = new FileClock(null, ticks::get, _ -> {});
    assertFalse(clock.past(0));
    clock.observe(100);
    assertTrue(clock.past(99));
    assertFalse(clock.past(100));
    ticks.addAndGet(20); // that clock went on, too
    assertTrue(clock.past(119));
    clock.observe(110); // is known to be past
    assertTrue(clock.past(119));
    clock.observe(Long.MAX_VALUE); // a program set it
    assertFalse(clock.past(120));
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    long hour = TimeUnit.HOURS.toNanos(1);
    assertTrue(FileClock.observed().past(now - hour - 1));
    assertFalse(FileClock.observed().past(now));
  }

  @Test
  void aFileOnTheRootsFileSystemGoesByTheRootsClock() throws IOException {
    FileClock usual = new FileClock(() -> 0L, () -> 0, _ -> {});
    StampSource source = source(StampPaths.NONE);
    source.stamp(PROC);
    Files.writeString(folder.resolve("f"), "x");
    assertSame(usual, source.clock(folder, "f", usual));
    assertSame(usual, source.clock(PROC.getParent(), PROC.toString(), usual));
    FileClock other = source.clock(folder, PROC.toString(), usual);
    assertFalse(other == usual || other == FileClock.none());
    assertSame(FileClock.none(), source.clock(folder, PROC.toString(), FileClock.none()));
  }
}
