package dev.torc.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HasherTest {

  @TempDir Path folder;

  @Test
  void hashesEveryByteOfFilesAroundTheBufferSize() throws IOException {
    Hasher hasher = new Hasher();
    long total = 0;
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 200_000}) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (i * 31 + (i >> 8));
      }
      Path file = Files.write(folder.resolve("f" + size), bytes);
      assertEquals(DigestUtils.sha256Hex(bytes), hasher.file(file).hex());
      total += size;
    }
    assertEquals(total, hasher.bytesRead());
    assertEquals(6, hasher.filesHashed());
  }

  @Test
  void whatCannotBeReadIsNamedInOneLine() {
    Hasher hasher = new Hasher();
    assertThrows(NoSuchFileException.class, () -> hasher.file(folder.resolve("none")));
    IOException e = assertThrows(IOException.class, () -> hasher.file(folder));
    assertEquals("cannot read " + folder + ": is a directory", e.getMessage());
    assertEquals(0, hasher.filesHashed());
  }
}
