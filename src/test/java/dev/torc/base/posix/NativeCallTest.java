package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCallTest {

  @TempDir Path folder;

  /**
   * A library that every JVM brings: {@code jint ZIP_CRC32(jint crc, const jbyte *, jint length)}.
   */
  private static Path zip() {
    return Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));
  }

  private static int crc(NativeCall crc32, byte[] bytes) {
    Memory memory = Memory.of(bytes.length);
    memory.put(0, bytes);
    int crc = (int) crc32.pointer(0, memory.address(), bytes.length);
    Reference.reachabilityFence(memory);
    return crc;
  }

  private static int expected(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Test
  void itsFunctionsAreCalledByNameAlsoWhenTheFileIsGone() throws Exception {
    Path copy = Files.copy(zip(), folder.resolve("a library.so"));
    NativeCall crc32 = NativeCall.in(copy, "ZIP_CRC32");
    Files.delete(copy);
    byte[] bytes = "torc".getBytes(StandardCharsets.UTF_8);
    assertEquals(expected(bytes), crc(crc32, bytes));
  }

  @Test
  void aResultIsNoErrnoWhateverItIs() {
    NativeCall crc32 = NativeCall.in(zip(), "ZIP_CRC32");
    byte[] bytes = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    assertEquals(-1, expected(bytes));
    assertEquals(-1, crc(crc32, bytes));
  }

  @Test
  void aVariadicFunctionGetsItsThirdArgument() throws Exception {
    long readable = NativeCall.number(0x541b, 0x4004667f); // FIONREAD
    Path file = Files.writeString(folder.resolve("file"), "torc");
    NativeCall ioctl = NativeCall.of("ioctl");
    Memory count = Memory.of(Integer.BYTES);
    Descriptor open = Descriptor.open(file.toString(), false);
    try {
      assertEquals(0, ioctl.callVariadic(open.number(), readable, count.address()));
      assertEquals(4, count.getInt(0));
    } finally {
      open.close();
    }
    int notOpen = 9; // EBADF
    assertEquals(-notOpen, ioctl.callVariadic(-1, readable, count.address()));
  }

  @Test
  void missingFunctionsAreNamed() {
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> NativeCall.in(zip(), "no_such_function"));
    assertEquals(zip() + " has no no_such_function", e.getMessage());
  }

  @Test
  void anUnloadableLibraryIsNamedWithTheSystemsReason() throws Exception {
    Path missing = folder.resolve("missing.so");
    UnsatisfiedLinkError e =
        assertThrows(UnsatisfiedLinkError.class, () -> NativeCall.in(missing, "f"));
    assertTrue(e.getMessage().contains(missing.toString()), e.getMessage());

    Path garbled = Files.writeString(folder.resolve("garbled.so"), "no library\n");
    e = assertThrows(UnsatisfiedLinkError.class, () -> NativeCall.in(garbled, "f"));
    assertTrue(e.getMessage().contains(garbled.toString()), e.getMessage());
  }
}
