package dev.torc.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarksTest {

  @TempDir Path root;

  private CachePlace place() {
    return CachePlace.find(root, Map.of());
  }

  private static final List<Marks.Mark> SOME =
      Samples.NAMES.stream().map(name -> new Marks.Mark("b1", name, name.length())).toList();

  @Test
  void rule9AMarkOutlivesWhoMadeIt() {
    assertEquals(List.of(), Marks.read(place()));
    try (Marks marks = Marks.begin(place())) {
      SOME.forEach(marks::add);
      assertEquals(SOME, Marks.read(place()), "without closing, as after kill -9");
    }
    assertEquals(SOME, Marks.read(place()));
    try (Marks marks = Marks.begin(place())) {
      assertEquals(List.of(), Marks.read(place()));
      marks.add(SOME.get(3));
      marks.clear();
      assertEquals(List.of(), Marks.read(place()));
      marks.add(SOME.get(4));
      assertEquals(SOME.subList(4, 5), Marks.read(place()));
    }
  }

  @Test
  void rule9ATornLineIsSkippedWhereverItWasTorn() throws IOException {
    Marks.Mark first = new Marks.Mark("b1", "first", 1);
    Marks.Mark second = new Marks.Mark("b1", "se cond\n", 2);
    try (Marks marks = Marks.begin(place())) {
      marks.add(first);
    }
    int whole = (int) Files.size(place().running());
    try (Marks marks = Marks.begin(place())) {
      marks.add(first);
      marks.add(second);
    }
    byte[] both = Files.readAllBytes(place().running());
    for (int length = 0; length < both.length; length++) {
      Files.write(place().running(), Arrays.copyOf(both, length));
      assertEquals(length < whole ? List.of() : List.of(first), Marks.read(place()));
    }
  }

  @Test
  void rule9AFlippedBitIsNeverAnotherMark() throws IOException {
    try (Marks marks = Marks.begin(place())) {
      marks.add(SOME.get(1));
      marks.add(SOME.get(2));
    }
    byte[] good = Files.readAllBytes(place().running());
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(place().running(), bad);
      List<Marks.Mark> read = Marks.read(place());
      assertEquals(true, SOME.containsAll(read) && read.size() < 2, read::toString);
    }
  }

  @Test
  void rule9AResultOfTheSameBuildReplacesTheMark() {
    Marks.Mark done = new Marks.Mark("b2", "done", 1);
    Marks.Mark stale = new Marks.Mark("b2", "stale", 1);
    Marks.Mark never = new Marks.Mark("b2", "never", 1);
    try (Cache cache = Cache.open(place(), note -> {})) {
      cache.put(Samples.all("done", "b2"));
      cache.put(Samples.all("stale", "b1"));
      assertEquals(List.of(stale, never), Marks.live(List.of(done, stale, never), cache));
    }
  }
}
