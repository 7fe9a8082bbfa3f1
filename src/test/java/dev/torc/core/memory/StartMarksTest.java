package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartMarksTest {

  @TempDir Path root;

  private CachePlace place() {
    return CachePlace.find(root, Map.of(), ThisHost.system());
  }

  private static final List<StartMark> SOME =
      Samples.NAMES.stream().map(name -> mark("b1", name, name.length())).toList();

  private static StartMark mark(String build, String job, int attempt) {
    return new StartMark(".", false, build, job, attempt, "", null, 7, "", List.of());
  }

  @Test
  void rule9AMarkOutlivesWhoMadeIt() {
    assertEquals(List.of(), StartMarks.read(place()));
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      SOME.forEach(marks::add);
      assertEquals(SOME, StartMarks.read(place()), "without closing, as after kill -9");
    }
    assertEquals(SOME, StartMarks.read(place()));
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      assertEquals(List.of(), StartMarks.read(place()));
      marks.add(SOME.get(3));
      marks.clear();
      assertEquals(List.of(), StartMarks.read(place()));
      marks.add(SOME.get(4));
      assertEquals(SOME.subList(4, 5), StartMarks.read(place()));
    }
  }

  @Test
  void aMarkNamesTheContainersOfItsJob() {
    StartMark contained = mark("b1", "odd 1/podman/x", 2).in("podman/torc-b1-2");
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(contained);
    }
    assertEquals(List.of(contained), StartMarks.read(place()));
  }

  /** The manifest that was interrupted (rule 1); unknown in a line of an older torc. */
  @Test
  void aMarkNamesItsManifestIfItsTorcKnewIt() throws IOException {
    StartMark known = mark("b1", "known", 2).in("podman/x").of(Digest.ofText("m").hex(), List.of());
    String older = "\t.\t\tb1\t2@7\t\told";
    CRC32C sum = new CRC32C();
    sum.update(older.getBytes(StandardCharsets.UTF_8));
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(known);
    }
    String line = HexFormat.of().toHexDigits((int) sum.getValue()) + "\t" + older + "\n";
    Files.writeString(place().running(), line, StandardOpenOption.APPEND);
    assertEquals(List.of(known, mark("b1", "old", 2)), StartMarks.read(place()));
  }

  @Test
  void rule9ATornLineIsSkippedWhereverItWasTorn() throws IOException {
    StartMark first = mark("b1", "first", 1);
    StartMark second = mark("b1", "se cond\n", 2);
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(first);
    }
    int whole = (int) Files.size(place().running());
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(first);
      marks.add(second);
    }
    byte[] both = Files.readAllBytes(place().running());
    for (int length = 0; length < both.length; length++) {
      Files.write(place().running(), Arrays.copyOf(both, length));
      assertEquals(length < whole ? List.of() : List.of(first), StartMarks.read(place()));
    }
  }

  @Test
  void rule9AFlippedBitIsNeverAnotherMark() throws IOException {
    try (StartMarks marks = StartMarks.begin(place(), List.of())) {
      marks.add(SOME.get(1));
      marks.add(SOME.get(2));
    }
    byte[] good = Files.readAllBytes(place().running());
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(place().running(), bad);
      List<StartMark> read = StartMarks.read(place());
      assertEquals(true, SOME.containsAll(read) && read.size() < 2, read::toString);
    }
  }

  @Test
  void rule9AResultOfTheSameBuildReplacesTheMark() {
    StartMark done = mark("b2", "done", 1);
    StartMark stale = mark("b2", "stale", 1);
    StartMark never = mark("b2", "never", 1);
    try (Cache cache = Cache.open(place(), note -> {})) {
      cache.put(Samples.all("done", "b2"));
      cache.put(Samples.all("stale", "b1"));
      assertEquals(List.of(stale, never), StartMarks.live(List.of(done, stale, never), cache));
    }
  }

  private CachePlace elsewhere(String cache) {
    return CachePlace.find(
            root, Map.of("TORC_CACHE", root.resolve(cache).toString()), ThisHost.system())
        .settle();
  }

  @Test
  void rule9ABuildWithOtherRecordsLeavesAMarkToItsOwner() throws IOException {
    CachePlace one = elsewhere("one");
    CachePlace two = elsewhere("two");
    StartMarks.begin(one, List.of()).add(new StartMark("b1", "job", 1)); // a torc was killed
    for (CachePlace other : List.of(two, place(), two)) {
      try (Cache cache = Cache.open(other, note -> {})) {
        List<StartMark> marks = StartMarks.read(other);
        assertEquals(List.of(), StartMarks.live(marks, cache));
        try (StartMarks mine = StartMarks.begin(cache.place(), List.of())) {
          mine.add(new StartMark("b2", "job", 1));
          assertEquals(2, StartMarks.read(other).size());
          cache.put(Samples.all("job", "b2"));
          mine.clear();
        }
      }
    }
    try (Cache cache = Cache.open(one, note -> {})) {
      assertEquals(
          List.of("job"),
          StartMarks.live(StartMarks.read(one), cache).stream().map(StartMark::job).toList());
      StartMarks.begin(cache.place(), List.of()).close();
    }
    assertEquals(0, Files.size(place().running()), "its owner has answered for it");
  }

  @Test
  void rule9TheProcessesOfAnothersMarkAreEndedOnce() {
    CachePlace one = elsewhere("one");
    StartMarks.begin(one, List.of()).add(new StartMark("b1", "job", 1));
    try (Cache cache = Cache.open(place(), note -> {})) {
      assertEquals(1, StartMarks.running(StartMarks.read(place()), cache).size());
      StartMarks.begin(place(), List.of()).close();
      assertEquals(List.of(), StartMarks.running(StartMarks.read(place()), cache));
    }
    try (Cache cache = Cache.open(one, note -> {})) {
      assertEquals(
          1, StartMarks.running(StartMarks.read(one), cache).size(), "it does not know that");
    }
  }

  @Test
  void theMarksOfOthersAreBounded() throws IOException {
    for (int i = 0; i < 100; i++) {
      StartMarks.begin(elsewhere("cache" + i), List.of()).add(new StartMark("b" + i, "job", 1));
    }
    List<StartMark> marks = StartMarks.read(place());
    assertEquals(65, marks.size());
    assertEquals("b99", marks.getLast().build());
    assertEquals("b35", marks.getFirst().build());
  }
}
