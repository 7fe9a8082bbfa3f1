package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MemoryTest {

  @Test
  void isOfZerosAndHoldsWhatWasPut() {
    Memory memory = Memory.of(24);
    assertEquals(24, memory.size());
    assertArrayEquals(new byte[24], all(memory));
    memory.put(8, Memory.bytes(new long[] {0x0102030405060708L}));
    assertEquals(0x0102030405060708L, memory.getLong(8));
    assertEquals(0x0102030405060708L, Memory.longAt(memory.address() + 8));
    memory.put(5, new byte[] {1, 0, 0, 2});
    assertArrayEquals(new byte[] {1, 0, 0, 2}, Arrays.copyOfRange(all(memory), 5, 9));
    assertEquals(1, (byte) Memory.longAt(memory.address() + 5));
    memory.put(16, Memory.bytes(new long[] {-2}));
    assertEquals(
        -2, memory.getInt(16), "the low half comes first on every machine that torc knows");
    Reference.reachabilityFence(memory);
  }

  @Test
  void nothingGoesBeyondItsEnds() {
    Memory memory = Memory.of(16);
    assertThrows(IndexOutOfBoundsException.class, () -> memory.put(9, new byte[8]));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.put(-1, new byte[8]));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(9));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.getInt(13));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.put(10, new byte[7]));
    assertArrayEquals(new byte[16], all(memory), "nothing was written");
    Reference.reachabilityFence(memory);
  }

  @Test
  void aTextEndsWithItsNul() {
    Memory text = Memory.ofText("é1");
    assertEquals(4, text.size());
    assertEquals("é1", new String(Memory.textAt(text.address()), StandardCharsets.UTF_8));
    assertEquals("1", new String(Memory.textAt(text.address() + 2), StandardCharsets.UTF_8));
    assertEquals(0, Memory.textAt(text.address() + 3).length);
    assertNull(Memory.textAt(0), "NULL is no text");
    Reference.reachabilityFence(text);
  }

  private static byte[] all(Memory memory) {
    byte[] all = new byte[memory.size()];
    memory.get(0, all, 0, all.length);
    return all;
  }
}
