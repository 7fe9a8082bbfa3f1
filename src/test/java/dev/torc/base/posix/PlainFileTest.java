package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files, as {@link Files} reads and writes them. */
class PlainFileTest {

  @TempDir Path folder;

  @Test
  void writtenBytesAreRead() throws IOException {
    try (FileSystem other = Jimfs.newFileSystem(Configuration.unix())) {
      for (Path in : new Path[] {folder, other.getPath("/work")}) {
        for (int size : new int[] {0, 1, PlainFile.PIECE - 1, PlainFile.PIECE, 100_000}) {
          byte[] bytes = new byte[size];
          new Random(size).nextBytes(bytes);
          Path file = in.resolve("file " + size + " é");
          PlainFile.write(file, "more than there will be".getBytes());
          PlainFile.write(file, bytes);
          assertArrayEquals(bytes, Files.readAllBytes(file));
          assertArrayEquals(bytes, PlainFile.read(file, 1 << 20));
        }
      }
    }
  }

  @Test
  void reasonsOfTheSystemAreToldApart() {
    Path none = folder.resolve("none/file");
    assertThrows(NoSuchFileException.class, () -> PlainFile.open(none));
    assertThrows(NoSuchFileException.class, () -> PlainFile.read(none, 1 << 20));
    assertThrows(NoSuchFileException.class, () -> PlainFile.write(none, new byte[1]));
    FileSystemException isFolder =
        assertThrows(FileSystemException.class, () -> PlainFile.write(folder, new byte[1]));
    assertEquals("Is a directory", isFolder.getReason());
  }
}
