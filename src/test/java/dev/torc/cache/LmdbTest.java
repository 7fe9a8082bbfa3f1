package dev.torc.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The binding of LMDB: what it hands through, and that nothing which a caller does ends the JVM.
 */
class LmdbTest {

  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int ENOTDIR = 20;

  @TempDir Path folder;

  private LmdbEnv env;
  private int tree;

  @BeforeEach
  void open() {
    env = LmdbEnv.open(folder, 1 << 20, 4, 8, false);
    try (LmdbTxn txn = env.write()) {
      tree = txn.database("tree", true);
      txn.commit();
    }
  }

  @AfterEach
  void close() {
    env.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertCode(int code, Executable refused) {
    assertEquals(code, assertThrows(LmdbException.class, refused).code());
  }

  private static void assertMisuse(String message, Executable misuse) {
    assertEquals(message, assertThrows(IllegalStateException.class, misuse).getMessage());
  }

  private void put(String key, String value) {
    try (LmdbTxn txn = env.write()) {
      txn.put(tree, bytes(key), bytes(value));
      txn.commit();
    }
  }

  private static String get(LmdbTxn txn, int database, String key) {
    byte[] value = txn.get(database, bytes(key));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private String get(String key) {
    try (LmdbTxn txn = env.read()) {
      return get(txn, tree, key);
    }
  }

  private List<String> keys(String from) {
    List<String> keys = new ArrayList<>();
    try (LmdbTxn txn = env.read();
        LmdbCursor cursor = txn.cursor(tree)) {
      for (boolean more = from == null ? cursor.first() : cursor.from(bytes(from));
          more;
          more = cursor.next()) {
        keys.add(new String(cursor.key(), StandardCharsets.UTF_8));
      }
      assertNull(cursor.key(), "it stands nowhere");
      assertNull(cursor.value());
    }
    return keys;
  }

  @Test
  void whatWasPutIsThereAlsoAfterReopening() {
    put("a", "1");
    put("b", "");
    put("a", "2");
    assertEquals("2", get("a"));
    assertEquals("", get("b"), "an empty value is one");
    assertNull(get("c"));
    env.close();
    env = LmdbEnv.open(folder, 1 << 20, 4, 8, true);
    try (LmdbTxn txn = env.read()) {
      int again = txn.database("tree", false);
      assertEquals("2", get(txn, again, "a"));
    }
  }

  @Test
  void whatWasDeletedIsGone() {
    put("a", "1");
    try (LmdbTxn txn = env.write()) {
      assertTrue(txn.delete(tree, bytes("a")));
      assertFalse(txn.delete(tree, bytes("a")));
      assertFalse(txn.delete(tree, bytes("b")));
      txn.commit();
    }
    assertNull(get("a"));
  }

  @Test
  void keysComeInTheOrderOfTheirUnsignedBytes() {
    for (String key : List.of("é", "b", "a", "bb", "Z", "\0")) {
      put(key, "of " + key);
    }
    assertEquals(List.of("\0", "Z", "a", "b", "bb", "é"), keys(null));
    assertEquals(List.of("b", "bb", "é"), keys("b"));
    assertEquals(List.of("bb", "é"), keys("ba"));
    assertEquals(List.of(), keys("\uffff"));
    try (LmdbTxn txn = env.read();
        LmdbCursor cursor = txn.cursor(tree)) {
      assertTrue(cursor.last());
      assertArrayEquals(bytes("é"), cursor.key());
      assertArrayEquals(bytes("of é"), cursor.value());
      assertFalse(cursor.next());
      assertTrue(cursor.last());
      assertTrue(cursor.previous());
      assertArrayEquals(bytes("bb"), cursor.key());
      assertTrue(cursor.first());
      assertFalse(cursor.previous());
    }
  }

  @Test
  void aCursorOfAnEmptyDatabaseFindsNothing() {
    assertEquals(List.of(), keys(null));
    try (LmdbTxn txn = env.read();
        LmdbCursor cursor = txn.cursor(tree)) {
      assertFalse(cursor.last());
      assertFalse(cursor.next());
      assertFalse(cursor.from(bytes("a")));
    }
  }

  @Test
  void anyBytesGoInAndComeOut() {
    Random random = new Random(7);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    for (int round = 0; round < 20; round++) {
      try (LmdbTxn txn = env.write()) {
        for (int i = 0; i < 30; i++) {
          byte[] key = new byte[1 + random.nextInt(3)];
          byte[] value = new byte[random.nextInt(3000)];
          random.nextBytes(key);
          random.nextBytes(value);
          if (random.nextInt(4) > 0) {
            txn.put(tree, key, value);
            model.put(key, value);
            assertArrayEquals(value, txn.get(tree, key), "seen by the transaction itself");
          } else if (!model.isEmpty()) {
            byte[] gone = model.firstKey();
            assertTrue(txn.delete(tree, gone));
            model.remove(gone);
          }
        }
        txn.commit();
      } catch (LmdbException full) {
        assertEquals(Lmdb.MDB_MAP_FULL, full.code());
        break;
      }
      try (LmdbTxn txn = env.read();
          LmdbCursor cursor = txn.cursor(tree)) {
        for (var entry : model.entrySet()) {
          assertTrue(cursor.next());
          assertArrayEquals(entry.getKey(), cursor.key());
          assertArrayEquals(entry.getValue(), cursor.value());
          assertArrayEquals(entry.getValue(), txn.get(tree, entry.getKey()));
        }
        assertFalse(cursor.next());
      }
    }
    assertTrue(model.size() > 100, "only " + model.size());
  }

  @Test
  void valuesMayBeAsLargeAsTheMapAllows() {
    byte[] large = new byte[300_000];
    new Random(1).nextBytes(large);
    byte[] copy = large.clone();
    try (LmdbTxn txn = env.write()) {
      txn.put(tree, bytes("large"), large);
      txn.put(tree, bytes("small"), bytes("1"));
      assertArrayEquals(large, txn.get(tree, bytes("large")));
      txn.commit();
    }
    Arrays.fill(large, (byte) 0);
    try (LmdbTxn txn = env.read()) {
      byte[] read = txn.get(tree, bytes("large"));
      assertArrayEquals(copy, read);
      Arrays.fill(read, (byte) 0); // a copy, so nothing else changes
      assertArrayEquals(copy, txn.get(tree, bytes("large")));
      assertArrayEquals(bytes("1"), txn.get(tree, bytes("small")));
    }
  }

  @Test
  void aKeyHasOneTo511Bytes() {
    byte[] longest = new byte[511];
    try (LmdbTxn txn = env.write()) {
      txn.put(tree, longest, bytes("1"));
      txn.commit();
    }
    try (LmdbTxn txn = env.read()) {
      assertArrayEquals(bytes("1"), txn.get(tree, longest));
      assertNull(txn.get(tree, new byte[9000]), "longer than the memory for calls was");
      assertCode(Lmdb.MDB_BAD_VALSIZE, () -> txn.get(tree, new byte[0]));
    }
    try (LmdbTxn txn = env.write()) {
      assertCode(Lmdb.MDB_BAD_VALSIZE, () -> txn.put(tree, new byte[512], bytes("1")));
    }
    try (LmdbTxn txn = env.write()) {
      assertCode(Lmdb.MDB_BAD_VALSIZE, () -> txn.put(tree, new byte[0], bytes("1")));
    }
  }

  @Test
  void aFullMapGrowsAndTheChangesGoInAgain() {
    byte[] value = new byte[1 << 20];
    assertEquals(1 << 20, env.mapSize());
    LmdbException full =
        assertThrows(
            LmdbException.class,
            () -> {
              try (LmdbTxn txn = env.write()) {
                txn.put(tree, bytes("a"), value);
              }
            });
    assertEquals(Lmdb.MDB_MAP_FULL, full.code());
    assertEquals("MDB_MAP_FULL: Environment mapsize limit reached (-30792)", full.getMessage());
    env.resize(4 << 20);
    assertEquals(4 << 20, env.mapSize());
    try (LmdbTxn txn = env.write()) {
      txn.put(tree, bytes("a"), value);
      txn.commit();
    }
    try (LmdbTxn txn = env.read()) {
      assertArrayEquals(value, txn.get(tree, bytes("a")));
    }
  }

  @Test
  void withoutAMapAllIsRefusedAndNothingCrashes() {
    put("a", "1");
    LmdbTxn resting = env.read();
    resting.reset();
    LmdbException refused = assertThrows(LmdbException.class, () -> env.resize(1L << 62));
    assertTrue(refused.code() > 0, refused.getMessage());
    for (Executable use :
        List.<Executable>of(
            env::read,
            env::write,
            resting::renew,
            env::mapSize,
            env::checkReaders,
            () -> env.resize(1 << 20))) {
      assertCode(refused.code(), use);
    }
    resting.close();
    env.close();
    env = LmdbEnv.open(folder, 1 << 20, 4, 8, false);
    try (LmdbTxn txn = env.write()) {
      assertEquals("1", get(txn, txn.database("tree", false), "a"));
    }
  }

  @Test
  void changesThatWereNotCommittedAreGone() {
    put("a", "1");
    try (LmdbTxn txn = env.write()) {
      txn.put(tree, bytes("a"), bytes("2"));
      txn.put(tree, bytes("b"), bytes("2"));
      txn.database("other", true);
    }
    assertEquals(List.of("a"), keys(null));
    assertEquals("1", get("a"));
    try (LmdbTxn txn = env.read()) {
      assertCode(Lmdb.MDB_NOTFOUND, () -> txn.database("other", false));
    }
  }

  @Test
  void eachReaderKeepsItsSnapshotUntilItIsRenewed() {
    put("a", "1");
    try (LmdbTxn first = env.read()) {
      put("a", "2");
      try (LmdbTxn second = env.read()) {
        put("a", "3");
        assertEquals("1", get(first, tree, "a"));
        assertEquals("2", get(second, tree, "a"));
        assertEquals(first.id() + 1, second.id());
        first.reset();
        first.renew();
        assertEquals("3", get(first, tree, "a"));
        assertEquals("2", get(second, tree, "a"));
      }
    }
  }

  @Test
  void aWriterHasTheNumberAfterTheLastCommit() {
    long before;
    try (LmdbTxn txn = env.read()) {
      before = txn.id();
    }
    try (LmdbTxn txn = env.write()) {
      assertEquals(before + 1, txn.id());
    }
  }

  @Test
  void theSlotOfAReaderThatEndedIsFree() {
    for (int i = 0; i < 100; i++) { // of 8
      env.read().close();
    }
    List<LmdbTxn> readers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      readers.add(env.read());
    }
    assertCode(Lmdb.MDB_READERS_FULL, env::read);
    readers.removeLast().close();
    readers.add(env.read());
    readers.forEach(LmdbTxn::close);
    assertEquals(0, env.checkReaders(), "none of them died");
  }

  @Test
  void theSlotOfAReaderThatWasKilledIsFreed() throws Exception {
    Process child = CacheChild.start("read", folder.toString());
    CacheChild.awaitLine(child, "reading");
    assertEquals(0, env.checkReaders());
    child.destroyForcibly().waitFor();
    assertEquals(1, env.checkReaders());
    assertEquals(0, env.checkReaders());
  }

  @Test
  void whatDoesNotOpenSaysWhyAndLeavesNothingOpen() throws Exception {
    Path missing = folder.resolve("missing");
    LmdbException e =
        assertThrows(LmdbException.class, () -> LmdbEnv.open(missing, 1 << 20, 1, 8, false));
    assertEquals(ENOENT, e.code());
    assertEquals("No such file or directory (2)", e.getMessage());
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertCode(ENOTDIR, () -> LmdbEnv.open(file, 1 << 20, 1, 8, false));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertCode(ENOENT, () -> LmdbEnv.open(empty, 1 << 20, 1, 8, true));
    Path garbled = Files.createDirectory(folder.resolve("garbled"));
    Files.write(garbled.resolve("data.mdb"), new byte[8192]);
    LmdbException invalid =
        assertThrows(LmdbException.class, () -> LmdbEnv.open(garbled, 1 << 20, 1, 8, false));
    assertTrue(invalid.damage(), invalid.getMessage());
    assertFalse(e.damage(), "of the system, not of the database");
    Path proc = Path.of("/proc/self/fd");
    if (Files.isDirectory(proc)) {
      long before = opened(proc);
      for (int i = 0; i < 20; i++) {
        assertThrows(LmdbException.class, () -> LmdbEnv.open(garbled, 1 << 20, 1, 8, false));
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
  void whatIsOpenForReadingWritesNothing() {
    put("a", "1");
    env.close();
    env = LmdbEnv.open(folder, 1 << 20, 4, 8, true);
    assertCode(EACCES, env::write);
    try (LmdbTxn txn = env.read()) {
      int database = txn.database("tree", false);
      assertCode(EACCES, () -> txn.put(database, bytes("a"), bytes("2")));
      assertCode(EACCES, () -> txn.delete(database, bytes("a")));
      assertCode(EACCES, () -> txn.database("other", true));
    }
  }

  @Test
  void aReaderWritesNothing() {
    try (LmdbTxn txn = env.read()) {
      assertCode(EACCES, () -> txn.put(tree, bytes("a"), bytes("1")));
    }
    assertNull(get("a"));
  }

  @Test
  void aDatabaseThatIsNoneIsRefused() {
    try (LmdbTxn txn = env.read()) {
      assertThrows(LmdbException.class, () -> txn.get(99, bytes("a")));
      assertThrows(LmdbException.class, () -> txn.cursor(99));
      assertThrows(LmdbException.class, () -> txn.get(-1, bytes("a")));
    }
  }

  @Test
  void nothingIsUsedAfterItsEnd() {
    LmdbTxn committed = env.write();
    LmdbCursor ofCommitted = committed.cursor(tree);
    committed.put(tree, bytes("a"), bytes("1"));
    committed.commit();
    LmdbTxn closed = env.read();
    LmdbCursor ofClosed = closed.cursor(tree);
    LmdbCursor apart = closed.cursor(tree);
    apart.close();
    assertMisuse("the cursor is closed", apart::first);
    closed.close();
    for (LmdbTxn ended : List.of(committed, closed)) {
      for (Executable use :
          List.<Executable>of(
              ended::id,
              () -> ended.get(tree, bytes("a")),
              () -> ended.put(tree, bytes("a"), bytes("2")),
              () -> ended.delete(tree, bytes("a")),
              () -> ended.cursor(tree),
              () -> ended.database("tree", false),
              ended::commit,
              ended::reset)) {
        assertMisuse("the transaction has ended", use);
      }
      assertMisuse("the transaction is not at rest", ended::renew);
      ended.close(); // does nothing
    }
    for (LmdbCursor cursor : List.of(ofCommitted, ofClosed)) {
      assertMisuse("the cursor is closed", cursor::next);
      cursor.close(); // does nothing
    }
    env.close();
    env.close(); // does nothing
    for (Executable use :
        List.<Executable>of(
            env::read, env::write, env::mapSize, env::checkReaders, () -> env.resize(1 << 20))) {
      assertMisuse("the database is closed", use);
    }
    committed.close();
    closed.close();
  }

  @Test
  void whatIsAtRestIsNotRead() {
    put("a", "1");
    try (LmdbTxn txn = env.read()) {
      LmdbCursor cursor = txn.cursor(tree);
      txn.reset();
      assertMisuse("the transaction is at rest", () -> txn.get(tree, bytes("a")));
      assertMisuse("the transaction is at rest", () -> txn.cursor(tree));
      assertMisuse("the transaction is at rest", txn::reset);
      assertMisuse("the cursor is closed", cursor::first);
      txn.renew();
      assertMisuse("the transaction is not at rest", txn::renew);
      assertMisuse("the cursor is closed", cursor::first);
      assertEquals("1", get(txn, tree, "a"));
    }
  }

  @Test
  void theMapStaysUnderATransaction() {
    LmdbTxn reader = env.read();
    assertMisuse("the map cannot move under a transaction", () -> env.resize(2 << 20));
    assertMisuse("a transaction has not ended", env::close);
    reader.reset();
    env.resize(2 << 20);
    assertMisuse("a transaction has not ended", env::close);
    reader.renew();
    assertNull(get(reader, tree, "a"));
    reader.reset();
    reader.close();
    LmdbTxn writer = env.write();
    assertMisuse("the map cannot move under a transaction", () -> env.resize(4 << 20));
    assertMisuse("a transaction has not ended", env::close);
    assertMisuse("a transaction that writes has no rest", writer::reset);
    assertMisuse("this thread writes already, and would wait for itself", env::write);
    writer.close();
    env.resize(4 << 20);
    assertEquals(4 << 20, env.mapSize());
  }

  @Test
  void aWriterBelongsToItsThreadAndAReaderToAnyone() throws Exception {
    put("a", "1");
    LmdbTxn writer = env.write();
    LmdbTxn reader = env.read();
    String refusal = "the transaction is that of " + Thread.currentThread().getName();
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      other
          .submit(
              () -> {
                assertEquals("1", get(reader, tree, "a"));
                assertMisuse(refusal, () -> writer.put(tree, bytes("a"), bytes("2")));
                assertMisuse(refusal, writer::commit);
                assertMisuse(refusal, writer::close);
              })
          .get();
    }
    writer.put(tree, bytes("a"), bytes("2"));
    writer.commit();
    assertEquals("1", get(reader, tree, "a"));
    reader.close();
  }

  @Test
  void writersOfOneProcessWaitForEachOther() throws Exception {
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 100; i++) {
        writers.add(
            threads.submit(
                () -> {
                  try (LmdbTxn txn = env.write()) {
                    String before = get(txn, tree, "count");
                    int count = before == null ? 0 : Integer.parseInt(before);
                    txn.put(tree, bytes("count"), bytes(Integer.toString(count + 1)));
                    txn.commit();
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertEquals("100", get("count"));
  }
}
