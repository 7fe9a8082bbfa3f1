package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SharedStore.Hit;
import dev.torc.features.stores.SharedStores.StoreSettings;
import dev.torc.features.stores.SharedStores.Upload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shared store in a folder: whose files count, and how they come there. */
class FolderStoreTest extends StoreContract {

  private static final int OTHER = 61001;
  private static final int LAB = 61010;

  private Path folder;
  private Path into;

  @BeforeEach
  void aFolder() throws Exception {
    folder = Files.createDirectory(temp.resolve("shared"));
    mode(folder, 0755);
    into = Files.createDirectory(temp.resolve("into"));
    box = new Outbox(temp.resolve("root"), settings(null));
  }

  @AfterEach
  void end() {
    box.close();
  }

  @Override
  String name() {
    return folder.toString();
  }

  @Override
  Outbox reader() throws StoreRefusal {
    return other(null);
  }

  @Override
  SigningKey key() {
    return null;
  }

  @Override
  byte[] bytes(String path) throws IOException {
    Path file = folder.resolve(path);
    return Files.exists(file) ? Files.readAllBytes(file) : null;
  }

  @Override
  void put(String path, byte[] bytes) throws IOException {
    if (bytes == null) {
      Files.delete(folder.resolve(path));
    } else {
      Files.write(folder.resolve(path), bytes);
    }
  }

  private StoreSettings settings(String group) {
    return new StoreSettings(folder, group, null, Map.of(), null, List.of());
  }

  private Outbox other(String group) throws StoreRefusal {
    return new Outbox(temp.resolve("elsewhere"), settings(group));
  }

  private static void mode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  private Path entry() {
    return folder.resolve(entry(KEY));
  }

  private Path file(String text) {
    return folder.resolve(blob(text));
  }

  private void assumeRoot() throws IOException {
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(temp, "unix:uid")), "not root");
  }

  @Test
  void nothingElseIsLeftThere() throws Exception {
    box.send(KEY, "one\n");
    box.send(KEY, "one\n");
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      assertEquals(3, files.size(), files.toString());
      for (Path file : files) {
        assertEquals(0, mode(file) & 0133, file.toString());
      }
    }
  }

  @Test
  void filesOfAKilledTorcAreRemovedAfterADay() throws Exception {
    box.send(KEY, "one\n");
    Path old = Files.writeString(folder.resolve("new/old"), "ol");
    Path young = Files.writeString(folder.resolve("new/young"), "you");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofHours(23))));
    try (Outbox other = other(null)) {
      other.send(KEY, "one\n"); // only the entry is written
      assertFalse(Files.exists(old));
      assertTrue(Files.exists(young), "somebody may still write it");
    }
  }

  @Test
  void aFolderThatIsMissingIsNotMade() throws Exception {
    Files.delete(folder);
    box.send(KEY, "one\n");
    assertNull(box.find(KEY).result());
    assertFalse(Files.exists(folder));
    String none = "store " + folder + ": folder not found; torc does not create it; ";
    assertEquals(
        List.of(
            none + "nothing more is sent to it in this build", none + "left alone for this build"),
        box.told);
  }

  @Test
  void filesThatOthersCanWriteDoNotCount() throws Exception {
    box.send(KEY, "one\n");
    for (int mode : new int[] {0646, 0664, 0666}) {
      mode(entry(), mode);
      String reason = entry() + " does not count: others made it, or can write to it";
      assertEquals(told(reason), fresh());
    }
    mode(entry(), 0444);
    mode(file("one\n"), 0666);
    assertTrue(fresh().endsWith("does not count: others made it, or can write to it"));
    mode(file("one\n"), 0600);
    assertEquals("one\n", fresh());
  }

  private String fresh() throws Exception {
    try (Outbox reader = other(null)) {
      return reader.get(KEY, into);
    }
  }

  @Test
  void foldersThatOthersCanWriteDoNotCount() throws Exception {
    box.send(KEY, "one\n");
    for (Path above : List.of(temp, folder, folder.resolve("ac"), folder.resolve("cas"))) {
      int before = mode(above);
      mode(above, before | 0002);
      try (Outbox other = other(null)) {
        String line = "others can write to " + above + "; run: chmod o-w " + above;
        assertTrue(other.get(KEY, into).endsWith(line), above.toString());
        assertEquals(List.of(told(line + "; left alone for this build")), other.told);
      }
      mode(above, before | 0020);
      try (Outbox other = other(null)) {
        String line = "name that group in the store, or run: chmod g-w " + above;
        assertTrue(other.get(KEY, into).endsWith(line), above.toString());
      }
      mode(above, before);
    }
    try (Outbox other = other(null)) {
      assertEquals("one\n", other.get(KEY, into));
    }
  }

  @Test
  void aStickyFolderOfRootIsPassed() throws Exception {
    assumeRoot();
    box.send(KEY, "one\n");
    mode(temp, 01777);
    try (Outbox other = other(null)) {
      assertEquals("one\n", other.get(KEY, into));
    }
    mode(temp, 0755);
    mode(folder, 01777);
    try (Outbox other = other(null)) {
      assertTrue(other.get(KEY, into).contains("others can write to " + folder));
    }
  }

  @Test
  void filesOfOthersCountOnlyWhereTheGroupDoes() throws Exception {
    assumeRoot();
    box.send(KEY, "one\n");
    Files.setAttribute(entry(), "unix:uid", OTHER);
    assertTrue(box.get(KEY, into).contains("does not count"));
    Files.setAttribute(entry(), "unix:gid", LAB);
    mode(entry(), 0664);
    try (Outbox ours = other("" + LAB);
        Outbox theirs = other("" + (LAB + 1))) {
      assertEquals("one\n", ours.get(KEY, into));
      assertTrue(theirs.get(KEY, into).contains("does not count"));
      mode(entry(), 0666);
      assertTrue(ours.get(KEY, into).contains("does not count"));
    }
    Files.setAttribute(folder, "unix:uid", OTHER);
    try (Outbox other = other(null)) {
      String others =
          folder + " is another user's; name its group in the store, or use a folder of your own";
      assertTrue(other.get(KEY, into).endsWith(others));
    }
    Files.setAttribute(folder, "unix:gid", LAB);
    assertEquals(
        "it belongs to another user; only the owner prunes it",
        assertThrows(StoreRefusal.class, () -> FolderBound.hold(folder, "" + LAB, 0, false))
            .getMessage());
    Files.setAttribute(folder, "unix:uid", 0);
    mode(entry(), 0644);
    assertEquals(1, FolderBound.hold(folder, "" + LAB, 0, false).removed());
  }

  @Test
  void newFilesBelongToTheGroup() throws Exception {
    assumeRoot();
    Files.setAttribute(folder, "unix:gid", LAB);
    mode(folder, 0770);
    try (Outbox ours = other("" + LAB)) {
      ours.send(KEY, "one\n");
      assertEquals("one\n", ours.get(KEY, into));
      assertEquals(List.of(), ours.told);
    }
    for (Path made : List.of(folder.resolve("ac"), folder.resolve("cas"), entry(), file("one\n"))) {
      assertEquals(LAB, Files.getAttribute(made, "unix:gid"), made.toString());
      assertEquals(Files.isDirectory(made) ? 0775 : 0644, mode(made), made.toString());
    }
  }

  @Test
  void nothingIsOpenedThroughALink() throws Exception {
    box.send(KEY, "one\n");
    Path real = temp.resolve("real");
    for (Path file : List.of(entry(), file("one\n"))) {
      Files.move(file, real);
      Files.createSymbolicLink(file, real);
      assertTrue(fresh().contains("does not count"), file.toString());
      Files.delete(file);
      Files.move(real, file);
    }
    Files.delete(entry());
    assertEquals(0, new ProcessBuilder("mkfifo", entry().toString()).start().waitFor());
    assertTrue(fresh().contains("does not count"));
  }

  @Test
  void aPathWithLinksIsLookedAtOnItsWholeWay() throws Exception {
    box.send(KEY, "one\n");
    Path open = Files.createDirectory(temp.resolve("open"));
    mode(open, 0777);
    Files.createSymbolicLink(open.resolve("b"), folder);
    Path link = Files.createSymbolicLink(temp.resolve("a"), Path.of("open/../open/b"));
    StoreSettings through = new StoreSettings(link, null, null, Map.of(), null, List.of());
    try (Outbox other = new Outbox(temp.resolve("root"), through)) {
      assertTrue(other.get(KEY, into).contains("others can write to " + temp + "/open"));
    }
    mode(open, 0755);
    try (Outbox other = new Outbox(temp.resolve("root"), through)) {
      assertEquals("one\n", other.get(KEY, into));
    }
    Files.delete(open.resolve("b"));
    Files.createSymbolicLink(open.resolve("b"), open.resolve("b"));
    try (Outbox other = new Outbox(temp.resolve("root"), through)) {
      assertEquals(open.resolve("b") + " is in a loop of links", other.find(KEY).reason());
    }
  }

  @Test
  void aLinkOfOthersIsFollowedOnlyWhereTheGroupCounts() throws Exception {
    assumeRoot();
    box.send(KEY, "one\n");
    Path link = Files.createSymbolicLink(temp.resolve("a"), folder);
    Files.setAttribute(link, "unix:uid", OTHER, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(link, "unix:gid", LAB, LinkOption.NOFOLLOW_LINKS);
    StoreSettings alone = new StoreSettings(link, null, null, Map.of(), null, List.of());
    StoreSettings ours = new StoreSettings(link, "" + LAB, null, Map.of(), null, List.of());
    try (Outbox without = new Outbox(temp.resolve("root"), alone);
        Outbox with = new Outbox(temp.resolve("root"), ours)) {
      assertTrue(without.find(KEY).reason().startsWith(link + " is another user's; "));
      assertEquals("one\n", with.get(KEY, into));
    }
  }

  /** A file counts as sent if it is trusted and has the right size: a torn one is sent again. */
  @Test
  void existingFilesAreNotWrittenAgain() throws Exception {
    box.send(KEY, ONE);
    Object before = inode();
    box.send(KEY, ONE);
    assertEquals(before, inode());
    put(blob(ONE), new byte[3]);
    box.send(KEY, ONE);
    assertEquals(ONE, Files.readString(file(ONE)));
    before = inode();
    mode(file(ONE), 0666);
    box.send(KEY, ONE);
    assertNotEquals(before, inode());
  }

  private Object inode() throws IOException {
    return Files.getAttribute(file(ONE), "unix:ino");
  }

  @Test
  void listsOfNamesComeNewestFirstFromAllStores() throws Exception {
    Path second = Files.createDirectory(temp.resolve("second"));
    mode(second, 0755);
    StoreSettings settings = new StoreSettings(second, null, null, Map.of(), null, List.of());
    Digest first = Digest.ofText("first key");
    Result one = withFound(first, List.of("b.h", "a.h"));
    Result two = withFound(first, List.of("c.h"));
    try (Outbox both = new Outbox(temp.resolve("root"), settings(null), settings);
        Outbox only = new Outbox(temp.resolve("root"), settings)) {
      only.post(new Upload(two, List.of(), false, null));
      only.stores.finish();
      both.post(new Upload(one, List.of(), false, null));
      both.stores.finish();
      assertEquals(List.of(List.of("a.h", "b.h"), List.of("c.h")), both.names(first));
      assertEquals(List.of(List.of("a.h", "b.h"), List.of("c.h")), only.names(first));
      assertEquals(List.of(List.of("a.h", "b.h")), box.names(first));
    }
  }

  private static Result withFound(Digest first, List<String> found) {
    return ResultSamples.of(KEY, first, null, null, List.of(), found, List.of());
  }

  private List<Result> newest(String job, int most) {
    List<Result> found = new ArrayList<>();
    box.stores.newest(most, each -> found.add(each.result()));
    found.removeIf(each -> !each.job().equals(job));
    return found;
  }

  @Test
  void theNewestResultsOfAJobAreFoundWhateverTheirKeys() throws Exception {
    List<Result> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Digest key = Digest.ofText("key " + i);
      sent.addFirst(box.send(key, "one\n"));
      Files.setLastModifiedTime(
          folder.resolve("ac/" + key.hex()), FileTime.fromMillis(1_000_000 + i));
    }
    Files.writeString(folder.resolve("ac/note"), "not an entry");
    Files.writeString(folder.resolve("ac/" + Digest.ofText("x").hex()), "not an entry");
    BlobSource names =
        BlobSource.bytes(
            SealedRecord.seal(new FoundNames(KEY, List.of(List.of())), List.of(), null));
    Files.write(folder.resolve("cas/" + names.blob().name()), names.memory());
    Files.write(entry(), ActionEntry.encode(names.blob()));
    assertEquals(sent, newest("work", 100));
    assertEquals(sent.subList(0, 2), newest("work", 4));
    assertEquals(List.of(), newest("other", 100));
    Files.delete(file("one\n"));
    assertEquals(sent, newest("work", 100));
    box.step.set(250_000_000); // passes at each look at the time, at each entry and record
    int fewer = newest("work", 100).size();
    assertTrue(fewer < 5, "found " + fewer);
    box.step.set(0);
    box.close();
    assertEquals(List.of(), box.told);
  }

  @Test
  void twoRootsMaySendAtOnce() throws Exception {
    try (Outbox first = other(null);
        Outbox second = new Outbox(temp.resolve("other"), settings(null))) {
      for (int i = 0; i < 50; i++) {
        for (Outbox each : List.of(first, second)) {
          String text = "text " + i % 7;
          Digest key = Digest.ofText("key " + i % 10);
          Digest names = Digest.ofText("first");
          RecordedProduct x = ResultSamples.file("x", text);
          Result result =
              ResultSamples.of(key, names, null, null, List.of(), List.of(), List.of(), x);
          BlobSource bytes = BlobSource.bytes(text.getBytes());
          each.post(new Upload(result, List.of(bytes), false, null));
        }
      }
      first.stores.finish();
      second.stores.finish();
      for (int i = 0; i < 10; i++) {
        Hit found = first.find(Digest.ofText("key " + i));
        Path to = Files.createDirectory(into.resolve("" + i));
        assertNull(first.fetch(found, to), found.reason());
      }
      assertEquals(List.of(List.of()), second.names(Digest.ofText("first")));
      assertEquals(List.of(), first.told);
      assertEquals(List.of(), second.told);
    }
  }

  @Test
  void aFullDiskIsToldAndLeavesNothingHalf() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    String[] mount = {
      "mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "torc-test", disk.toString()
    };
    assumeTrue(run(mount) == 0, "this user cannot mount a small disk");
    StoreSettings small = new StoreSettings(disk, null, null, Map.of(), null, List.of());
    try (Outbox other = new Outbox(temp.resolve("root"), small)) {
      other.send(KEY, "one\n");
      for (int i = 0; i < 4; i++) {
        other.send(Digest.ofText("key " + i), "x".repeat(1 << 20));
        other.later();
      }
      assertEquals(1, other.told.size(), other.told.toString());
      String line = other.told.getFirst();
      assertTrue(
          line.contains(": cannot write there: no space left on device: make room; nothing"), line);
      assertEquals("one\n", other.get(KEY, into));
      try (Stream<Path> files = Files.list(disk.resolve("cas"))) {
        assertEquals(2, files.count());
      }
      assertEquals(0, disk.resolve("new").toFile().list().length);
    } finally {
      assertEquals(0, run("umount", "--lazy", disk.toString()));
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor();
  }

  @Test
  void aResultWithTheRootsPathCountsOnlyThere() throws Exception {
    Path root = temp.resolve("root");
    box.send(KEY, "made in " + root + "/x\n");
    assertTrue(box.get(KEY, into).startsWith("made in "));
    try (Outbox other = other(null)) {
      assertEquals(
          "store " + folder + ": the result holds the path of its root, " + root,
          other.get(KEY, into));
      assertEquals(List.of(), other.told);
    }
  }

  /** The root's path may stand in the bytes of any file or of the log, in data, names and links. */
  @ParameterizedTest
  @ValueSource(
      strings = {"nowhere", "second", "log", "data", "found", "link", "member", "name", "program"})
  void theRootsPathIsLookedForInAllThatIsSent(String where) throws Exception {
    String root = temp.resolve("root").toString();
    Map<String, String> texts = new HashMap<>(Map.of(where, "in " + root + "."));
    BlobSource first = BlobSource.bytes("first".getBytes());
    BlobSource second = BlobSource.bytes(texts.getOrDefault("second", "").getBytes());
    BlobSource log = BlobSource.bytes(texts.getOrDefault("log", "").getBytes());
    RecordedProduct link = RecordedProduct.link("link", texts.getOrDefault("member", "x"));
    List<RecordedProduct> members = new ArrayList<>();
    String above = ""; // each part of the name is a folder
    for (String part : texts.getOrDefault("name", "inner").split("/")) {
      members.add(RecordedProduct.inner(above + part));
      above += part + "/";
    }
    members.add(link);
    RecordedProduct a = RecordedProduct.file("a", first.blob().digest(), first.blob().size());
    String to = texts.getOrDefault("link", "e");
    Result result =
        ResultSamples.of(
            KEY,
            null,
            null,
            log.blob(),
            List.of(new StoredValue("key", texts.getOrDefault("data", ""))),
            List.of(texts.getOrDefault("found", "x.h")),
            List.of(texts.getOrDefault("program", "")),
            a,
            RecordedProduct.file("b", second.blob().digest(), second.blob().size()),
            RecordedProduct.folder("c", KEY, members),
            new RecordedProduct("d", Stamp.FileKind.FILE, a.digest(), a.size(), to),
            RecordedProduct.file(to, a.digest(), a.size()));
    box.post(new Upload(result, List.of(first, second, log), false, null));
    box.stores.finish();
    boolean held = !where.equals("nowhere") && !where.equals("program");
    assertEquals(held ? root : null, box.find(KEY).result().root());
    try (Outbox other = other(null)) {
      assertEquals(held, other.find(KEY).result() == null);
    }
  }

  @Test
  void aProductThatChangedIsNotSent() throws Exception {
    Files.writeString(into.resolve("file"), "one");
    Files.createSymbolicLink(into.resolve("link"), Path.of("file"));
    Path d = Files.createDirectory(into.resolve("d"));
    DigestMemo digests = DigestMemo.readOnly(into, StampSource.of(into.getFileSystem()), _ -> null);
    RecordedProduct file = ResultSamples.file("file", "one");
    RecordedProduct link = new RecordedProduct("link", file.kind(), file.digest(), 3, "file");
    RecordedProduct folder =
        RecordedProduct.folder("d", digests.productFolder("d").digest(), List.of());
    RecordedProduct[] all = {file, link, folder};
    assertEquals(1, upload(digests, all).blobs().size());
    Files.writeString(d.resolve("more"), "more");
    assertThrows(IOException.class, () -> upload(digests, folder));
    Files.delete(into.resolve("link"));
    Files.createSymbolicLink(into.resolve("link"), Path.of("d/../file"));
    assertThrows(IOException.class, () -> upload(digests, file, link));
    Files.writeString(into.resolve("file"), "four");
    assertThrows(IOException.class, () -> upload(digests, file));
  }

  private Upload upload(DigestMemo digests, RecordedProduct... products) throws IOException {
    return Upload.of(into, digests, ResultSamples.of(products), null, 022, "host", false);
  }

  @Test
  void resultsAfterTheBuildAreNotSent() {
    box.close();
    box.send(KEY, "one\n");
    assertFalse(Files.exists(entry()));
  }

  @Test
  void aStoreThatCannotBeWrittenIsToldOnce() throws Exception {
    Files.delete(Files.createDirectory(folder.resolve("cas")));
    Files.writeString(folder.resolve("cas"), "a file");
    for (int i = 0; i < 5; i++) {
      box.send(Digest.ofText("key " + i), "one\n");
    }
    assertEquals(1, box.told.size(), box.told.toString());
    assertEquals(
        "store %s: %s/cas is not a folder; nothing more is sent to it in this build"
            .formatted(folder, folder),
        box.told.getFirst());
  }

  @Test
  void aFolderThatOneMayOnlyReadIsToldOnce() throws Exception {
    box.send(KEY, "one\n");
    assumeTrue(!Integer.valueOf(0).equals(Files.getAttribute(temp, "unix:uid")), "root");
    mode(folder.resolve("cas"), 0555);
    for (int i = 0; i < 3; i++) {
      box.send(Digest.ofText("key " + i), "two\n");
    }
    assertEquals(1, box.told.size(), box.told.toString());
    assertTrue(box.told.getFirst().contains(": permission denied; nothing more is sent to it"));
    assertEquals("one\n", box.get(KEY, into));
    mode(file("one\n"), 0);
    assertTrue(box.get(KEY, temp).endsWith(": permission denied"));
    mode(folder.resolve("cas"), 0755);
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    String unknown = "group none-such does not exist on this machine";
    assertEquals(
        unknown,
        assertThrows(StoreRefusal.class, () -> settings("none-such").check()).getMessage());
  }
}
