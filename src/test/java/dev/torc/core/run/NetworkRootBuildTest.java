package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.ThisHost;
import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 10, network roots: clocks that differ, and {@code torc clean}; stories test what several
 * hosts build.
 */
class NetworkRootBuildTest {

  @TempDir Path temp;

  private Harness torc;
  private ThisHost one;
  private ThisHost two;

  @BeforeEach
  void chain() {
    one = SharingHost.named("one", temp);
    two = SharingHost.named("two", temp);
    torc = new Harness(temp.resolve("root"));
    torc.stamps = new AgedStamps();
    torc.given(
        """
        first: {command: stub, needs: source, produces: middle}
        second: {command: stub, needs: middle, produces: end}
        """);
    torc.edit("source", "0");
  }

  private Harness on(ThisHost host) {
    torc.here = host;
    return torc.build();
  }

  /** The clock of a host may be ahead of the server's, or behind: files are dated by the server. */
  @ParameterizedTest
  @ValueSource(longs = {-3600, 3600})
  void aClockThatIsWrongMakesNoDifference(long seconds) {
    torc.stamps = new ShiftedStamps(seconds);
    on(one).ran("first", "second");
    on(two).ran();
    for (int i = 1; i <= 5; i++) {
      torc.edit("source", "" + i);
      on(i % 2 == 0 ? one : two).ran("first", "second");
      on(one).ran();
      on(two).ran();
    }
    torc.stamps = StampSource.of(FileSystems.getDefault()); // the clock was set
    torc.edit("source", "6");
    on(one).ran("first", "second");
    on(two).ran();
  }

  /** Stamps of a server whose clock differs from that of the hosts. */
  private record ShiftedStamps(StampSource real, long nanos) implements StampSource {
    ShiftedStamps(long seconds) {
      this(StampSource.of(FileSystems.getDefault()), TimeUnit.SECONDS.toNanos(seconds));
    }

    @Override
    public Stamp at(Path folder, String path, boolean follow) throws IOException {
      return shifted(real.at(folder, path, follow));
    }

    private Stamp shifted(Stamp s) {
      return s.exists()
          ? new Stamp(
              s.kind(),
              s.executable(),
              s.size(),
              s.mtime() + nanos,
              s.ctime() + nanos,
              s.inode(),
              s.attributes())
          : s;
    }
  }

  @Test
  void jobsElsewhereDoNotKeepOthersFromCleaning() throws Exception {
    on(one);
    torc.force = true;
    torc.deadly("first", torc::work);
    on(one);
    torc.here = two;
    assertEquals(List.of(), clean("second"));
    assertFalse(torc.exists("end"));
    assertEquals(1, clean().size());
    assertTrue(clean().getFirst().startsWith("first may still be running on one (pid "));
    assertTrue(torc.exists("middle"));
    torc.gone = Set.of("one");
    assertEquals(List.of(), clean());
    assertFalse(torc.exists("middle"));
  }

  /** Cleans, and returns the warnings. */
  private List<String> clean(String... targets) throws Exception {
    List<Call.Given> given = new ArrayList<>(List.of(new Call.Given("--trust-lock", "true")));
    List.of(targets).forEach(target -> given.add(new Call.Given("TARGET", target)));
    torc.gone.forEach(host -> given.add(new Call.Given("--gone", host)));
    StringWriter err = new StringWriter();
    Answers.print(torc.call(new StringWriter(), err, "clean", given.toArray(Call.Given[]::new)));
    return err.toString()
        .lines()
        .filter(line -> line.startsWith("warning: "))
        .map(line -> line.substring("warning: ".length()))
        .toList();
  }
}
