package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.cache.SharingHost;
import dev.torc.cache.ThisHost;
import dev.torc.hash.AgedStamps;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 10, network roots: builds of one root by several hosts, one after the other. */
class SharedRootBuildTest {

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

  @Test
  void whatOneHasBuiltTheOtherDoesNotBuildAgain() {
    on(one).ran("first", "second");
    on(two).ran();
    torc.edit("source", "1");
    on(two).ran("first", "second");
    on(one).ran();
    on(one).ran();
  }

  /** What this host left at rest counts for the records of then only. */
  @Test
  void aFailureElsewhereIsKnownWhereAllWasAtRest() {
    on(one).ran("first", "second");
    on(one).ran(); // at rest
    torc.edit("source", "1");
    torc.failing("first");
    on(two);
    assertEquals(1, torc.exit);
    torc.usual("first");
    torc.edit("source", "0");
    on(one);
    assertTrue(torc.why("first").contains("failed"), torc.why("first"));
    torc.ran("first");
  }

  @Test
  void aCleanElsewhereIsKnownWhereAllWasAtRest() throws Exception {
    on(one).ran("first", "second");
    on(one).ran();
    on(two).ran();
    torc.edit("middle", "edited");
    on(two).ran("first");
    on(one).ran();
  }

  @Test
  void aNewHostKnowsWhatTheOthersBuilt() {
    on(one).ran("first", "second");
    for (String name : new String[] {"three", "four"}) {
      on(SharingHost.named(name, temp)).ran();
    }
  }
}
