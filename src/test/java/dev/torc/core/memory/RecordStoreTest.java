package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lmdbjava.ByteArrayProxy.PROXY_BA;

import dev.torc.core.memory.Cache.CacheSettings;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.LmdbNativeException;

/** The trees of bytes: values are read as they were written, and no failure ends the JVM. */
@Isolated("the open files of the process are counted")
class RecordStoreTest {

  private static final RecordStore.Seal SEAL = new RecordStore.Seal(CacheSettings.system(), null);

  private static final int ENOENT = 2;
  private static final RecordTree TREE = RecordTree.STAMPS;

  @TempDir Path folder;

  private RecordStore store;

  @BeforeEach
  void open() {
    store = RecordStore.open(folder, 1 << 20);
    store.useTrees(SEAL);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void write(Batch.Change... changes) {
    store.write(List.of(changes), false, SEAL);
  }

  private static Batch.Change change(byte[] key, byte[] value) {
    return new Batch.Change(TREE, key, value);
  }

  private void put(String key, String value) {
    write(change(bytes(key), bytes(value)));
  }

  private List<String> keys(String from) {
    List<String> keys = new ArrayList<>();
    store.scan(
        TREE,
        from == null ? null : bytes(from),
        false,
        (key, value) -> {
          keys.add(new String(key, StandardCharsets.UTF_8));
          assertArrayEquals(value, store.get(TREE, key), "read while another reads");
          return true;
        });
    return keys;
  }

  private List<String> back(int most) {
    List<String> keys = new ArrayList<>();
    store.scan(
        TREE,
        null,
        true,
        (key, _) -> {
          keys.add(new String(key, StandardCharsets.UTF_8));
          return keys.size() < most;
        });
    return keys;
  }

  @Test
  void keysComeInTheOrderOfTheirUnsignedBytes() {
    assertEquals(List.of(), keys(null));
    assertEquals(List.of(), back(9));
    for (String key : List.of("é", "b", "a", "bb", "Z", "\0")) {
      put(key, "of " + key);
    }
    assertEquals(List.of("\0", "Z", "a", "b", "bb", "é"), keys(null));
    assertEquals(List.of("b", "bb", "é"), keys("b"));
    assertEquals(List.of("bb", "é"), keys("ba"));
    assertEquals(List.of(), keys("\uffff"));
    assertEquals(List.of("é", "bb", "b", "a", "Z", "\0"), back(9));
    assertEquals(List.of("é", "bb"), back(2));
  }

  @Test
  void anyBytesGoInAndComeOut() {
    Random random = new Random(7);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    for (int round = 0; round < 40; round++) {
      List<Batch.Change> changes = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        byte[] key = new byte[1 + (i % 10 == 0 ? 510 : random.nextInt(3))];
        byte[] value = i % 5 == 0 ? null : new byte[i == 1 ? 100_000 : random.nextInt(3000)];
        random.nextBytes(key);
        if (value == null) {
          key = model.isEmpty() ? key : model.firstKey();
          model.remove(key);
        } else {
          random.nextBytes(value);
          model.put(key, value);
        }
        changes.add(change(key, value));
      }
      write(changes.toArray(Batch.Change[]::new));
    }
    assertTrue(model.size() > 500, "only " + model.size());
    model.forEach((key, value) -> assertArrayEquals(value, store.get(TREE, key)));
    List<byte[]> found = new ArrayList<>();
    store.scan(
        TREE,
        null,
        false,
        (key, value) -> {
          assertArrayEquals(model.get(key), value);
          return found.add(key);
        });
    assertEquals(model.size(), found.size());
  }

  @Test
  void aKeyHasOneTo511Bytes() {
    for (int size : List.of(0, 512)) {
      LmdbNativeException refused =
          assertThrows(LmdbNativeException.class, () -> write(change(new byte[size], new byte[1])));
      assertTrue(CacheTrouble.words(refused).startsWith("MDB_BAD_VALSIZE: "), "size " + size);
    }
    put("a", "1"); // the refused change left nothing
    assertEquals(List.of("a"), keys(null));
  }

  /** The changes do not fit into the map, nor into the next larger one: it grows until they fit. */
  @Test
  void aFullMapGrowsAndTheChangesGoInAgain() {
    put("a", "1");
    byte[] value = new byte[5 << 20];
    value[value.length - 1] = 7;
    write(change(bytes("a"), value), change(bytes("b"), bytes("2")));
    assertArrayEquals(value, store.get(TREE, bytes("a")));
    assertEquals(List.of("a", "b"), keys(null));
  }

  /** Not all that a long build wrote stays mapped, since this would count as torc's memory. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theMapIsMadeAnewSoThatMemoryDoesNotGrow() throws IOException {
    byte[] value = new byte[2 << 20];
    for (int i = 0; i < 20; i++) {
      value[0] = (byte) i;
      write(change(bytes("k" + i), value));
      assertArrayEquals(value, store.get(TREE, bytes("k" + i)));
    }
    List<String> maps = Files.readAllLines(Path.of("/proc/self/smaps"));
    int data = 0;
    while (!maps.get(data).endsWith(folder.resolve("data.mdb").toString())) {
      data++;
    }
    String resident =
        maps.subList(data, data + 5).stream().filter(l -> l.startsWith("Rss")).findFirst().get();
    int kib = Integer.parseInt(resident.replaceAll("[^0-9]", ""));
    assertTrue(kib < 12_000, resident);
    assertEquals(20, keys(null).size());
  }

  /** Else LMDB would read memory that is no longer mapped, which ends the process. */
  @Test
  void withoutAMapAllIsRefusedAndNothingCrashes() {
    put("a", "1");
    LmdbException refused =
        assertThrows(
            LmdbException.class,
            () -> {
              while (true) {
                store.grow();
              }
            });
    for (Executable use :
        List.<Executable>of(
            () -> store.get(TREE, bytes("a")), () -> put("a", "2"), () -> keys(null))) {
      assertSame(refused, assertThrows(LmdbException.class, use));
    }
    close();
    store = RecordStore.open(folder, 1 << 20);
    store.useTrees(null);
    assertArrayEquals(bytes("1"), store.get(TREE, bytes("a")));
  }

  @Test
  void aLookSeesTheLastCommitAndWritesNothing() {
    put("a", "1");
    close();
    long first;
    try (RecordStore look = RecordStore.look(folder, 1 << 20)) {
      first = look.snapshot();
    }
    open();
    put("a", "2");
    close();
    try (RecordStore look = RecordStore.look(folder, 1 << 20)) {
      assertTrue(look.snapshot() > first);
      look.useTrees();
      assertArrayEquals(bytes("2"), look.get(TREE, bytes("a")));
      look.scan(
          TREE,
          null,
          false,
          (_, value) -> {
            assertArrayEquals(bytes("2"), value);
            return true;
          });
      assertThrows(LmdbException.class, () -> look.write(List.of(), false, SEAL));
    } finally {
      open();
    }
  }

  /** A reader that rests at the close would keep its place, one of 254, while others look. */
  @Test
  void aProcessThatEndsLeavesNoReaderBehind() throws Exception {
    Process other = CacheChild.start("read", folder.toString());
    try {
      CacheChild.awaitLine(other, "reading"); // else LMDB clears the table when it is opened
      for (int i = 0; i < 260; i++) {
        close();
        store = RecordStore.open(folder, 1 << 20);
        store.useTrees(null);
      }
      assertNull(store.get(TREE, bytes("a")));
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void aDatabaseThatDoesNotOpenSaysWhyAndLeavesNothingOpen() throws Exception {
    Path garbled = Files.createDirectory(folder.resolve("garbled"));
    Files.write(garbled.resolve("data.mdb"), new byte[8192]);
    LmdbNativeException invalid =
        assertThrows(LmdbNativeException.class, () -> RecordStore.open(garbled, 1 << 20));
    assertEquals("MDB_INVALID: File is not an LMDB file (-30793)", CacheTrouble.words(invalid));
    assertTrue(CacheTrouble.isDamage(invalid));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    LmdbNativeException missing =
        assertThrows(LmdbNativeException.class, () -> RecordStore.look(empty, 1 << 20));
    assertEquals(ENOENT, missing.getResultCode());
    assertEquals("No such file or directory (2)", CacheTrouble.words(missing));
    assertFalse(CacheTrouble.isDamage(missing), "of the system, not of the database");
    Path proc = Path.of("/proc/self/fd");
    if (Files.isDirectory(proc)) {
      long before = opened(proc);
      for (int i = 0; i < 20; i++) {
        assertThrows(LmdbException.class, () -> RecordStore.open(garbled, 1 << 20));
      }
      assertTrue(opened(proc) < before + 20, "files stay open");
    }
  }

  private static long opened(Path descriptors) throws Exception {
    try (var files = Files.list(descriptors)) {
      return files.count();
    }
  }

  @Test
  void theReaderOfAProcessThatWasKilledIsFreed() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    RecordStore.open(other, 1 << 20).close();
    try (Env<byte[]> env = Env.create(PROXY_BA).open(other.toFile(), EnvFlags.MDB_NOTLS)) {
      Process child = CacheChild.start("read", other.toString());
      CacheChild.awaitLine(child, "reading");
      assertEquals(0, env.readerCheck());
      child.destroyForcibly().waitFor();
      assertEquals(1, env.readerCheck());
      assertEquals(0, env.readerCheck());
    }
  }
}
