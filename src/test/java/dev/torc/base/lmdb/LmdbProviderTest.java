package dev.torc.base.lmdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lmdbjava.Meta;

/** The calls that lmdbjava makes, and the memory that it takes for them. */
class LmdbProviderTest {

  static {
    LmdbProvider.use();
  }

  @TempDir Path folder;

  @Test
  void theLibraryIsNamedByItsNumbers() {
    assertEquals(0, Meta.version().major);
    assertEquals(9, Meta.version().minor);
    assertEquals("MDB_NOTFOUND: No matching key/data pair found", Meta.error(-30798));
  }

  @Test
  void aLibraryThatCannotBeLoadedIsToldAtEachCall() throws Exception {
    Path garbled = Files.writeString(folder.resolve("lmdb.so"), "no library");
    LmdbCalls calls = new LmdbCalls(garbled) {};
    for (int i = 0; i < 2; i++) {
      UnsatisfiedLinkError told =
          assertThrows(
              UnsatisfiedLinkError.class, () -> calls.call("mdb_env_create", new Object[] {null}));
      assertTrue(told.getMessage().contains(garbled.toString()), told.getMessage());
    }
  }

  @Test
  void memoryIsZeroAndApartFromOther() {
    LmdbRuntime memory = LmdbRuntime.INSTANCE;
    byte[] ones = new byte[40_000];
    Arrays.fill(ones, (byte) 1);
    long end = 0;
    for (int size : new int[] {1, 0, 7, 8, 40_000, 9, 16_384, 1}) {
      Pointer pointer = memory.allocateDirect(size);
      assertEquals(0, pointer.address() % Long.BYTES);
      byte[] bytes = new byte[size];
      pointer.get(0, bytes, 0, size);
      assertArrayEquals(new byte[size], bytes, "size " + size);
      assertTrue(pointer.address() >= end || pointer.address() + size <= end - 1, "size " + size);
      pointer.put(0, ones, 0, size);
      memory.newPointer(pointer.address(), size).get(0, bytes, 0, size);
      assertArrayEquals(Arrays.copyOf(ones, size), bytes);
      end = pointer.address() + size;
    }
  }
}
