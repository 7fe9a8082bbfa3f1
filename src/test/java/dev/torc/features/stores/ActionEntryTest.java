package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torc.base.digests.Digest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Entries as Bazel's servers want them; {@code SharedServersIT} sends them to such servers. */
class ActionEntryTest {

  private static final Blob RECORD = new Blob(Digest.ofText("record"), 300);

  private static final byte[] ENTRY =
      HexFormat.of()
          .parseHex(
              "124d" // output_files, 77 bytes
                  + "0a04746f7263" // path "torc"
                  + "1245" // digest, 69 bytes
                  + "0a40" // hash, 64 bytes
                  + HexFormat.of().formatHex(RECORD.name().getBytes())
                  + "10ac02"); // size_bytes 300

  @Test
  void anEntryNamesOneBlob() throws Exception {
    assertArrayEquals(ENTRY, ActionEntry.encode(RECORD));
    assertEquals(RECORD, ActionEntry.decode(ENTRY));
    assertEquals(RECORD, new Blob(Digest.ofText("record").executable(), 300));
    Blob empty = new Blob(Digest.ofText(""), 0);
    assertEquals(empty, ActionEntry.decode(ActionEntry.encode(empty)));
  }

  @Test
  void otherFieldsAreNotRead() throws Exception {
    String other = "1208" + "0a06" + "2f6f74686572"; // another output file
    String exit = "2001"; // exit_code 1
    String stdout = "2a03616263"; // stdout_raw
    String fixed = "fd0701020304" + "f9070102030405060708"; // fields of four and of eight bytes
    String all = other + exit + stdout + fixed + HexFormat.of().formatHex(ENTRY) + stdout;
    assertEquals(RECORD, ActionEntry.decode(HexFormat.of().parseHex(all)));
  }

  @Test
  void sizesAreOfAsManyBytesAsTheyTake() throws Exception {
    for (long size : new long[] {0, 1, 127, 128, 16_383, 16_384, SealedRecord.MOST}) {
      Blob blob = new Blob(RECORD.digest(), size);
      byte[] entry = ActionEntry.encode(blob);
      assertEquals(blob, ActionEntry.decode(entry));
      int bytes = size < 128 ? 1 : size < 16_384 ? 2 : size < SealedRecord.MOST ? 3 : 4;
      assertEquals(ENTRY.length - 2 + bytes, entry.length);
    }
  }

  @Test
  void anEntryWithoutARecordIsRefused() {
    String none = "its entry names no record of torc's";
    String file = "1208" + "0a06" + "2f6f74686572";
    String empty = "1208" + "0a04746f7263" + "1200";
    for (String bytes : new String[] {"", "2001", file, empty, "12", "1205", "80", "12ff01"}) {
      assertEquals(none, refusal(bytes), bytes);
    }
    byte[] large = ActionEntry.encode(new Blob(RECORD.digest(), SealedRecord.MOST + 1L));
    assertEquals(
        "its entry names a record of 16777217 bytes", refusal(HexFormat.of().formatHex(large)));
    assertEquals(none, refusal("00".repeat(65536)));
    assertEquals("its entry is longer than 65536 bytes", refusal("00".repeat(65537)));
  }

  @Test
  void damageIsRefusedOrHarmless() {
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(ENTRY, 1 + random.nextInt(ENTRY.length));
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      try {
        ActionEntry.decode(bytes);
      } catch (StoreRefusal e) {
        refused++;
      }
    }
    assertEquals(true, refused > 10_000, refused + " refused");
  }

  private static String refusal(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return assertThrows(StoreRefusal.class, () -> ActionEntry.decode(bytes)).getMessage();
  }
}
