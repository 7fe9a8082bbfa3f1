package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(Environment environment, Map<String, String> over) {
    return all(environment.with(over)).stream()
        .map(e -> new String(e, StandardCharsets.UTF_8))
        .toList();
  }

  /** All entries, in the order in which a process gets them. */
  private static List<byte[]> all(Environment.EnvironmentEntries entries) {
    List<byte[]> all = new ArrayList<>();
    for (long address : entries.inherited()) {
      if (address != 0) {
        all.add(Memory.textAt(address));
      }
    }
    all.addAll(entries.own());
    return all;
  }

  private static Environment of(String... entries) {
    return new Environment(Arrays.stream(entries).map(EnvironmentTest::bytes).toList());
  }

  @Test
  void isThatOfThisProcess() {
    Map<String, String> expected = new HashMap<>(System.getenv());
    expected.keySet().removeIf(name -> name.startsWith("TORC_CALLER_"));
    assertEquals(expected, Environment.ofCaller().asMap());
  }

  @Test
  void theCallersLocaleComesBack() {
    assertEquals(
        List.of("A=1", "LC_ALL=de_DE@euro"),
        texts(of("A=1", "LC_ALL=C.UTF-8", "TORC_CALLER_LC_ALL=de_DE@euro"), Map.of()));
    assertEquals(
        List.of("A=1"), texts(of("LC_ALL=C.UTF-8", "A=1", "TORC_CALLER_LC_ALL_UNSET=1"), Map.of()));
    assertEquals(List.of("LC_ALL=C"), texts(of("LC_ALL=C"), Map.of()));
    assertEquals("", of("LC_ALL=C.UTF-8", "TORC_CALLER_LC_ALL=").asMap().get("LC_ALL"));
    assertEquals(Map.of("X", "y"), of("X=y", "TORC_CALLER_OTHER=1").asMap());
  }

  @Test
  void bytesThatAreNoTextPassThrough() {
    byte[] odd = {'X', '=', (byte) 0xff, (byte) 0xfe};
    byte[] nameless = {(byte) 0xc3, 'n'};
    List<byte[]> passed = all(new Environment(List.of(odd, nameless)).with(Map.of()));
    assertArrayEquals(odd, passed.get(0));
    assertArrayEquals(nameless, passed.get(1));
  }

  @Test
  void entriesAreLaidOverOrRemoved() {
    Map<String, String> over = new HashMap<>();
    over.put("B", "new=é");
    over.put("C", null);
    assertEquals(List.of("A=1", "B=new=é"), texts(of("B=1", "A=1", "C=2", "B=3"), over));
  }
}
