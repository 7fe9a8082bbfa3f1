package dev.torc.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 4 on the machine's own file system, with its stamps and its clock. */
class RealFilesTest {

  @TempDir Path folder;

  private final Map<String, Known> store = new HashMap<>();
  private Path root;

  @BeforeEach
  void findRoot() throws IOException {
    root = folder.toRealPath();
    Files.createDirectory(root.resolve(".torc"));
  }

  private Digests build() {
    StampSource stamps = StampSource.of(root.getFileSystem());
    FileClock clock = FileClock.of(root.resolve(".torc/clock"), stamps);
    return new Digests(root, stamps, clock, store::get, store::put);
  }

  @Test
  void largeProductIsKnownToTheNextBuildAndAnEditBehindItsMtimeIsSeen() throws IOException {
    byte[] bytes = new byte[(int) Digests.LARGE];
    Path file = Files.write(root.resolve("large"), bytes);
    FileTime mtime = Files.getLastModifiedTime(file);
    Known known = build().product("large");
    assertTrue(known.safe());

    Digests next = build();
    assertEquals(known, next.of("large"));
    assertEquals(0, next.bytesRead());

    bytes[7] = 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, mtime);
    Digests third = build();
    assertEquals(Digest.of(Hasher.sha256().digest(bytes)), third.of("large").digest());
    assertEquals(Digests.LARGE, third.bytesRead());
  }

  @Test
  void linksAreFollowedAndWhatTheyLeadToIsWatched() throws IOException {
    Files.writeString(root.resolve("a"), "one");
    Files.createSymbolicLink(root.resolve("link"), Path.of("a"));
    assertEquals(Digest.ofText("one"), build().of("link").digest());
    Files.writeString(root.resolve("a"), "three");
    assertEquals(Digest.ofText("three"), build().of("link").digest());
  }

  @Test
  void fifoAndDeviceAreRefusedUnopened() throws Exception {
    Path fifo = Files.createDirectory(root.resolve("d")).resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    for (String path : new String[] {"d/fifo", "/dev/zero"}) {
      IOException e = assertThrows(IOException.class, () -> build().of(path));
      assertEquals(path + " is a FIFO, socket or device, not a file", e.getMessage());
    }
    IOException e = assertThrows(IOException.class, () -> build().folder("d", true));
    assertEquals("d/fifo is a FIFO, socket or device, not a file", e.getMessage());
  }
}
