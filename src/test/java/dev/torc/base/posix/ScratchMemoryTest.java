package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScratchMemoryTest {

  private final ScratchMemory scratch = new ScratchMemory();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String at(long address) {
    return new String(Memory.textAt(address), StandardCharsets.UTF_8);
  }

  @Test
  void piecesKeepWhatTheyHoldWhetherTheyFitInFrontOrNot() {
    List<String> texts = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      texts.add("text %d ".formatted(i).repeat(i % 5 == 0 ? 500 : i));
      places.add(scratch.text(bytes(texts.getLast())));
    }
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(texts.get(i), at(places.get(i)));
      assertEquals(0, places.get(i) % Long.BYTES);
    }
  }

  @Test
  void memoryTakenAgainIsClean() {
    for (int i = 0; i < 2000; i++) {
      scratch.text(bytes("something that leaves traces " + i));
    }
    scratch.clear();
    long zeros = scratch.zeros(1024);
    for (int i = 0; i < 1024; i += Long.BYTES) {
      assertEquals(0, Memory.longAt(zeros + i));
    }
    assertEquals("", at(scratch.text(new byte[0])));
  }

  @Test
  void pointersEndWithNullAndLeadToTheirTexts() {
    long given = scratch.text(bytes("given"));
    for (List<String> texts : List.of(List.<String>of(), List.of("one", "", "é"))) {
      long array =
          scratch.pointers(
              new long[] {given}, texts.stream().map(ScratchMemoryTest::bytes).toList());
      assertEquals(given, Memory.longAt(array));
      for (int i = 0; i < texts.size(); i++) {
        assertEquals(texts.get(i), at(Memory.longAt(array + 8L * (i + 1))));
      }
      assertEquals(0, Memory.longAt(array + 8L * (texts.size() + 1)));
    }
  }
}
