package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.FolderDigest.FileDigests;
import dev.torc.base.digests.FolderDigest.FolderRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The digest of a folder: what counts and what does not (how-torc-decides.md). */
class FolderDigestTest {

  private FileSystem disk;
  private Path root;

  @BeforeEach
  @BeforeTry
  void makeDisk() {
    disk =
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder().setAttributeViews("basic", "posix", "unix").build());
    root = disk.getPath("/root");
  }

  @AfterEach
  @AfterTry
  void close() throws IOException {
    disk.close();
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void link(String path, String target) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.createSymbolicLink(file, disk.getPath(target));
  }

  private FolderDigest folder(String path, boolean needed) throws IOException {
    FakeStamps stamps = new FakeStamps();
    DigestMemo files = new DigestMemo(root, stamps, FileClock.none(), p -> null, (p, k) -> {});
    return FolderDigest.of(
        root,
        path,
        needed ? FolderRole.needed(_ -> false, _ -> false) : FolderRole.product(null),
        stamps,
        files);
  }

  private Digest needed() throws IOException {
    return folder("d", true).digest();
  }

  private Digest product() throws IOException {
    return folder("d", false).digest();
  }

  @Provide
  Arbitrary<Map<String, String>> trees() {
    Arbitrary<String> name =
        Arbitraries.of("a", "b", "é", "a.b", "A", "x y", "\uFF5E", "\uD83D\uDE00");
    Arbitrary<String> folder = Arbitraries.of("", "p/", "q/", "p/q/");
    return Arbitraries.maps(
            Combinators.combine(folder, name).as((f, n) -> f + "f" + n),
            Arbitraries.strings().ascii().ofMaxLength(3))
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Property(tries = 100)
  void orderOfCreationIsNothing(@ForAll("trees") Map<String, String> tree, @ForAll Random random)
      throws IOException {
    List<String> paths = new ArrayList<>(tree.keySet());
    for (String path : paths) {
      write("d/" + path, tree.get(path));
    }
    Collections.shuffle(paths, random);
    for (String path : paths) {
      write("other/" + path, tree.get(path));
    }
    assertEquals(product(), folder("other", false).digest());
    assertEquals(needed(), product());
  }

  @Property(tries = 100)
  void anyChangeOfAMemberChangesIt(@ForAll("trees") Map<String, String> tree, @ForAll Random random)
      throws IOException {
    for (String path : tree.keySet()) {
      write("d/" + path, tree.get(path));
    }
    List<String> paths = new ArrayList<>(tree.keySet());
    String victim = paths.get(random.nextInt(paths.size()));
    Path file = root.resolve("d/" + victim);
    Digest before = product();
    switch (random.nextInt(7)) {
      case 0 -> Files.move(file, root.resolve("d/" + victim + "2"));
      case 1 -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr--r--"));
      case 2 -> Files.writeString(file, tree.get(victim) + "more");
      case 3 -> Files.delete(file);
      case 4 -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      case 5 -> link("d/" + victim, "target");
      default -> Files.createDirectory(root.resolve("d/new"));
    }
    assertNotEquals(before, product());
  }

  @Property(tries = 200)
  void byteOrderIsThatOfUtf8(@ForAll String left, @ForAll String right) {
    byte[] a = left.getBytes(StandardCharsets.UTF_8);
    byte[] b = right.getBytes(StandardCharsets.UTF_8);
    if (new String(a, StandardCharsets.UTF_8).equals(left)
        && new String(b, StandardCharsets.UTF_8).equals(right)) {
      assertEquals(
          Integer.signum(Arrays.compareUnsigned(a, b)),
          Integer.signum(FolderDigest.BYTE_ORDER.compare(left, right)));
    }
  }

  @Test
  void charactersOutsideTheBasicPlaneComeLast() {
    assertTrue(FolderDigest.BYTE_ORDER.compare("\uFF5E", "\uD83D\uDE00") < 0);
  }

  @Test
  void membersAreListedWithTheirKinds() throws IOException {
    write("d/b/run", "x");
    Files.setPosixFilePermissions(
        root.resolve("d/b/run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    write("d/b.c", "y");
    Files.createDirectory(root.resolve("d/empty"));
    link("d/link", "b.c");
    Map<String, String> seen = new TreeMap<>();
    List<FolderDigest.Member> members = folder("d", false).members();
    for (FolderDigest.Member m : members) {
      seen.put(m.path(), m.kind() + (m.executable() ? "*" : "") + " " + m.digest());
    }
    assertEquals(
        Map.of(
            "b", "FOLDER null",
            "b.c", "FILE " + Digest.ofText("y"),
            "b/run", "FILE* " + Digest.ofText("x"),
            "empty", "FOLDER null",
            "link", "LINK " + Digest.ofText("b.c")),
        seen);
    assertEquals(
        List.of("b", "b.c", "b/run", "empty", "link"),
        members.stream().map(FolderDigest.Member::path).toList());
  }

  @Test
  void emptyFolderIsNotAnEmptyFile() throws IOException {
    Files.createDirectories(root.resolve("d"));
    assertNotEquals(Digest.ofText(""), product());
  }

  @Test
  void torcGitAndPycacheNeverCount() throws IOException {
    write("d/a", "one");
    Digest before = needed();
    for (String name : Set.of(".torc", ".git", "__pycache__")) {
      write("d/" + name + "/x", "y");
      write("d/inner/" + name, "y");
    }
    Files.createDirectories(root.resolve("d/inner"));
    Digest with = needed();
    assertNotEquals(before, with, "the folder inner itself counts");
    Files.delete(root.resolve("d/inner/.git"));
    Files.delete(root.resolve("d/.torc/x"));
    assertEquals(with, needed());
  }

  @Test
  void filesThatNeverCountLeaveAFolderIncomplete() throws IOException {
    write("d/a/b/c", "one");
    assertTrue(folder("d", false).complete());
    for (String name : List.of("d/__pycache__/x", "d/a/.torc/x")) {
      write(name, "y");
      assertFalse(folder("d", false).complete(), name);
      Files.delete(root.resolve(name));
      Files.delete(root.resolve(name).getParent());
      assertTrue(folder("d", false).complete(), name);
    }
    assertEquals(List.of(), folder("d", false).gits());
    write("d/a/b/.git", "y");
    assertTrue(folder("d", false).complete());
    assertEquals(List.of("a/b/.git"), folder("d", false).gits());
  }

  @Test
  void ofManyMembersNoneIsMissedOrMistaken() throws IOException {
    int many = 2_500; // enough for several threads
    Map<String, String> links = new TreeMap<>();
    for (int i = 0; i < many; i++) {
      if (i % 100 == 7) {
        link("d/" + i, "to-" + i);
        links.put("" + i, "to-" + i);
      } else {
        write("d/" + i + (i % 100 == 8 ? "/in" : ""), "text " + i);
      }
    }
    FolderDigest folder = folder("d", false);
    assertEquals(many + many / 100, folder.members().size());
    for (FolderDigest.Member member : folder.members()) {
      String name = member.path().replace("/in", "");
      String text = links.getOrDefault(name, "text " + name);
      Digest expected = member.kind() == Stamp.FileKind.FOLDER ? null : Digest.ofText(text);
      assertEquals(expected, member.digest(), member.path());
    }
    Path last = root.resolve("d/" + (many - 1));
    Files.writeString(last, "other");
    assertNotEquals(folder.digest(), product());
  }

  @Test
  void thePathOfTheFolderDoesNotCount() throws IOException {
    write("d/a", "one");
    write("elsewhere/d/a", "one");
    assertEquals(folder("d", true).digest(), folder("elsewhere/d/", true).digest());
    assertEquals(folder("d", true).digest(), folder("/root/d", true).digest());
    link("way", "elsewhere/d");
    assertEquals(folder("d", true).digest(), folder("way", true).digest());
  }

  @Test
  void innerLinkCountsByItsText() throws IOException {
    write("d/a", "one");
    write("d/b", "one");
    link("d/link", "a");
    Digest before = needed();
    assertEquals(before, product());
    link("d/link", "b");
    assertNotEquals(before, needed());
    link("d/link", "./a");
    assertNotEquals(before, needed(), "the text counts");
  }

  @Test
  void linkThatLeadsOutCountsByItsTargetOnlyWhereNeeded() throws IOException {
    write("d/a", "one");
    write("out", "two");
    link("d/link", "../out");
    Digest needed = needed();
    Digest product = product();
    write("out", "six");
    assertNotEquals(needed, needed());
    assertEquals(product, product());
    Files.delete(root.resolve("out"));
    needed();
    assertEquals(product, product());
  }

  @Test
  void linkToAFolderOutsideCountsByWhatIsInIt() throws IOException {
    write("d/a", "one");
    write("out/b/c", "two");
    link("d/link", "/root/out");
    link("d/same", "/root/out");
    Digest before = needed();
    write("out/b/c", "six");
    assertNotEquals(before, needed());
  }

  @Test
  void loopOfLinksIsAnErrorOnlyWhereNeeded() throws IOException {
    write("d/a", "one");
    link("d/up", "..");
    product();
    IOException e = assertThrows(IOException.class, this::needed);
    assertEquals("d/up: this symlink leads back to its own folder", e.getMessage());
    link("d/up", "../e");
    link("e/back", "../d");
    e = assertThrows(IOException.class, this::needed);
    assertEquals("e/back: this symlink leads back to its own folder", e.getMessage());
  }

  @Test
  void filesOutsideAreReadUnderTheirOwnPath() throws IOException {
    write("out/b", "two");
    link("d/link", "../out");
    List<String> asked = new ArrayList<>();
    FakeStamps stamps = new FakeStamps();
    FileDigests files =
        (path, stamp) -> {
          asked.add(path);
          return new KnownDigest(stamp, Digest.ofText(path), true);
        };
    FolderDigest.of(root, "d", FolderRole.needed(_ -> false, _ -> false), stamps, files);
    assertEquals(List.of("out/b"), asked);
  }

  @Test
  void nameThatIsNoUtf8IsRefusedInOneLine(@TempDir Path real) throws Exception {
    assumeTrue(System.getProperty("sun.jnu.encoding").equals("UTF-8"), "as the launcher sets it");
    Path folder = Files.createDirectory(real.resolve("d"));
    StampSource stamps = StampSource.of(real.getFileSystem());
    FileDigests files = (path, stamp) -> new KnownDigest(stamp, Digest.ofText(""), true);
    Files.writeString(folder.resolve("\uFFFD"), "a valid name");
    assertEquals(
        1,
        FolderDigest.of(
                real.toRealPath(), "d", FolderRole.needed(_ -> false, _ -> false), stamps, files)
            .members()
            .size());
    new ProcessBuilder(
            "sh", "-c", "cd \"$0\" && : > \"$(printf 'a\\377 \\\\é')'\"", folder.toString())
        .start()
        .waitFor();
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                FolderDigest.of(
                    real.toRealPath(),
                    "d",
                    FolderRole.needed(_ -> false, _ -> false),
                    stamps,
                    files));
    assertEquals(
        real.toRealPath().resolve("d")
            + ": holds a name that is not valid UTF-8: $'a\\xff \\\\\\xc3\\xa9\\''; rename it",
        e.getMessage());
  }

  @Test
  void missingFolderIsAnError() {
    IOException e = assertThrows(IOException.class, this::product);
    assertEquals("cannot follow /root/d: no such file or folder", e.getMessage());
  }
}
