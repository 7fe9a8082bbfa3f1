package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.model.Graph;
import dev.torc.features.fastpath.WatchSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 4 where a file system shows odd times: a time of 0, or one before 1970, is a time like any
 * other, and no word for a missing file; a folder's time that never moves tells nothing.
 */
class Rule04OddTimesTest extends Harness {

  private long ctime;

  @BeforeEach
  void odd() {
    StampSource real = new AgedStamps();
    stamps =
        (folder, path, follow) -> {
          Stamp s = real.at(folder, path, follow);
          return !s.exists() || (folder + "/" + path).contains("/.torc/")
              ? s
              : new Stamp(s.kind(), s.executable(), s.size(), s.mtime(), ctime, s.inode());
        };
    given(
        """
        a: { command: make a, needs: [x, d/, 'e/*'], produces: [a.out, out/] }
        b: { command: make b, needs: { file: opt, optional: true }, produces: b.out }
        """);
    edit("x", "1");
    edit("d/in", "1");
    edit("e/in", "1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1, Long.MIN_VALUE / 2})
  void withAnyTimeEachChangeIsSeen(long time) {
    ctime = time;
    build().ran("a", "b");
    for (String path : new String[] {"x", "d/in", "e/in"}) {
      for (String text : new String[] {"2", "3"}) { // of the same size
        build().ran();
        build().ran();
        assertEquals(0, bytesRead());
        edit(path, text);
        build().ran("a");
        assertEquals("need changed " + path, why("a"));
      }
    }
    edit("opt", "");
    build().ran("b");
    build().ran();
    build().ran();
    edit("opt", "1");
    build().ran("b");
    delete("opt");
    build().ran("b");
    for (String product : new String[] {"a.out", "out/x"}) {
      build().ran();
      build().ran();
      edit(product, "mine");
      build().ran("a");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1})
  void aWatchSeesTheSameChanges(long time) throws IOException {
    ctime = time;
    build().ran("a", "b");
    Graph graph = load().graph();
    WatchSnapshot watch = new WatchSnapshot(graph, graph.allJobs(), null, stamps, FileClock.none());
    assertEquals(Set.of(), watch.look());
    for (String text : new String[] {"2", "3"}) {
      edit("x", text);
      assertEquals(Set.of("x"), watch.look());
      assertEquals(Set.of(), watch.look());
    }
    edit("opt", "");
    assertEquals(Set.of("opt"), watch.look());
    delete("x");
    assertEquals(Set.of("x"), watch.look());
    edit("x", "3");
    assertEquals(Set.of("x"), watch.look());
  }

  @ParameterizedTest
  @ValueSource(strings = {"d/", "e/*", "f/**", "out/"})
  void aFolderWhoseTimeTellsNothingIsListedInEachBuild(String list) {
    StampSource real = stamps;
    stamps =
        new StampSource() {
          @Override
          public Stamp at(Path folder, String path, boolean follow) throws IOException {
            Stamp s = real.at(folder, path, follow);
            return s.kind() == Stamp.FileKind.FOLDER
                ? new Stamp(s.kind(), false, 0, 5, 5, s.inode())
                : s;
          }

          @Override
          public boolean showsNames(Path folder, String path) {
            return false;
          }
        };
    ctime = 5;
    given(
        """
        a: { command: make a, needs: x, produces: out/ }
        b: { command: make b, needs: '%s', produces: b.out }
        c: { command: make c, needs: e/in, produces: c.out }
        """
            .formatted(list));
    edit("f/sub/in", "1");
    build().ran("a", "b", "c");
    build().ran();
    build().ran();
    String folder = list.substring(0, list.indexOf('/'));
    edit(folder + "/more", "1");
    if (folder.equals("out")) {
      build().ran("a");
      assertEquals("product altered out; member added out/more", why("a"));
      return;
    }
    build().ran("b");
    build().ran();
    delete(folder + "/more");
    build().ran("b");
  }
}
