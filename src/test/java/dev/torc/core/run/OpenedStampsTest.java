package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.memory.SharingHost;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network root is decided by stamps of opened files, a local root by stamps of one call each. */
class OpenedStampsTest extends Harness {

  @TempDir Path disk;

  private final Client client = new Client();

  /**
   * A client of a network file system: it repeats its first stamp of a file until that is opened.
   */
  private static final class Client implements StampSource {
    // No stamp is racy: if one could not be trusted, torc would read the bytes and see the edit.
    private final StampSource real = new AgedStamps();
    private final StampSource opened =
        new AgedStamps(StampSource.of(FileSystems.getDefault()).opened());
    final Map<String, Stamp> known = new ConcurrentHashMap<>();
    final AtomicInteger opens = new AtomicInteger();
    boolean remembers;

    @Override
    public Stamp at(Path folder, String path, boolean follow) throws IOException {
      String how = follow ? "" : " itself";
      return remembered(folder.resolve(path), how, real.at(folder, path, follow));
    }

    private Stamp remembered(Path path, String how, Stamp now) {
      Stamp before = known.putIfAbsent(path + how, now);
      boolean shared = path.endsWith("in") || path.endsWith("out");
      return remembers && before != null && shared ? before : now;
    }

    @Override
    public StampSource opened() {
      return (folder, path, follow) -> {
        opens.incrementAndGet();
        return opened.at(folder, path, follow);
      };
    }
  }

  @BeforeEach
  void aCopyOfAFile() {
    stamps = client;
    given("a: { command: cp in out, needs: in, produces: out }");
    edit("in", "one");
  }

  @AfterEach
  void nothingIsRememberedWhileItIsTakenAway() {
    client.remembers = false;
  }

  /** The root is on a network file system. */
  private void share() {
    here = new SharingHost("login1", ThisHost.system().boot(), disk.resolve("torc-1"));
  }

  /** Another host writes a file while this one remembers how it was. */
  private void editElsewhere(String text) {
    client.known.clear();
    build().ran();
    client.remembers = false;
    edit("in", text);
    client.remembers = true; // the stamp from before the edit
  }

  @Test
  void aLocalRootIsNeverAskedByOpening() {
    build().ran("a");
    build().ran();
    edit("in", "two");
    build().ran("a");
    assertEquals(0, client.opens.get());
  }

  @Test
  void withoutOpeningAnEditOfAnotherHostIsNotSeen() {
    build().ran("a");
    editElsewhere("two");
    build().ran();
  }

  @Test
  void aNeedEditedByAnotherHostRunsItsJob() {
    share();
    build().ran("a");
    editElsewhere("two");
    build().ran("a");
    assertEquals("need changed in", why("a"));
    assertTrue(client.opens.get() > 0);
    client.remembers = false;
    build().ran();
  }

  @Test
  void aFileMadeByAnotherHostIsFound() {
    share();
    client.remembers = true;
    build().ran("a");
    build().ran();
    assertEquals(0, exit);
  }

  @Test
  void asManyLooksAsOnALocalRoot() {
    build().ran("a");
    long local = stats();
    delete(".torc");
    delete("out");
    share();
    build().ran("a");
    assertEquals(local, stats());
  }
}
