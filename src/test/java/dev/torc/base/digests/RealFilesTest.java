package dev.torc.base.digests;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.posix.FileSystems;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
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

  private final Map<String, KnownDigest> store = new HashMap<>();
  private Path root;

  @BeforeEach
  void findRoot() throws IOException {
    root = folder.toRealPath();
    Files.createDirectory(root.resolve(".torc"));
  }

  private DigestMemo build() {
    StampSource stamps = StampSource.of(root.getFileSystem());
    FileClock clock = FileClock.of(root.resolve(".torc/clock"), stamps);
    return new DigestMemo(root, stamps, clock, store::get, store::put);
  }

  /** The digest of a large product, once it is safe; file times lag on a busy machine. */
  private KnownDigest safe(String path) throws IOException {
    KnownDigest known = build().product(path);
    return known.safe() ? known : safe(path);
  }

  @Test
  void largeProductIsKnownToTheNextBuildAndAnEditBehindItsMtimeIsSeen() throws IOException {
    byte[] bytes = new byte[(int) DigestMemo.LARGE];
    Path file = Files.write(root.resolve("large"), bytes);
    FileTime mtime = Files.getLastModifiedTime(file);
    KnownDigest known = safe("large");

    DigestMemo next = build();
    assertEquals(known, next.of("large"));
    assertEquals(0, next.bytesRead());

    bytes[7] = 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, mtime);
    DigestMemo third = build();
    assertEquals(Digest.ofBytes(bytes), third.of("large").digest());
    assertEquals(DigestMemo.LARGE, third.bytesRead());
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
  void aFileOpenForWritingIsReadAgainUntilClosed() throws IOException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "leases are Linux's");
    assumeTrue(FileSystems.networkKind(root).isEmpty(), "network file systems have no leases");
    byte[] bytes = new byte[(int) DigestMemo.LARGE]; // so that only the writer is in the way
    Path file = Files.write(root.resolve("large"), bytes);
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment old;
      try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
        assertFalse(build().product("large").safe());
        old = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes.length, memory);
      }
      assertFalse(build().product("large").safe());
      assertEquals(Map.of(), store);
      old.set(ValueLayout.JAVA_BYTE, 7, (byte) 1);
      bytes[7] = 1;
      assertEquals(Digest.ofBytes(bytes), build().product("large").digest());
    }
    safe("large");
    try (FileChannel reader = FileChannel.open(file, READ)) {
      assertTrue(reader.isOpen());
      store.clear();
      safe("large");
    }
  }

  @Test
  void fifoAndDeviceAreRefusedUnopened() throws Exception {
    Path fifo = Files.createDirectory(root.resolve("d")).resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    for (String path : new String[] {"d/fifo", "/dev/zero"}) {
      IOException e = assertThrows(IOException.class, () -> build().of(path));
      assertEquals(
          "cannot read " + path + ": it is a FIFO, socket or device, not a file", e.getMessage());
    }
    IOException e = assertThrows(IOException.class, () -> build().folder("d", true));
    assertEquals("cannot read d/fifo: it is a FIFO, socket or device, not a file", e.getMessage());
  }
}
