package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.StopFlag.StoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 4: by the file system's clock. */
class FileClockTest {

  private final AtomicLong disk = new AtomicLong(1_000_000_000);
  private final AtomicLong ticks = new AtomicLong(7);
  private final AtomicInteger probes = new AtomicInteger();
  private final FileClock clock =
      new FileClock(
          () -> {
            probes.incrementAndGet();
            return disk.get();
          },
          ticks::get,
          nanos -> {
            ticks.addAndGet(nanos);
            disk.addAndGet(nanos);
          });

  @Test
  void probesOnlyWhenTheAnswerIsOpen() {
    assertTrue(clock.past(999_999_999));
    assertFalse(clock.past(1_000_000_000));
    assertTrue(clock.past(5));
    assertEquals(1, probes.get());
    ticks.addAndGet(10);
    assertFalse(clock.past(1_000_000_005), "the disk's clock stood still");
    assertEquals(2, probes.get());
    disk.addAndGet(20);
    ticks.addAndGet(10);
    assertTrue(clock.past(1_000_000_005));
  }

  @Test
  void waitsAsLongAsItMustAndNoLonger() {
    assertTrue(clock.await(1_010_000_000, 20_000_000, new StopFlag()));
    assertEquals(7 + 10_000_001, ticks.get());
    assertFalse(clock.await(2_000_000_000, 20_000_000, new StopFlag()));
    assertEquals(7 + 10_000_001, ticks.get());
  }

  @Test
  void aLateDiskClockIsWaitedForWithinLimits() {
    FileClock late = new FileClock(disk::get, ticks::get, ticks::addAndGet);
    assertFalse(
        late.await(1_010_000_000, 20_000_000, new StopFlag()), "the disk's clock never moves");
    assertTrue(ticks.get() <= 7 + 20_000_000);
  }

  @Test
  void aLongWaitEndsSoonWhereItIsToldToStop() {
    StopFlag stop = new StopFlag();
    FileClock clock =
        new FileClock(
            disk::get,
            ticks::get,
            nanos -> {
              stop.stopIn(0);
              ticks.addAndGet(nanos);
              disk.addAndGet(nanos);
            });
    assertThrows(StoppedException.class, () -> clock.await(3_000_000_000L, 4_000_000_000L, stop));
    assertTrue(ticks.get() <= 7 + 100_000_000, "it slept on");
  }

  @Test
  void anUnreadableClockHasPassedNothing() {
    FileClock broken =
        new FileClock(
            () -> {
              throw new IOException("disk full");
            },
            ticks::get,
            ticks::addAndGet);
    assertFalse(broken.past(0));
    assertFalse(broken.await(0, 1_000, new StopFlag()));
    assertFalse(FileClock.none().past(0));
    assertFalse(FileClock.none().await(0, 1_000, new StopFlag()));
  }

  @Test
  void anInterruptEndsTheWaitAndStays() {
    FileClock clock =
        new FileClock(
            disk::get,
            ticks::get,
            nanos -> {
              throw new InterruptedException();
            });
    assertFalse(clock.await(1_000_000_000, 20_000_000, new StopFlag()));
    assertTrue(Thread.interrupted());
  }

  @Test
  void readsTheDisksClockOffItsProbeFile(@TempDir Path folder) throws IOException {
    StampSource stamps = StampSource.of(folder.getFileSystem());
    Path probe = folder.resolve("clock");
    FileClock real = FileClock.of(probe, stamps);
    Path file = Files.writeString(folder.resolve("a"), "x");
    long ctime = stamps.stamp(file).ctime();
    assertTrue(real.past(ctime - 60_000_000_000L));
    assertTrue(Files.exists(probe));
    assertFalse(real.past(ctime + 3_600_000_000_000L));
    assertTrue(real.await(ctime, 10_000_000_000L, new StopFlag()));
  }
}
