package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.torc.base.digests.Digest.KnownDigest;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 4, with stamps and a clock that the test sets. */
class DigestMemoTest {

  private static final long NOW = 1_700_000_000_123_456_789L;
  private static final long LONG_AGO = NOW - 3_600_000_000_000L;

  private final FileSystem disk = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = disk.getPath("/root");
  private final FakeStamps stamps = new FakeStamps();
  private final AtomicLong now = new AtomicLong(NOW);
  private final List<Long> rests = new ArrayList<>();
  private final Map<String, KnownDigest> store = new ConcurrentHashMap<>();

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectory(root);
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  /** Rule 6: a folder in which a file is being created does not count as renamed. */
  @Test
  void aFolderLooksRenamedOnlyIfTwoLooksAgree() throws IOException {
    Path folder = Files.createDirectory(root.resolve("d"));
    AtomicLong looks = new AtomicLong();
    stamps.forge(
        folder,
        s -> new Stamp(s.kind(), false, 0, NOW - 1 / looks.incrementAndGet(), NOW, s.inode()));
    Stamp before = new Stamp(Stamp.FileKind.FOLDER, false, 0, LONG_AGO, LONG_AGO, 7);
    Stamp now = build().linkStamp("d");
    assertFalse(now.isRenamedFolder(), "the first look saw the new ctime with the old mtime");
    assertEquals(2, looks.get());
    stamps.forge(folder, s -> new Stamp(s.kind(), false, 0, LONG_AGO, NOW, s.inode()));
    Stamp renamed = build().linkStamp("d");
    assertTrue(DigestMemo.moved(before, renamed), "it stays so");
  }

  private DigestMemo build() {
    return build(stamps, clock());
  }

  private DigestMemo build(StampSource source, FileClock clock) {
    return new DigestMemo(root, source, clock, store::get, store::put);
  }

  private FileClock clock() {
    return new FileClock(
        now::get,
        now::get,
        nanos -> {
          rests.add(nanos);
          now.addAndGet(nanos);
        });
  }

  private Path write(String path, String text, long ctime) throws IOException {
    Path file = root.resolve(path);
    Files.writeString(file, text);
    long mtime = 5_000_000_001L;
    stamps.forge(file, s -> new Stamp(s.kind(), s.executable(), s.size(), mtime, ctime, 7));
    return file;
  }

  @Test
  void noOpReadsNothing() throws IOException {
    write("a", "one", LONG_AGO);
    KnownDigest first = build().of("a");
    DigestMemo next = build();
    assertEquals(first, next.of("a"));
    assertEquals(Digest.ofText("one"), first.digest());
    assertTrue(first.safe());
    assertEquals(0, next.bytesRead());
    assertEquals(0, next.filesHashed());
    assertEquals(1, next.stats());
  }

  @Test
  void sameSizeAndMtimeButOtherCtimeIsReadAgain() throws IOException {
    write("a", "one", LONG_AGO);
    build().of("a");
    write("a", "two", LONG_AGO + 1);
    DigestMemo next = build();
    assertEquals(Digest.ofText("two"), next.of("a").digest());
    assertEquals(3, next.bytesRead());
  }

  /** One file is hashed at most once per build, also if a second memo follows the first. */
  @Test
  void aFileReadBeforeIsNotReadAgain() throws IOException {
    write("a", "one", LONG_AGO);
    write("racy", "two", NOW);
    DigestMemo early = early();
    early.of("a");
    early.of("racy");
    DigestMemo late = build();
    late.follow(early, (_, _) -> null);
    assertEquals(Digest.ofText("one"), late.of("a").digest());
    assertEquals(Digest.ofText("two"), late.of("racy").digest());
    assertEquals(0, late.filesHashed());
    assertEquals(2, late.stats(), "a look of its own");
    assertEquals(Map.of("a", early.of("a")), store, "only what is safe");
  }

  @Test
  void aFileChangedSinceItsReadIsReadAgain() throws IOException {
    write("a", "one", LONG_AGO);
    DigestMemo early = early();
    early.of("a");
    write("a", "two", LONG_AGO + 1);
    DigestMemo late = build();
    late.follow(early, (_, _) -> null);
    assertEquals(Digest.ofText("two"), late.of("a").digest());
  }

  /** Rule 4 holds for digests kept beside the store, too: they are asked with the fresh stamp. */
  @Test
  void digestsBesideTheStoreAreAskedFirst() throws IOException {
    write("a", "one", LONG_AGO);
    write("b", "two", LONG_AGO);
    build().of("a");
    assertEquals(1, store.size());
    Stamp known = stamps.stamp(root.resolve("a"));
    Digest kept = Digest.ofText("kept");
    DigestMemo late = build();
    late.follow(early(), (path, stamp) -> path.equals("a") && stamp.equals(known) ? kept : null);
    assertEquals(kept, late.of("a").digest(), "before the store");
    assertEquals(0, late.filesHashed());
    assertEquals(Digest.ofText("two"), late.of("b").digest());
    write("a", "three", LONG_AGO + 1);
    assertEquals(Digest.ofText("three"), late.of("a").digest());
  }

  private DigestMemo early() {
    return new DigestMemo(root, stamps, clock(), _ -> null, (_, _) -> {});
  }

  /** While the racy window is open, a job may have written the file anew without a trace. */
  @Test
  void aProductIsReadWhateverWasReadBefore() throws IOException {
    for (int size : List.of(3, (int) DigestMemo.LARGE)) {
      write("a", "o".repeat(size), NOW);
      DigestMemo early = early();
      early.of("a");
      write("a", "t".repeat(size), NOW);
      DigestMemo late = build();
      late.follow(early, (_, _) -> null);
      assertEquals(Digest.ofText("t".repeat(size)), late.product("a").digest());
    }
  }

  @Test
  void otherInodeIsReadAgain() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    build().of("a");
    Stamp old = stamps.stamp(file);
    stamps.forge(
        file, s -> new Stamp(s.kind(), false, s.size(), s.mtime(), s.ctime(), old.inode() + 1));
    DigestMemo next = build();
    next.of("a");
    assertEquals(1, next.filesHashed());
  }

  @Test
  void touchedFileIsReadAgainAndHasTheSameDigest() throws IOException {
    write("a", "one", LONG_AGO);
    Digest before = build().of("a").digest();
    write("a", "one", LONG_AGO + 1);
    DigestMemo next = build();
    assertEquals(before, next.of("a").digest());
    assertEquals(1, next.filesHashed());
    DigestMemo third = build();
    third.of("a");
    assertEquals(0, third.filesHashed());
  }

  @Test
  void racyFileIsReadAgainByTheNextBuild() throws IOException {
    write("a", "one", NOW - DigestMemo.RACY);
    DigestMemo first = build();
    assertFalse(first.of("a").safe());
    assertTrue(store.isEmpty());
    write("a", "two", NOW - DigestMemo.RACY); // the very same stamp
    assertEquals(Digest.ofText("one"), first.of("a").digest(), "once per build");
    now.addAndGet(1);
    KnownDigest second = build().of("a");
    assertEquals(Digest.ofText("two"), second.digest());
    assertTrue(second.safe());
  }

  @Test
  void withoutNanosecondsTheWindowIsTwoSeconds() throws IOException {
    long second = NOW / 1_000_000_000 * 1_000_000_000;
    Path file = write("a", "one", 0);
    for (long age = 0; age < 3; age++) {
      long ctime = second - age * 1_000_000_000;
      stamps.forge(file, s -> new Stamp(s.kind(), false, s.size(), 4_000_000_000L, ctime, 7));
      assertEquals(age == 2, build().of("a").safe(), "age " + age);
    }
  }

  @Test
  void ctimeInTheFutureIsNeverSafe() throws IOException {
    write("a", "one", NOW + 1_000_000_000);
    assertFalse(build().of("a").safe());
    Files.write(root.resolve("large"), new byte[(int) DigestMemo.LARGE]);
    stamps.ctime(root.resolve("large"), NOW + 1_000_000_000);
    assertFalse(build().product("large").safe());
    assertEquals(List.of(), rests);
  }

  @Test
  void storedButUnsafeIsNotTrusted() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    store.put("a", new KnownDigest(stamps.stamp(file), Digest.ofText("other"), false));
    assertEquals(Digest.ofText("one"), build().of("a").digest());
  }

  @Test
  void withoutClockNothingNewIsSafe() throws IOException {
    write("a", "one", LONG_AGO);
    assertFalse(build(stamps, FileClock.none()).of("a").safe());
    assertTrue(store.isEmpty());
  }

  @Test
  void productOfOneMegabyteIsReadAfterTheWindow() throws IOException {
    Path file = root.resolve("large");
    Files.write(file, new byte[(int) DigestMemo.LARGE]);
    stamps.ctime(file, NOW - 5_000_000);
    assertTrue(build().product("large").safe());
    assertEquals(15_000_001L, rests.stream().mapToLong(Long::longValue).sum());
    DigestMemo next = build();
    next.product("large");
    assertEquals(0, next.bytesRead());
  }

  @Test
  void largeFilesOfAFolderProductAreReadAfterTheWindow() throws IOException {
    Path file = Files.createDirectory(root.resolve("d")).resolve("large");
    Files.write(file, new byte[(int) DigestMemo.LARGE]);
    stamps.ctime(file, NOW);
    FolderDigest made = build().productFolder("d");
    assertEquals(DigestMemo.RACY + 1, rests.stream().mapToLong(Long::longValue).sum());
    DigestMemo next = build();
    assertEquals(made, next.folder("d", false));
    assertEquals(0, next.bytesRead());
  }

  @Test
  void smallerProductIsReadAtOnceAndAgainByTheNextBuild() throws IOException {
    Path file = root.resolve("small");
    Files.write(file, new byte[(int) DigestMemo.LARGE - 1]);
    stamps.ctime(file, NOW);
    assertFalse(build().product("small").safe());
    assertEquals(List.of(), rests);
    now.addAndGet(DigestMemo.RACY + 1);
    DigestMemo next = build();
    assertTrue(next.of("small").safe());
    assertEquals(1, next.filesHashed());
  }

  @Test
  void productWrittenAnewWithoutATraceIsReadAgain() throws IOException {
    write("a", "one", NOW);
    DigestMemo build = build();
    build.of("a");
    write("a", "two", NOW);
    assertEquals(Digest.ofText("two"), build.product("a").digest());
    assertEquals(Digest.ofText("two"), build.of("a").digest());
    assertEquals(2, build.filesHashed());
  }

  @Test
  void hashedOncePerBuildUnlessItMoved() throws IOException {
    write("a", "one", NOW);
    DigestMemo build = build();
    build.of("a");
    build.of("a");
    assertEquals(1, build.filesHashed());
    assertEquals(3, build.stats(), "before and after reading, and then once");
    build.seen("a");
    assertEquals(3, build.stats());
    write("a", "two", NOW + 1);
    assertEquals(Digest.ofText("one"), build.seen("a").digest());
    assertEquals(Digest.ofText("two"), build.of("a").digest());
    assertEquals(2, build.filesHashed());
  }

  @Test
  void hashedOnceEvenWhenManyAskAtOnce() throws Exception {
    write("a", "one", NOW);
    DigestMemo build = build();
    try (ExecutorService workers = Executors.newFixedThreadPool(8)) {
      List<Future<KnownDigest>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(workers.submit(() -> build.of("a")));
      }
      for (Future<KnownDigest> one : all) {
        assertEquals(Digest.ofText("one"), one.get().digest());
      }
    }
    assertEquals(1, build.filesHashed());
  }

  /** Stamps that move at each of so many looks, as those of a file that is being written. */
  private StampSource dirty(int moves) {
    AtomicLong looks = new AtomicLong();
    return (folder, path, _) -> {
      Stamp s = stamps.at(folder, path, true);
      long mtime = Math.min(looks.getAndIncrement(), moves);
      return new Stamp(s.kind(), false, s.size(), mtime, LONG_AGO + mtime, s.inode());
    };
  }

  @Test
  void changedWhileReadIsReadAgain() throws IOException {
    write("a", "one", LONG_AGO);
    DigestMemo build = build(dirty(1), clock());
    KnownDigest known = build.of("a");
    assertTrue(known.safe());
    assertEquals(LONG_AGO + 1, known.stamp().ctime());
    assertEquals(2, build.filesHashed());
  }

  @Test
  void aFileThatKeepsChangingIsUnsafeAndMoved() throws IOException {
    write("a", "one", LONG_AGO);
    DigestMemo build = build(dirty(Integer.MAX_VALUE), clock());
    KnownDigest known = build.of("a");
    assertFalse(known.safe());
    assertTrue(store.isEmpty());
    assertTrue(build.moved("a", known, () -> false));
  }

  @Test
  void movedBySizeMtimeOrInodeEvenWithTheSameBytes() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    DigestMemo build = build();
    KnownDigest known = build.of("a");
    assertFalse(build.moved("a", known, () -> false));
    stamps.forge(file, s -> new Stamp(s.kind(), false, 3, 1, LONG_AGO + 1, 7));
    assertTrue(build.moved("a", known, () -> false));
    stamps.forge(file, s -> new Stamp(s.kind(), false, 3, known.stamp().mtime(), NOW, 8));
    assertTrue(build.moved("a", known, () -> false));
    Files.delete(file);
    stamps.forge(file, s -> s);
    assertTrue(build.moved("a", known, () -> false));
  }

  @Test
  void ifAttributesExplainANewCtimeTheBytesDecide() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    DigestMemo build = build();
    KnownDigest known = build.of("a");
    write("a", "one", LONG_AGO + 1);
    assertTrue(
        build.moved("a", known, () -> false),
        "nothing says why: it may have been written and put back");
    Stamp s = known.stamp();
    stamps.forge(file, _ -> new Stamp(s.kind(), false, 3, s.mtime(), LONG_AGO + 1, s.inode(), 7));
    assertFalse(build.moved("a", known, () -> false));
    write("a", "two", LONG_AGO);
    stamps.forge(file, _ -> new Stamp(s.kind(), false, 3, s.mtime(), LONG_AGO + 2, s.inode(), 7));
    assertTrue(build.moved("a", known, () -> false));
  }

  @Test
  void aStoredDigestHasThePresentAttributes() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    store.put("a", build().of("a"));
    Stamp s = store.get("a").stamp();
    Stamp now = new Stamp(s.kind(), false, 3, s.mtime(), s.ctime(), s.inode(), 7);
    stamps.forge(file, _ -> now);
    assertEquals(7, build().of("a").stamp().attributes());
  }

  @Test
  void folderMovesWithItsFilesEvenWithTheSameBytes() throws IOException {
    Files.createDirectory(root.resolve("d"));
    Path file = write("d/a", "one", LONG_AGO);
    DigestMemo build = build();
    FolderDigest before = build.folder("d", true);
    assertFalse(build.moved("d", before, true));
    stamps.forge(file, s -> new Stamp(s.kind(), false, 3, 1, LONG_AGO + 1, 7));
    assertEquals(before.digest(), build.folder("d", true).digest());
    assertTrue(build.moved("d", before, true));
  }

  @Test
  void folderAndNothingHaveNoDigest() throws IOException {
    assertEquals(Stamp.MISSING, build().of("a").stamp());
    assertNull(build().of("a").digest());
    assertEquals(Stamp.FileKind.FOLDER, build().of("").stamp().kind());
    assertNull(build().product("").digest());
  }

  @Test
  void fifoIsRefusedUnopened() throws IOException {
    Path file = write("a", "one", LONG_AGO);
    stamps.forge(file, s -> new Stamp(Stamp.FileKind.OTHER, false, 0, 1, 1, 1));
    IOException e = assertThrows(IOException.class, () -> build().of("a"));
    assertEquals("cannot read a: it is a FIFO, socket or device, not a file", e.getMessage());
  }

  @Test
  void folderReadsItsFilesOnceAndThenNever() throws IOException {
    Files.createDirectories(root.resolve("d/e"));
    write("d/a", "one", LONG_AGO);
    write("d/e/b", "two", LONG_AGO);
    DigestMemo build = build();
    FolderDigest first = build.folder("d", false);
    build.of("d/a");
    assertEquals(2, build.filesHashed());
    DigestMemo next = build();
    assertEquals(first, next.folder("d", false));
    assertEquals(0, next.bytesRead());
    write("d/a", "six", LONG_AGO + 1);
    assertNotEquals(first.digest(), next.productFolder("d").digest());
  }
}
