package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal of section 10 as a file: what is in it, and which part is left when it is torn. */
class JournalTest {

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  private static Batch.Change change(String key, String value) {
    return new Batch.Change(RecordTree.RESULTS, bytes(key), value == null ? null : bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Makes a journal with a frame for each value. Returns the ends of its header and each frame. */
  private List<JournalPosition> make(String... values) throws IOException {
    List<JournalPosition> ends = new ArrayList<>();
    try (Journal journal = Journal.make(file(), visitor -> {})) {
      ends.add(journal.end());
      for (String value : values) {
        journal.append(List.of(change("k", value)));
        ends.add(journal.end());
      }
    }
    return ends;
  }

  /** The values in the journal, a line for each frame. */
  private List<String> read(JournalPosition from) throws IOException, JournalReader.Damaged {
    List<String> values = new ArrayList<>();
    try (JournalReader in = JournalReader.open(file())) {
      assertTrue(from == null || in.goTo(from));
      for (var changes = in.next(); changes != null; changes = in.next()) {
        StringBuilder line = new StringBuilder();
        for (Batch.Change change : changes) {
          assertEquals(RecordTree.RESULTS, change.tree);
          line.append(
              change.value == null ? "-" : new String(change.value, StandardCharsets.UTF_8));
        }
        values.add(line.toString());
      }
    }
    return values;
  }

  @Test
  void appendedRecordsComeBackInOrder() throws Exception {
    List<JournalPosition> ends = make("1", null, "", "x".repeat(1 << 20), "5");
    assertEquals(List.of("1", "-", "", "x".repeat(1 << 20), "5"), read(null));
    assertEquals(List.of("", "x".repeat(1 << 20), "5"), read(ends.get(2)));
    assertEquals(List.of(), read(ends.getLast()));
    assertEquals(Files.size(file()), ends.getLast().end());
  }

  @Test
  void aPositionComesBackFromItsBytes() throws Exception {
    JournalPosition end = make("1").getLast().with(77);
    assertEquals(end, JournalPosition.of(end.bytes()));
    assertNull(JournalPosition.of(null));
    assertNull(JournalPosition.of(new byte[] {5, 1}));
  }

  /** Cut off at any byte, all frames before are there, and the next one is written behind them. */
  @Test
  void tornAtAnyByteItEndsBeforeTheTornFrame() throws Exception {
    List<JournalPosition> ends = make("1", "22", "333");
    byte[] whole = Files.readAllBytes(file());
    for (int size = JournalReader.HEADER; size <= whole.length; size++) {
      int cut = size;
      Files.write(file(), Arrays.copyOf(whole, size));
      int frames = (int) ends.stream().filter(end -> end.end() <= cut).count() - 1;
      assertEquals(List.of("1", "22", "333").subList(0, frames), read(null), "cut at " + size);
      try (Journal journal = Journal.open(file(), ends.get(frames))) {
        journal.append(List.of(change("k", "new")));
      }
      List<String> all = read(null);
      assertEquals(frames + 1, all.size(), "cut at " + size);
      assertEquals("new", all.getLast());
    }
  }

  /** A page that never reached the disk holds zeros, or the bytes that were there before. */
  @Test
  void aLastFrameOfZerosOrRubbishIsTorn() throws Exception {
    List<JournalPosition> ends = make("1", "x".repeat(9000));
    byte[] whole = Files.readAllBytes(file());
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      byte[] torn = whole.clone();
      int from = (int) ends.get(1).end() + random.nextInt(9000);
      int to = from + 1 + random.nextInt(whole.length - from);
      for (int i = from; i < to; i++) {
        torn[i] = round % 2 == 0 ? 0 : (byte) (torn[i] ^ 1 + random.nextInt(255));
      }
      Files.write(file(), torn);
      assertEquals(List.of("1"), read(null));
    }
  }

  /** The frames that were on the disk before the last one was begun cannot be torn. */
  @Test
  void aFrameThatIsNotWholeBeforeOthersIsDamage() throws Exception {
    List<JournalPosition> ends = make("1", "22", "333");
    byte[] whole = Files.readAllBytes(file());
    for (int at = JournalReader.HEADER; at < ends.get(2).end(); at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file(), damaged);
      String said = assertThrows(JournalReader.Damaged.class, () -> read(null)).getMessage();
      long begin = at < ends.get(1).end() ? ends.get(0).end() : ends.get(1).end();
      assertEquals("damaged at byte " + begin, said);
    }
  }

  @Test
  void anotherVersionAndAnotherFileAreTold() throws Exception {
    make("1");
    byte[] whole = Files.readAllBytes(file());
    for (String line : List.of("torc journal 2, records 3, x", "torc journal 1, records 9, x")) {
      Files.writeString(file(), line + "y".repeat(60) + "\n");
      assertEquals(
          "of another version of torc",
          assertThrows(JournalReader.Damaged.class, () -> read(null)).getMessage());
    }
    for (int size = 0; size < JournalReader.HEADER; size++) {
      Files.write(file(), Arrays.copyOf(whole, size));
      assertThrows(JournalReader.Damaged.class, () -> read(null));
    }
    Files.writeString(file(), "notes\n".repeat(30));
    assertEquals(
        "not a journal", assertThrows(JournalReader.Damaged.class, () -> read(null)).getMessage());
  }

  /** A frame with a tree that only a later torc knows does not count as the journal's end. */
  @Test
  void aFrameOfALaterVersionIsTold() throws Exception {
    List<JournalPosition> ends = make("1");
    byte[] frame = JournalFrame.of(List.of(change("k", "2")), ends.getLast().chain());
    frame[JournalFrame.HEAD] = 99;
    byte[] summed = resum(frame, ends.getLast().chain());
    Files.write(file(), summed, java.nio.file.StandardOpenOption.APPEND);
    assertEquals(
        "of another version of torc at byte " + ends.getLast().end(),
        assertThrows(JournalReader.Damaged.class, () -> read(null)).getMessage());
  }

  /** Gives a frame the right checksum of its bytes. */
  private static byte[] resum(byte[] frame, int before) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(
        java.nio.ByteBuffer.allocate(2 * Integer.BYTES).putInt(before).putInt(frame.length).flip());
    crc.update(frame, JournalFrame.HEAD, frame.length - JournalFrame.HEAD);
    java.nio.ByteBuffer.wrap(frame).putInt(3 * Integer.BYTES, (int) crc.getValue());
    return frame;
  }

  /** A journal that came back from a backup, and grew again, has the id but not the frames. */
  @Test
  void aPositionCountsForTheFramesBeforeItOnly() throws Exception {
    List<JournalPosition> ends = make("1", "22", "333");
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, (int) ends.get(2).end()));
    try (JournalReader in = JournalReader.open(file())) {
      assertFalse(in.goTo(ends.get(3)));
      assertTrue(in.goTo(ends.get(2)));
    }
    try (Journal journal = Journal.open(file(), ends.get(2))) {
      journal.append(List.of(change("k", "444")));
      assertEquals(ends.get(3).end(), journal.end().end());
    }
    try (JournalReader in = JournalReader.open(file())) {
      assertFalse(in.goTo(ends.get(3)));
      assertFalse(in.goTo(null));
    }
    make("1", "22", "333");
    try (JournalReader in = JournalReader.open(file())) {
      assertFalse(in.goTo(ends.get(3)), "another journal");
    }
  }

  /** Section 10: a journal is rewritten when more than half of it and 16 MiB are dead. */
  @Test
  void itIsMostlyDeadWhenMoreThanHalfAndSixteenMegabytesAre() throws Exception {
    try (Journal journal = Journal.make(file(), visitor -> {})) {
      String megabyte = "x".repeat(1 << 20);
      for (int i = 1; i <= 17; i++) {
        assertFalse(journal.isMostlyDead());
        journal.append(List.of(change("k", megabyte)));
        journal.grown(i == 1 ? 1 << 20 : 0);
      }
      assertTrue(journal.isMostlyDead());
      journal.grown(8 << 20);
      assertFalse(journal.isMostlyDead());
    }
  }

  @Test
  void aNewOneHoldsAllRecordsOfAllTrees() throws Exception {
    byte[] large = new byte[700_000];
    try (Journal journal =
        Journal.make(
            file(),
            visitor -> {
              for (RecordTree tree : RecordTree.values()) {
                visitor.accept(List.of(new Batch.Change(tree, bytes("a"), large)));
                visitor.accept(List.of(new Batch.Change(tree, bytes("b"), bytes("small"))));
              }
            })) {
      assertFalse(journal.isMostlyDead());
      assertTrue(journal.end().live() <= journal.end().end());
    }
    int records = 0;
    try (JournalReader in = JournalReader.open(file())) {
      for (var changes = in.next(); changes != null; changes = in.next()) {
        for (Batch.Change change : changes) {
          assertEquals(RecordTree.values()[records / 2], change.tree);
          assertArrayEquals(records % 2 == 0 ? large : bytes("small"), change.value);
          records++;
        }
      }
    }
    assertEquals(2 * RecordTree.values().length, records);
    assertFalse(Files.exists(folder.resolve("journal.new")));
  }

  /** If the new journal cannot be written, the old one stays, and no other file does. */
  @Test
  void aNewOneThatFailsIsNone() throws Exception {
    make("1");
    CacheException failure = new CacheException("cannot read");
    assertSame(
        failure,
        assertThrows(
            CacheException.class,
            () ->
                Journal.make(
                    file(),
                    visitor -> {
                      visitor.accept(
                          List.of(
                              new Batch.Change(RecordTree.RESULTS, bytes("a"), new byte[3 << 20])));
                      throw failure;
                    })));
    assertEquals(List.of("1"), read(null));
    assertFalse(Files.exists(folder.resolve("journal.new")));
  }

  /** A host that lost its lock without being told must not write over what another one wrote. */
  @Test
  void recordsOfAnotherHostStay() throws Exception {
    JournalPosition end = make("1").getLast();
    try (Journal lost = Journal.open(file(), end);
        Journal holder = Journal.open(file(), end)) {
      holder.append(List.of(change("k", "2")));
      FileSystemException refused =
          assertThrows(FileSystemException.class, () -> lost.append(List.of(change("k", "lost"))));
      assertEquals(
          "another host has written to it; build again when it is done", refused.getReason());
      holder.append(List.of(change("k", "3")));
    }
    assertEquals(List.of("1", "2", "3"), read(null));
  }
}
