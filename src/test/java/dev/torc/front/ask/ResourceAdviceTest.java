package dev.torc.front.ask;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job.Resources;
import dev.torc.front.ask.JobUse.Used;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ResourceAdviceTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long GIB = 1L << 30;

  private static Resources asked(int cpus, long memory, long runtime) {
    return new Resources(cpus, memory, 0, runtime, new TreeMap<>(), 0, 1, new Place("t", 3, 4));
  }

  private static JobUse use(Resources asked, long wall, long cpus, long most, long memory) {
    return new JobUse("j", -1, 1, asked, used(wall, cpus, most, memory), false, false);
  }

  private static Map<Used, Long> used(long wall, long cpus, long most, long memory) {
    return Map.of(
        Used.SECONDS,
        wall,
        Used.CPU_PERCENT,
        cpus,
        Used.CPU_PERCENT_MOST,
        most,
        Used.MEMORY,
        memory);
  }

  private static List<String> said(JobUse use) {
    return ResourceAdvice.of(use).stream()
        .map(a -> a.why() + "; " + a.key() + ": " + a.value())
        .toList();
  }

  @Test
  void resourcesThatAreAboutRightGetNoAdvice() {
    assertEquals(List.of(), said(use(asked(2, 2 * GIB, 60 * SECOND), 40 * SECOND, 150, 199, GIB)));
    assertEquals(List.of(), said(use(asked(1, 0, 0), 40 * SECOND, 105, 110, GIB / 2)));
  }

  @Test
  void cpusThatWereIdleAreTold() {
    assertEquals(
        List.of("kept 1.0 of 18 cpus busy; cpus: 1"),
        said(use(asked(18, 0, 0), 40 * SECOND, 99, 100, -1)));
    assertEquals(
        List.of("kept 1.0 of 18 cpus busy; cpus: 12"),
        said(use(asked(18, 0, 0), 40 * SECOND, 99, 1150, -1)),
        "at its busiest it needs them");
  }

  @Test
  void cpusThatWereTakenAreTold() {
    assertEquals(
        List.of("kept 3.9 of 1 cpu busy; cpus: 4"),
        said(use(asked(1, 0, 0), 40 * SECOND, 392, 400, -1)));
  }

  @Test
  void ofAShortRunNothingIsSaidOfCpus() {
    assertEquals(List.of(), said(use(asked(18, 0, 0), SECOND / 2, -1, -1, -1)));
  }

  @Test
  void memoryGetsAFifthMoreThanItsPeak() {
    assertEquals(
        List.of("used 1.0 GiB of memory of 16.0 GiB; memory: 1280MiB"),
        said(use(asked(1, 16 * GIB, 0), 1, -1, -1, GIB)));
    assertEquals(
        List.of("used 3.0 GiB of memory and asked for none; memory: 3840MiB"),
        said(use(asked(1, 0, 0), 1, -1, -1, 3 * GIB)));
    assertEquals(
        List.of("used 20.0 GiB of memory and asked for none; memory: 24GiB"),
        said(use(asked(1, 0, 0), 1, -1, -1, 20 * GIB)));
  }

  @Test
  void aJobThatRanOutIsToAskForTwiceAsMuch() {
    Resources little = asked(1, 2 * GIB, 90 * SECOND);
    assertEquals(
        List.of("ran out of 2.0 GiB of memory; memory: 4GiB", "ran out of 1 min 30 s; runtime: 3m"),
        said(new JobUse("j", -1, 1, little, used(1, -1, -1, GIB), true, true)));
    Resources decimal = asked(1, 2_000_000_000, 0);
    assertEquals(
        List.of("ran out of 2.0 GB of memory; memory: 4GB"),
        said(new JobUse("j", -1, 1, decimal, used(1, -1, -1, GIB), true, false)),
        "in the unit in which it was asked");
  }

  @Test
  void aTimeLimitThatIsFarAwayIsTold() {
    assertEquals(
        List.of("took 7 min of 24 h; runtime: 14m"),
        said(use(asked(1, 0, 24 * 3600 * SECOND), 420 * SECOND, 100, 100, -1)));
    assertEquals("2h", ResourceAdvice.runtime(7_101 * SECOND));
    assertEquals("70m", ResourceAdvice.runtime(3_601 * SECOND));
    assertEquals("1h", ResourceAdvice.runtime(3_599 * SECOND));
  }
}
